// Slabs and runs that nobody has needed for a while: what the purger looks for. It claims them through the allocator
// (reclaim.ts, and take for a run), gives their pages back, and lets them go. Drivers.

import { C_BITMAP_WORDS, C_ID, C_RUN_SLABS, S_BITMAP, S_IDLE, S_WORD, slabAt } from './layout.ts';
import { DONE, EMPTY, PARTLY, RETRY } from './outcome.ts';
import { homeStaged } from './release.ts';
import { freshOf, isActive } from './slab.ts';
import { take, takeQuarter } from './steps.ts';
import { bitCount, loadPlain, loadRacy, loadShared, storeRacy } from './word.ts';

/** Moments are milliseconds modulo 2^31, and never 0. */
const MOMENT_MASK: i32 = 0x7fffffff;

/** S_IDLE once the pages of so many home blocks are given back, until somebody takes one. */
/* @inline */ function returnedMark(blocks: i32): i32 {
  return -1 - blocks;
}

/** How many of a slab's blocks are home. */
function homeBlocks(slab: i32, words: i32): i32 {
  let count = 0;
  for (let word = 0; word < words; word++) {
    count = count + bitCount(loadShared(slabAt(slab) + S_BITMAP + (word << 2)));
  }
  return count;
}

/**
 * Whether memory of a slab is due to go back, because nothing was taken from the slab for `decayMs`, as far as sweeps have seen. DONE:
 * all of its blocks are home. PARTLY: some are, more than had their pages given back already. RETRY: it was not that long. EMPTY:
 * there is nothing to give back, or the slab is not the class's. The first sweep notes the moment, a take clears it.
 */
export function idleness(cls: i32, slab: i32, now: i32, decayMs: i32): i32 {
  const word = loadShared(slabAt(slab) + S_WORD);
  if (!isActive(word, loadPlain(cls + C_ID)) || freshOf(word) === 0) return EMPTY;
  const since = loadRacy(slabAt(slab) + S_IDLE);
  if (since === 0) storeRacy(slabAt(slab) + S_IDLE, now);
  const home = homeBlocks(slab, loadPlain(cls + C_BITMAP_WORDS));
  if (home === 0) return EMPTY;
  const isWhole = home === freshOf(word);
  // A slab that has come home whole since its last pages went is to be freed; a run has no more to give.
  if (since < 0 && (!isWhole || loadPlain(cls + C_RUN_SLABS) > 0) && since <= returnedMark(home)) return EMPTY;
  const age = since === 0 ? 0 : (now - since) & MOMENT_MASK;
  if (since >= 0 && age < decayMs) return RETRY;
  return isWhole ? DONE : PARTLY;
}

/** Takes a run that is home, so that its memory is this thread's alone until homeReturnedRun. The number of blocks staged, EMPTY or RETRY. */
export function takeIdleRun(row: i32, cls: i32, slab: i32): i32 {
  return loadPlain(cls + C_RUN_SLABS) > 0 ? take(row, cls, slab, 0, 1) : EMPTY;
}

/** Sends a run home whose pages are given back, and notes that there is nothing more to give. */
export function homeReturnedRun(row: i32, slab: i32): void {
  storeRacy(slabAt(slab) + S_IDLE, returnedMark(1));
  homeStaged(row);
}

/** Stages the home blocks of one quarter of a bitmap word, so that their memory is this thread's alone until homeStaged. Their number, EMPTY or RETRY. */
export function takeIdleQuarter(row: i32, cls: i32, slab: i32, word: i32, quarter: i32): i32 {
  return takeQuarter(row, cls, slab, word, quarter);
}

/** Notes that the pages of so many of a slab's home blocks are given back. Racy: at worst a slab keeps its pages until the next take. */
export function markReturned(slab: i32, blocks: i32): void {
  storeRacy(slabAt(slab) + S_IDLE, returnedMark(blocks));
}
