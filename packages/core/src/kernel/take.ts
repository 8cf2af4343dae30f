// Tier 4: home blocks. Drivers over the bitmaps, by hints for every day and without them for a conclusion.

import { walkBase, walkBits } from './hints.ts';
import {
  C_BITMAP_WORDS,
  C_ID,
  C_SUMMARY,
  D_SLAB_HINT,
  dequeAt,
  H_SLAB_COUNT,
  R_INDEX,
  S_BITMAP,
  S_WORD,
  slabAt,
} from './layout.ts';
import { isNear, labelNode, nodeOf } from './near.ts';
import { EMPTY, RETRY } from './outcome.ts';
import { isActive } from './slab.ts';
import { lowerSummary, restoreSummary, take } from './steps.ts';
import { MOST_PASSES } from './widths.ts';
import { loadPlain, loadRacy, loadShared, lowestBit, storePlain } from './word.ts';

/** Takes home blocks of one slab, going by `loadRacy`'s view of its bitmap. Lowers the summary bit of an empty slab. */
function takeFromSlab(row: i32, cls: i32, slab: i32, want: i32): i32 {
  const words = loadPlain(cls + C_BITMAP_WORDS);
  let outcome = EMPTY;
  for (let word = 0; word < words; word++) {
    if (loadRacy(slabAt(slab) + S_BITMAP + (word << 2)) !== 0) {
      const result = take(row, cls, slab, word, want);
      if (result > 0) return result;
      if (result === RETRY) outcome = RETRY;
    }
  }
  if (outcome === EMPTY) {
    lowerSummary(cls, slab);
    if (isActive(loadShared(slabAt(slab) + S_WORD), loadPlain(cls + C_ID))) {
      let home = 0;
      for (let word = 0; word < words; word++) home = home | loadShared(slabAt(slab) + S_BITMAP + (word << 2));
      if (home !== 0) restoreSummary(cls, slab);
    }
  }
  return outcome;
}

/**
 * Takes from slabs that the summary bits name, from the one that served this row last on: of those that are near the node, or else of
 * those that are not. On its way to the near ones it passes over MOST_PASSES others at most.
 */
function takeWhere(row: i32, cls: i32, want: i32, node: i32, near: boolean): i32 {
  const hint = dequeAt(loadPlain(row + R_INDEX), loadPlain(cls + C_ID)) + D_SLAB_HINT;
  const start = loadPlain(hint);
  const words = (loadPlain(H_SLAB_COUNT) + 32) >> 5;
  let outcome = EMPTY;
  let passes = 0;
  for (let step = 0; step <= words && passes < MOST_PASSES; step++) {
    const base = walkBase(start, step, words);
    let bits = walkBits(cls + C_SUMMARY, start, step, words);
    while (bits !== 0 && passes < MOST_PASSES) {
      const slab = base + lowestBit(bits);
      if (isNear(slab, node) === near) {
        const result = takeFromSlab(row, cls, slab, want);
        if (result > 0) {
          storePlain(hint, slab);
          labelNode(row, slab);
          return result;
        }
        if (result === RETRY) outcome = RETRY;
      } else if (near) passes = passes + 1;
      bits = bits & (bits - 1);
    }
  }
  return outcome;
}

/**
 * Tier 4: home blocks, of slabs of the thread's own node before others. Where it has to pass over many slabs of others to find one of its
 * own, it takes theirs: looking for memory that is near must not cost more than memory that is far.
 */
export function takeFromSlabs(row: i32, cls: i32, want: i32): i32 {
  const node = nodeOf(row);
  const near = takeWhere(row, cls, want, node, true);
  if (near > 0 || node === 0) return near;
  const far = takeWhere(row, cls, want, node, false);
  return far === EMPTY ? near : far;
}

/** Tier 4 without hints: every word of every slab of the class. */
export function takeFromEverySlab(row: i32, cls: i32, want: i32): i32 {
  const words = loadPlain(cls + C_BITMAP_WORDS);
  const slabs = loadPlain(H_SLAB_COUNT);
  let outcome = EMPTY;
  for (let slab = 1; slab <= slabs; slab++) {
    if (isActive(loadShared(slabAt(slab) + S_WORD), loadPlain(cls + C_ID))) {
      for (let word = 0; word < words; word++) {
        if (loadShared(slabAt(slab) + S_BITMAP + (word << 2)) !== 0) {
          const result = take(row, cls, slab, word, want);
          if (result > 0) {
            // A thread cut between lowering the hint and looking again has left the slab without it.
            restoreSummary(cls, slab);
            return result;
          }
          outcome = RETRY;
        }
      }
    }
  }
  return outcome;
}
