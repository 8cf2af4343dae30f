// Slabs: 1 MiB of data memory each, cut into blocks of one class; a bitmap says which are home.
//
//   slab word    31........25 24......12 11......2 1 0
//   FREE          0                                0 0   in nobody's use
//   ACTIVE        0            fresh     class     0 1   `fresh` blocks are cut, numbers 0 .. fresh - 1
//   PURGING       incarnation ........   row       1 0   that row owns every block: being released
//
// FREE -> ACTIVE       activate, CAS by anyone
// ACTIVE -> ACTIVE     cut, CAS by anyone: fresh grows, the cutter owns the blocks between
// ACTIVE -> FREE       deactivate, CAS by anyone, while fresh is 0
// ACTIVE -> PURGING    beginRelease, CAS by a row that owns all `fresh` blocks, at least one
// PURGING -> FREE      endRelease, by that row
//
// Bitmap words are 0 before the first cut and 0 again at release, so nothing initialises them. A
// block's bit is set by its last owner (home) and cleared by its next (take). Releasing a slab means
// owning its blocks one by one; that all bits were seen set proves nothing, they are many words.
//
// A block above 1 MiB is a run of slabs, cut from the top of data memory by one CAS of the frontier
// and reused for its class for ever; its head slab's word is ACTIVE(class, 1).
//
// Slabs are numbered from 1, so that no block has index 0.
//
//   frontier     31........16 15.........0
//                high         low         slabs 1 .. low - 1 are open to classes, slabs >= high are runs

import {
  bitOf,
  bitWordAt,
  blockAt,
  C_ID,
  C_PER_SLAB,
  C_SUMMARY,
  C_UNITS,
  classAt,
  H_FRONTIER,
  numberOf,
  P_CUT,
  P_MAX_UNITS,
  P_RESERVED,
  R_SOURCE,
  R_STAGED,
  S_BITMAP,
  S_IDLE,
  S_WORD,
  SLAB_SHIFT,
  slabAt,
  slabOf,
} from './layout.ts';
import { FREE, setState } from './line.ts';
import { DONE, EMPTY, FULL, RETRY } from './outcome.ts';
import { commitStaged, stage, staged } from './staging.ts';
import { wakeIfWaiting } from './wait.ts';
import { MAX_BATCH } from './widths.ts';
import {
  addShared,
  andShared,
  bitCount,
  casShared,
  imul,
  loadPlain,
  loadRacy,
  loadShared,
  lowestBit,
  orShared,
  quotient,
  storePlain,
  storeRacy,
  storeShared,
} from './word.ts';

export const SOURCE_SLAB: i32 = 3;
export const SOURCE_FRESH: i32 = 4;

export const SLAB_FREE: i32 = 0;
export const SLAB_ACTIVE: i32 = 1;
export const SLAB_PURGING: i32 = 2;

const CLASS_SHIFT: i32 = 2;
export const CLASS_BITS: i32 = 10;
const CLASS_MASK: i32 = (1 << CLASS_BITS) - 1;
const FRESH_SHIFT: i32 = 12;
const FRESH_MASK: i32 = (1 << (SLAB_SHIFT + 1)) - 1;
const HIGH_SHIFT: i32 = 16;
const LOW_MASK: i32 = 0xffff;

/* @inline */ export function packActive(id: i32, fresh: i32): i32 {
  return (fresh << FRESH_SHIFT) | (id << CLASS_SHIFT) | SLAB_ACTIVE;
}

/* @inline */ export function slabTagOf(word: i32): i32 {
  return word & 3;
}

/* @inline */ export function slabClassOf(word: i32): i32 {
  return (word >> CLASS_SHIFT) & CLASS_MASK;
}

/* @inline */ export function freshOf(word: i32): i32 {
  return (word >> FRESH_SHIFT) & FRESH_MASK;
}

/** Whether the slab holds blocks of the class just now. */
/* @inline */ export function isActive(word: i32, id: i32): boolean {
  return slabTagOf(word) === SLAB_ACTIVE && slabClassOf(word) === id;
}

/* @inline */ export function lowOf(frontier: i32): i32 {
  return frontier & LOW_MASK;
}

/* @inline */ export function highOf(frontier: i32): i32 {
  return (frontier >>> HIGH_SHIFT) & LOW_MASK;
}

/* @inline */ export function packFrontier(low: i32, high: i32): i32 {
  return (high << HIGH_SHIFT) | low;
}

// The summary bit is a hint under the same protocol as a deque's non-empty bit; here the look after
// the clear spans several words and is the driver's (acquire.ts).

/* @inline */ function raiseSummary(cls: i32, slab: i32): void {
  const at = bitWordAt(cls + C_SUMMARY, slab);
  if ((loadShared(at) & bitOf(slab)) === 0) orShared(at, bitOf(slab));
}

/* @inline */ function homeOne(cls: i32, row: i32, slot: i32, count: i32, first: i32): void {
  if (slot < count) {
    const block = staged(row, first + slot);
    const slab = slabOf(block);
    const number = numberOf(block);
    setState(block, FREE);
    // This passes ownership of the block to the and of take.
    orShared(bitWordAt(slabAt(slab) + S_BITMAP, number), bitOf(number));
    raiseSummary(cls, slab);
  }
}

/** Sends the last MAX_BATCH staged blocks, or as many as there are, home to their slabs. */
export function home(row: i32, cls: i32): i32 {
  const total = loadPlain(row + R_STAGED);
  const count = total < MAX_BATCH ? total : MAX_BATCH;
  const first = total - count;
  storePlain(row + R_STAGED, first);
  homeOne(cls, row, 0, count, first);
  homeOne(cls, row, 1, count, first);
  homeOne(cls, row, 2, count, first);
  homeOne(cls, row, 3, count, first);
  homeOne(cls, row, 4, count, first);
  homeOne(cls, row, 5, count, first);
  homeOne(cls, row, 6, count, first);
  homeOne(cls, row, 7, count, first);
  wakeIfWaiting(cls);
  return DONE;
}

/** The lowest bits of `bits`, `want` of them at most and 8 in any case. */
/* @inline */ function lowestBits(bits: i32, want: i32): i32 {
  let rest = bits & (bits - 1);
  if (want > 1) rest = rest & (rest - 1);
  if (want > 2) rest = rest & (rest - 1);
  if (want > 3) rest = rest & (rest - 1);
  if (want > 4) rest = rest & (rest - 1);
  if (want > 5) rest = rest & (rest - 1);
  if (want > 6) rest = rest & (rest - 1);
  if (want > 7) rest = rest & (rest - 1);
  return bits & ~rest;
}

/** Stages the block of the lowest bit, if there is one; returns the bits without it. */
/* @inline */ function stageLowest(row: i32, slot: i32, base: i32, bits: i32): i32 {
  if (bits !== 0) stage(row, slot, base + lowestBit(bits));
  return bits & (bits - 1);
}

/** As `take`, of those of the word's blocks whose bits are in `among`. */
/* @inline */ function takeAmong(row: i32, cls: i32, slab: i32, word: i32, want: i32, among: i32): i32 {
  const at = slabAt(slab);
  const id = loadPlain(cls + C_ID);
  if (!isActive(loadShared(at + S_WORD), id)) return EMPTY;
  const bitmap = at + S_BITMAP + (word << 2);
  const bits = loadShared(bitmap) & among;
  if (bits === 0) return EMPTY;
  const mask = lowestBits(bits, want);
  let got = andShared(bitmap, ~mask) & mask;
  if (got === 0) return RETRY;
  if (loadRacy(at + S_IDLE) !== 0) storeRacy(at + S_IDLE, 0);
  const now = loadShared(at + S_WORD);
  if (!isActive(now, id)) {
    orShared(bitmap, got);
    raiseSummary(classAt(slabClassOf(now)), slab);
    wakeIfWaiting(classAt(slabClassOf(now)));
    return RETRY;
  }
  const base = blockAt(slab, word << 5);
  const count = bitCount(got);
  got = stageLowest(row, 0, base, got);
  got = stageLowest(row, 1, base, got);
  got = stageLowest(row, 2, base, got);
  got = stageLowest(row, 3, base, got);
  got = stageLowest(row, 4, base, got);
  got = stageLowest(row, 5, base, got);
  got = stageLowest(row, 6, base, got);
  stageLowest(row, 7, base, got);
  storePlain(row + R_SOURCE, SOURCE_SLAB);
  return commitStaged(row, cls, count);
}

/**
 * Takes up to `want` (at most MAX_BATCH) home blocks from one bitmap word of a slab: their number,
 * EMPTY, or RETRY if others took them first or the slab has changed class.
 *
 * One and-mask claims; a block is taken by the thread whose `and` cleared its bit, and no block is
 * ever hidden from others, as an exchange with 0 would hide those that are then put back. A slab
 * seen under this class before the `and` can be under another after it (released and cut anew while
 * this thread stood between the two), which the second load of the slab word tells: owning a block
 * of a slab keeps the slab as it is, so after the `and` the answer cannot change again.
 */
export function take(row: i32, cls: i32, slab: i32, word: i32, want: i32): i32 {
  return takeAmong(row, cls, slab, word, want, -1);
}

/** As `take`, of the eight blocks of one quarter of the word, 0 to 3: who passes over a slab meets each block once. */
export function takeQuarter(row: i32, cls: i32, slab: i32, word: i32, quarter: i32): i32 {
  return takeAmong(row, cls, slab, word, MAX_BATCH, 0xff << (quarter << 3));
}

/** Clears the slab's summary bit of the class: its caller found the slab empty, and looks again afterwards. */
export function lowerSummary(cls: i32, slab: i32): i32 {
  andShared(bitWordAt(cls + C_SUMMARY, slab), ~bitOf(slab));
  return DONE;
}

/** Sets the slab's summary bit of the class: a block was found after all. */
export function restoreSummary(cls: i32, slab: i32): i32 {
  raiseSummary(cls, slab);
  return DONE;
}

/** Makes a FREE slab the class's, with nothing cut yet. DONE or RETRY. */
export function activate(cls: i32, slab: i32): i32 {
  return casShared(slabAt(slab) + S_WORD, SLAB_FREE, packActive(loadPlain(cls + C_ID), 0)) === SLAB_FREE ? DONE : RETRY;
}

/** Opens the next slab that was never used. DONE, FULL if there is none, or RETRY. */
export function openSlab(): i32 {
  const seen = loadShared(H_FRONTIER);
  if (lowOf(seen) >= highOf(seen)) return FULL;
  return casShared(H_FRONTIER, seen, packFrontier(lowOf(seen) + 1, highOf(seen))) === seen ? DONE : RETRY;
}

/**
 * Whether the pool's bytes are all given out for good. An attempt in flight has reserved bytes that
 * it may give back, so while reserved and cut disagree the answer is RETRY, not FULL.
 */
/* @inline */ export function fullOrRetry(pool: i32, reserved: i32): i32 {
  return loadShared(pool + P_CUT) === reserved ? FULL : RETRY;
}

/* @inline */ function own(row: i32, first: i32, slot: i32, count: i32): void {
  if (slot < count) stage(row, slot, first + slot);
}

/**
 * Cuts up to `want` (at most MAX_CUT) fresh blocks from an ACTIVE slab of the class: their number;
 * EMPTY if the slab is whole or not the class's; FULL if the pool's bytes are; RETRY.
 * P_RESERVED bounds the pool exactly: it is raised first and never above the limit.
 */
export function cut(row: i32, cls: i32, pool: i32, slab: i32, want: i32): i32 {
  const at = slabAt(slab);
  const id = loadPlain(cls + C_ID);
  const units = loadPlain(cls + C_UNITS);
  const seen = loadShared(at + S_WORD);
  if (!isActive(seen, id)) return EMPTY;
  let count = loadPlain(cls + C_PER_SLAB) - freshOf(seen);
  if (count === 0) return EMPTY;
  if (count > want) count = want;
  const reserved = loadShared(pool + P_RESERVED);
  const left = loadShared(pool + P_MAX_UNITS) - reserved;
  if (left < units) return fullOrRetry(pool, reserved);
  const affordable = quotient(left, units);
  if (count > affordable) count = affordable;
  const bytes = imul(count, units);
  if (casShared(pool + P_RESERVED, reserved, reserved + bytes) !== reserved) return RETRY;
  if (casShared(at + S_WORD, seen, packActive(id, freshOf(seen) + count)) !== seen) {
    addShared(pool + P_RESERVED, -bytes);
    return RETRY;
  }
  const first = blockAt(slab, freshOf(seen));
  own(row, first, 0, count);
  own(row, first, 1, count);
  own(row, first, 2, count);
  own(row, first, 3, count);
  own(row, first, 4, count);
  own(row, first, 5, count);
  own(row, first, 6, count);
  own(row, first, 7, count);
  own(row, first, 8, count);
  own(row, first, 9, count);
  own(row, first, 10, count);
  own(row, first, 11, count);
  own(row, first, 12, count);
  own(row, first, 13, count);
  own(row, first, 14, count);
  own(row, first, 15, count);
  storePlain(row + R_SOURCE, SOURCE_FRESH);
  addShared(pool + P_CUT, bytes);
  return commitStaged(row, cls, count);
}

/** Cuts one run of `slabs` slabs for a class above 1 MiB: 1; EMPTY if data memory has no such run left; FULL; RETRY. */
export function cutRun(row: i32, cls: i32, pool: i32, slabs: i32): i32 {
  const units = loadPlain(cls + C_UNITS);
  const reserved = loadShared(pool + P_RESERVED);
  if (loadShared(pool + P_MAX_UNITS) - reserved < units) return fullOrRetry(pool, reserved);
  const seen = loadShared(H_FRONTIER);
  const slab = highOf(seen) - slabs;
  if (slab < lowOf(seen)) return EMPTY;
  if (casShared(pool + P_RESERVED, reserved, reserved + units) !== reserved) return RETRY;
  if (casShared(H_FRONTIER, seen, packFrontier(lowOf(seen), slab)) !== seen) {
    addShared(pool + P_RESERVED, -units);
    return RETRY;
  }
  stage(row, 0, blockAt(slab, 0));
  storePlain(row + R_SOURCE, SOURCE_FRESH);
  storeShared(slabAt(slab) + S_WORD, packActive(loadPlain(cls + C_ID), 1));
  addShared(pool + P_CUT, units);
  return commitStaged(row, cls, 1);
}

/**
 * Finishes a run whose cutter was cut between the frontier and the slab word: its one block is the
 * class's from here on, in no place yet. Its caller knows that the slabs are nobody's (balance.ts).
 */
export function finishRun(cls: i32, slab: i32): i32 {
  setState(blockAt(slab, 0), FREE);
  storeShared(slabAt(slab) + S_WORD, packActive(loadPlain(cls + C_ID), 1));
  return DONE;
}
