// Tier 5: memory. Drivers that find a slab with room, or make one, and cut blocks from it.

import {
  C_CUT_HINT,
  C_ID,
  C_PER_SLAB,
  C_POOL,
  C_RUN_SLABS,
  C_UNITS,
  D_CUT_HINT,
  dequeAt,
  H_FRONTIER,
  P_MAX_UNITS,
  P_OPEN_SLABS,
  P_RESERVED,
  R_INDEX,
  S_WORD,
  slabAt,
  slabOf,
} from './layout.ts';
import { isNear, labelNode, nodeOf } from './near.ts';
import { EMPTY, FULL, RETRY } from './outcome.ts';
import { freshOf, fullOrRetry, isActive, lowOf, SLAB_FREE } from './slab.ts';
import { staged } from './staging.ts';
import { activate, cut, cutRun, openSlab } from './steps.ts';
import { loadPlain, loadRacy, loadShared, storePlain, storeRacy } from './word.ts';

/* @inline */ function hasRoom(cls: i32, word: i32): boolean {
  return isActive(word, loadPlain(cls + C_ID)) && freshOf(word) < loadPlain(cls + C_PER_SLAB);
}

/**
 * Finds a slab to cut: one of the class with room, of those near the thread's node; else, unless the class has as many with room as it may
 * have, one more; else one with room that is not near. Its number, above 0; EMPTY or RETRY.
 *
 * One pass sees each slab once, so none that has room or is free all the while is missed. And of free slabs it is the first one for
 * everybody, wherever its memory is: of two who would each make one the class's, one fails, and counts anew. That is what keeps the class to
 * as many as were promised to it; a free slab on each node would not.
 */
function slabToCut(row: i32, cls: i32): i32 {
  const node = nodeOf(row);
  const low = lowOf(loadShared(H_FRONTIER));
  let free = 0;
  let open = 0;
  let other = 0;
  for (let slab = 1; slab < low; slab++) {
    const word = loadShared(slabAt(slab) + S_WORD);
    if (hasRoom(cls, word)) {
      if (isNear(slab, node)) return slab;
      open = open + 1;
      other = slab;
    } else if (word === SLAB_FREE && free === 0) free = slab;
  }
  if (open >= loadPlain(loadPlain(cls + C_POOL) + P_OPEN_SLABS)) return other;
  if (free !== 0) return activate(cls, free) === RETRY ? RETRY : free;
  if (openSlab() !== FULL) return RETRY;
  // The last one may have been opened since the search began, and has room then.
  if (lowOf(loadShared(H_FRONTIER)) !== low) return RETRY;
  return other !== 0 ? other : EMPTY;
}

/**
 * The slab that was cut last: by this row, if its thread has a node, else by any thread without one. 0 if there is none, or it is another
 * node's: the thread may have been pinned to another one since, or have begun the slab at the same moment as a thread of that.
 */
function slabCutLast(row: i32, cls: i32): i32 {
  const node = nodeOf(row);
  if (node === 0) return loadRacy(cls + C_CUT_HINT);
  const slab = loadPlain(dequeAt(loadPlain(row + R_INDEX), loadPlain(cls + C_ID)) + D_CUT_HINT);
  return slab > 0 && isNear(slab, node) ? slab : 0;
}

function noteCut(row: i32, cls: i32, slab: i32): void {
  if (nodeOf(row) === 0) storeRacy(cls + C_CUT_HINT, slab);
  else storePlain(dequeAt(loadPlain(row + R_INDEX), loadPlain(cls + C_ID)) + D_CUT_HINT, slab);
  labelNode(row, slab);
}

/** Tier 5: fresh blocks. Their number; FULL if the pool's bytes are given out; EMPTY if no slab is left; RETRY. */
export function cutFresh(row: i32, cls: i32, want: i32): i32 {
  const pool = loadPlain(cls + C_POOL);
  // Asked first, so that a pool at its limit neither searches for a slab nor opens one.
  const reserved = loadShared(pool + P_RESERVED);
  if (loadShared(pool + P_MAX_UNITS) - reserved < loadPlain(cls + C_UNITS)) return fullOrRetry(pool, reserved);
  const run = loadPlain(cls + C_RUN_SLABS);
  if (run > 0) {
    const outcome = cutRun(row, cls, pool, run);
    if (outcome > 0) labelNode(row, slabOf(staged(row, 0)));
    return outcome;
  }
  let slab = slabCutLast(row, cls);
  do {
    const outcome = slab > 0 ? cut(row, cls, pool, slab, want) : EMPTY;
    if (outcome > 0) noteCut(row, cls, slab);
    if (outcome !== EMPTY) return outcome;
    slab = slabToCut(row, cls);
  } while (slab !== EMPTY);
  return EMPTY;
}
