// Releasing slabs, step by step. One row at a time releases slabs of a pool: it is the pool's
// releaser. It takes every block of a slab as an ordinary owner (reclaim.ts), then claims the slab word; from
// beginRelease to endRelease the slab is exclusively its.
//
// While a releaser gathers, free blocks are in its hands, more than a batch. Nobody concludes
// "exhausted" meanwhile (acquire.ts): P_RELEASER says so to everybody.
//
// P_RELEASER   0 -> OWNED(row, incarnation)   claimReleaser, CAS
//              OWNED(row, incarnation) -> 0   dropReleaser, by that row; expelReleaser, by who recovers it

import {
  blockAt,
  C_UNITS,
  L_POISONED,
  lineAt,
  P_CUT,
  P_RELEASER,
  P_RESERVED,
  R_OWNER,
  R_RELEASE_POOL,
  S_PURGE_CLASS,
  S_PURGE_FRESH,
  S_WORD,
  slabAt,
} from './layout.ts';
import { FREE, incarnationOf, OWNED, packTagged, rowOf, setState } from './line.ts';
import { DONE, RETRY } from './outcome.ts';
import { freshOf, SLAB_FREE, SLAB_PURGING, slabClassOf } from './slab.ts';
import { addShared, casShared, imul, loadPlain, storePlain, storeShared } from './word.ts';

/** Notes that the row may be the pool's releaser, and makes it that. DONE, or RETRY while another row is. */
export function claimReleaser(row: i32, pool: i32): i32 {
  storePlain(row + R_RELEASE_POOL, pool);
  if (casShared(pool + P_RELEASER, 0, loadPlain(row + R_OWNER)) === 0) return DONE;
  storePlain(row + R_RELEASE_POOL, 0);
  return RETRY;
}

/** Ends what claimReleaser began. */
export function dropReleaser(row: i32, pool: i32): i32 {
  casShared(pool + P_RELEASER, loadPlain(row + R_OWNER), 0);
  storePlain(row + R_RELEASE_POOL, 0);
  return DONE;
}

/** As dropReleaser, for a dead row whose OWNED word is `owner`. DONE, or RETRY if it was not the releaser. */
export function expelReleaser(pool: i32, owner: i32): i32 {
  return casShared(pool + P_RELEASER, owner, 0) === owner ? DONE : RETRY;
}

/** PURGING by the row whose OWNED word is `owner`. */
/* @inline */ export function purgingBy(owner: i32): i32 {
  return packTagged(SLAB_PURGING, rowOf(owner), incarnationOf(owner));
}

/** The OWNED word of the row that a slab in PURGING is released by. */
/* @inline */ export function purgerOf(word: i32): i32 {
  return packTagged(OWNED, rowOf(word), incarnationOf(word));
}

/** Frees an ACTIVE slab of which nothing is cut: `seen` says so. DONE or RETRY. */
export function deactivate(slab: i32, seen: i32): i32 {
  return casShared(slabAt(slab) + S_WORD, seen, SLAB_FREE) === seen ? DONE : RETRY;
}

/**
 * Claims an ACTIVE slab whose blocks the row owns all; `seen`, the slab word, says how many: at
 * least one. The notes are this row's to write before the CAS, because only a releaser that owns
 * every block gets here; the CAS fails only if somebody has cut more. DONE or RETRY.
 */
export function beginRelease(row: i32, slab: i32, seen: i32): i32 {
  const at = slabAt(slab);
  storePlain(at + S_PURGE_CLASS, slabClassOf(seen));
  storePlain(at + S_PURGE_FRESH, freshOf(seen));
  return casShared(at + S_WORD, seen, purgingBy(loadPlain(row + R_OWNER))) === seen ? DONE : RETRY;
}

/** Disowns one block of a slab in release, so that no stale OWNED state outlives the slab, nor the mark of its poison. */
export function disown(slab: i32, number: i32): i32 {
  const block = blockAt(slab, number);
  storePlain(lineAt(block) + L_POISONED, 0);
  setState(block, FREE);
  return DONE;
}

/** Ends a release: the slab is anybody's, the pool has its bytes back. */
export function endRelease(slab: i32, cls: i32, pool: i32): i32 {
  const at = slabAt(slab);
  const bytes = imul(loadPlain(at + S_PURGE_FRESH), loadPlain(cls + C_UNITS));
  storeShared(at + S_WORD, SLAB_FREE);
  addShared(pool + P_CUT, -bytes);
  addShared(pool + P_RESERVED, -bytes);
  return DONE;
}
