// Trimming: the cold part of a deque goes home when an epoch has ended. Anyone may trim any deque, so the
// blocks of a thread that is idle, blocked or gone drain too. Drivers.

import { sizeOf, tailOf } from './deque.ts';
import { EPOCH_MASK, epochOf, lowWaterOf } from './epoch.ts';
import { C_EPOCH, C_ID, D_HEAD_TAIL, D_LOW, D_LOW_BEFORE, dequeAt, H_MAX_PROCESSORS, ringAt } from './layout.ts';
import { EMPTY, RETRY } from './outcome.ts';
import { homeStaged } from './release.ts';
import { claimTrim, trim } from './steps.ts';
import { BUSY_RESCANS, INDEX_MASK } from './widths.ts';
import { loadPlain, loadRacy, loadShared } from './word.ts';

/* @inline */ function lesser(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

/** How many blocks of a deque of `size` were not needed in the epoch that ended at the begin of `epoch`. */
function coldOf(cls: i32, deque: i32, epoch: i32, size: i32): i32 {
  const now = epoch & EPOCH_MASK;
  const ended = (epoch - 1) & EPOCH_MASK;
  const word = loadRacy(deque + D_LOW);
  // Too late: the marks may be of epochs since. Whoever has ended the last one trims what was cold in that.
  if (loadShared(cls + C_EPOCH) !== epoch) return 0;
  if (epochOf(word) === ended) return lesser(lowWaterOf(word), size);
  // No push in the epoch that ended: its least size was its last, which is that of now.
  if (epochOf(word) !== now) return size;
  const before = loadRacy(deque + D_LOW_BEFORE);
  const low = lesser(lowWaterOf(word), size);
  return epochOf(before) === ended ? lesser(lowWaterOf(before), low) : low;
}

/** Sends the `count` oldest blocks of a row's deque home; less if others take them meanwhile. Their number. */
function trimOldest(row: i32, cls: i32, victim: i32, seen: i32, count: i32): i32 {
  const id = loadPlain(cls + C_ID);
  const target = (tailOf(seen) + count) & INDEX_MASK;
  let total = 0;
  let misses = 0;
  let got = trim(row, cls, victim, dequeAt(victim, id), ringAt(victim, id), target);
  // An owner in the way again and again has no cold blocks to speak of.
  while (got !== EMPTY && misses < BUSY_RESCANS) {
    if (got > 0) total = total + got;
    else misses = misses + 1;
    homeStaged(row);
    got = trim(row, cls, victim, dequeAt(victim, id), ringAt(victim, id), target);
  }
  homeStaged(row);
  return total;
}

/** Trims one row's deque for the end of an epoch, unless somebody has: the number of blocks sent home. */
function trimDeque(row: i32, cls: i32, victim: i32, epoch: i32): i32 {
  const deque = dequeAt(victim, loadPlain(cls + C_ID));
  // Never used, or used up: not even its claim is touched.
  if (sizeOf(loadShared(deque + D_HEAD_TAIL)) === 0) return 0;
  let claimed = claimTrim(deque, epoch);
  while (claimed === RETRY) claimed = claimTrim(deque, epoch);
  if (claimed === EMPTY) return 0;
  const seen = loadShared(deque + D_HEAD_TAIL);
  const cold = coldOf(cls, deque, epoch, sizeOf(seen));
  return cold === 0 ? 0 : trimOldest(row, cls, victim, seen, cold);
}

/** Trims every row's deque of the class, rows without a thread included. The number of blocks sent home. */
export function trimClass(row: i32, cls: i32, epoch: i32): i32 {
  let total = 0;
  for (let victim = 0; victim < loadPlain(H_MAX_PROCESSORS); victim++) {
    total = total + trimDeque(row, cls, victim, epoch);
  }
  return total;
}
