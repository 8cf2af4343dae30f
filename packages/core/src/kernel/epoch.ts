// Epochs: the drain's clock of a class (Go's GC cycle), and each deque's low-water mark of an epoch.
//
// Blocks below the low-water mark were in the deque during the whole epoch: it would have done without
// them. They are the coldest, at the tail, and go home when the epoch has ended (trim.ts). So a block
// survives the epoch in which it came, and is gone after the next unless somebody needed it. Warm blocks do not
// move. tcmalloc trims its caches by the same mark; that it is kept by epoch is Go's victim cache.
//
//   C_TICK     the period of wall time that has been counted as an epoch last; CAS to a later one: one clock for all timers.
//              To an earlier one too, if that is so much earlier that the wall clock must have been set back
//   C_EPOCH    epochs that have ended; add by whoever ends one
//   D_LOW      tag of an epoch 16 | low-water mark 16; D_LOW_BEFORE the word before it
//   D_TRIMMED  the epoch at whose begin the deque was trimmed last, all 32 bits of it; CAS to a later one
//
// The mark has one writer, the owner in push: a deque grows only there, so its least size is the
// least before a push, or what it has at the end. It is read racily by who trims: a wrong mark sends blocks
// home too early or too late, and that is all.

import { C_EPOCH, C_TICK, D_LOW, D_LOW_BEFORE, D_TRIMMED, H_PRESSURE_TICK } from './layout.ts';
import { DONE, EMPTY, RETRY } from './outcome.ts';
import { addShared, casShared, loadPlain, loadRacy, loadShared, storeRacy } from './word.ts';

const TAG_SHIFT: i32 = 16;
/** A tag has the low bits of an epoch. They return after 2^16 epochs; no deque keeps a block for so long that nobody needs. */
export const EPOCH_MASK: i32 = (1 << TAG_SHIFT) - 1;

/** A thread may look at the clock, be held up, and come so many periods late. What is older is what a clock says that was set back. */
const MOST_LATE: i32 = 8;

/* @inline */ function packLow(epoch: i32, low: i32): i32 {
  return (epoch << TAG_SHIFT) | low;
}

/* @inline */ export function epochOf(word: i32): i32 {
  return (word >>> TAG_SHIFT) & EPOCH_MASK;
}

/* @inline */ export function lowWaterOf(word: i32): i32 {
  return word & EPOCH_MASK;
}

/** The owner's note that its deque had `size` blocks before a push. */
/* @inline */ export function noteLow(cls: i32, deque: i32, size: i32): void {
  const epoch = loadRacy(cls + C_EPOCH) & EPOCH_MASK;
  const word = loadPlain(deque + D_LOW);
  if (epochOf(word) !== epoch) {
    storeRacy(deque + D_LOW_BEFORE, word);
    storeRacy(deque + D_LOW, packLow(epoch, size));
  } else if (size < lowWaterOf(word)) {
    storeRacy(deque + D_LOW, packLow(epoch, size));
  }
}

/** Whether a period of the clock is one that nobody has counted, `seen` being the last one that somebody has. */
/* @inline */ function isNew(tick: i32, seen: i32): boolean {
  const ahead = (tick - seen) | 0;
  return ahead > 0 || ahead < -MOST_LATE;
}

/** Counts period `tick` of the clock as an epoch, once. The number of epochs that have ended; EMPTY if it was counted before. */
export function advanceEpoch(cls: i32, tick: i32): i32 {
  const seen = loadShared(cls + C_TICK);
  if (!isNew(tick, seen)) return EMPTY;
  if (casShared(cls + C_TICK, seen, tick) !== seen) return EMPTY;
  return (addShared(cls + C_EPOCH, 1) + 1) | 0;
}

/** Gives the caller the second `tick` for a look at the container's memory, if nobody has it or a later one. DONE or EMPTY. */
export function claimLook(tick: i32): i32 {
  const seen = loadShared(H_PRESSURE_TICK);
  if (!isNew(tick, seen)) return EMPTY;
  return casShared(H_PRESSURE_TICK, seen, tick) === seen ? DONE : EMPTY;
}

/** Ends an epoch whatever the clock says. The number of epochs that have ended. */
export function endEpoch(cls: i32): i32 {
  return (addShared(cls + C_EPOCH, 1) + 1) | 0;
}

/**
 * Claims the trim of a deque that the end of an epoch calls for, once. DONE; EMPTY if it was trimmed for that or a later one; RETRY. A
 * deque that nobody uses is not claimed, so the word may be any number of epochs old: 2^31 would be too many.
 */
export function claimTrim(deque: i32, epoch: i32): i32 {
  const seen = loadShared(deque + D_TRIMMED);
  if (((epoch - seen) | 0) <= 0) return EMPTY;
  return casShared(deque + D_TRIMMED, seen, epoch) === seen ? DONE : RETRY;
}
