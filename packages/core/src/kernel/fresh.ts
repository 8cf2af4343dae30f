// Tier 5: memory. Drivers that find a slab with room, or make one, and cut blocks from it.

import {
  C_CUT_HINT,
  C_ID,
  C_PER_SLAB,
  C_POOL,
  C_RUN_SLABS,
  C_UNITS,
  H_FRONTIER,
  P_MAX_UNITS,
  P_RESERVED,
  S_WORD,
  slabAt,
} from './layout.ts';
import { EMPTY, FULL, RETRY } from './outcome.ts';
import { freshOf, fullOrRetry, isActive, lowOf, SLAB_FREE } from './slab.ts';
import { activate, cut, cutRun, openSlab } from './steps.ts';
import { loadPlain, loadRacy, loadShared, storeRacy } from './word.ts';

/** Finds a slab to cut: one of the class with blocks left, else a free one made the class's. Its number, above 0; EMPTY or RETRY. */
function slabToCut(cls: i32): i32 {
  const id = loadPlain(cls + C_ID);
  const low = lowOf(loadShared(H_FRONTIER));
  let free = 0;
  for (let slab = 1; slab < low; slab++) {
    const word = loadShared(slabAt(slab) + S_WORD);
    if (isActive(word, id) && freshOf(word) < loadPlain(cls + C_PER_SLAB)) return slab;
    if (word === SLAB_FREE && free === 0) free = slab;
  }
  if (free === 0) {
    if (openSlab() !== FULL) return RETRY;
    // The last one may have been opened since the search began, and has room then.
    return lowOf(loadShared(H_FRONTIER)) === low ? EMPTY : RETRY;
  }
  return activate(cls, free) === RETRY ? RETRY : free;
}

/** Tier 5: fresh blocks. Their number; FULL if the pool's bytes are given out; EMPTY if no slab is left; RETRY. */
export function cutFresh(row: i32, cls: i32, want: i32): i32 {
  const pool = loadPlain(cls + C_POOL);
  // Asked first, so that a pool at its limit neither searches for a slab nor opens one.
  const reserved = loadShared(pool + P_RESERVED);
  if (loadShared(pool + P_MAX_UNITS) - reserved < loadPlain(cls + C_UNITS)) return fullOrRetry(pool, reserved);
  const run = loadPlain(cls + C_RUN_SLABS);
  if (run > 0) return cutRun(row, cls, pool, run);
  let slab = loadRacy(cls + C_CUT_HINT);
  do {
    const outcome = slab > 0 ? cut(row, cls, pool, slab, want) : EMPTY;
    if (outcome > 0) storeRacy(cls + C_CUT_HINT, slab);
    if (outcome !== EMPTY) return outcome;
    slab = slabToCut(cls);
  } while (slab !== EMPTY);
  return EMPTY;
}
