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
 * Of the slabs below `low` that are near the node: one of the class with blocks left to cut, else a free one made the class's. One
 * pass sees each slab once, so none that has room or is free all the while is missed. Its number, above 0; EMPTY or RETRY.
 */
function findSlab(cls: i32, low: i32, node: i32): i32 {
  let free = 0;
  for (let slab = 1; slab < low; slab++) {
    if (isNear(slab, node)) {
      const word = loadShared(slabAt(slab) + S_WORD);
      if (hasRoom(cls, word)) return slab;
      if (word === SLAB_FREE && free === 0) free = slab;
    }
  }
  if (free === 0) return EMPTY;
  return activate(cls, free) === RETRY ? RETRY : free;
}

/** A slab of the class with room: one near the node, else another if the class may not have one more of them. 0 if it may. */
function slabToShare(cls: i32, low: i32, node: i32): i32 {
  let open = 0;
  let found = 0;
  for (let slab = 1; slab < low; slab++) {
    if (hasRoom(cls, loadShared(slabAt(slab) + S_WORD))) {
      if (isNear(slab, node)) return slab;
      open = open + 1;
      found = slab;
    }
  }
  return open < loadPlain(loadPlain(cls + C_POOL) + P_OPEN_SLABS) ? 0 : found;
}

/** Finds a slab to cut, near the thread's node if that is possible. Its number, above 0; EMPTY or RETRY. */
function slabToCut(row: i32, cls: i32): i32 {
  const node = nodeOf(row);
  const low = lowOf(loadShared(H_FRONTIER));
  if (node !== 0) {
    const shared = slabToShare(cls, low, node);
    if (shared !== 0) return shared;
  }
  const found = findSlab(cls, low, node);
  if (found !== EMPTY) return found;
  if (openSlab() !== FULL) return RETRY;
  // The last one may have been opened since the search began, and has room then.
  if (lowOf(loadShared(H_FRONTIER)) !== low) return RETRY;
  return node === 0 ? EMPTY : findSlab(cls, low, 0);
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
