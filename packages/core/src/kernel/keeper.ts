// A pool's keeper: the row of the thread that gives the pool's pages back where nobody has asked for it, the main thread's if
// that has the pool open. A hint: by it workers decide who purges, and nothing of what a purger may do rests on it.
//
//   P_KEEPER   0, or the OWNED word of the row that became the pool's keeper last
//
// anything -> OWNED(row, incarnation)   keep, by that row's thread, unless the row that the word names is a keeper still
// OWNED(row, incarnation) -> 0          dropKeeper, CAS by that row's thread when it leaves
//
// It holds while the row that it names is LIVE with that incarnation: a thread that is taken for dead, or cut while it leaves, is no
// keeper from when its row is another's or nobody's. But one that leaves with buffers leaves its row LIVE, so it says that it goes.
// An incarnation returns after 2^20 attaches to one row: a word as old as that at worst keeps workers from purging. Of two that
// keep a pool at one time the later store stands; the other keeps it again when it looks next, if that one has left.

import { P_KEEPER, R_OWNER, R_WORD, rowAt } from './layout.ts';
import { incarnationOf, rowOf } from './line.ts';
import { DONE, EMPTY } from './outcome.ts';
import { packLive } from './row.ts';
import { casShared, loadPlain, loadShared, storeShared } from './word.ts';

/** Whether the word names a row that has its thread still. 0 has no tag of an owner's, and names none. */
/* @inline */ function holds(keeper: i32): boolean {
  return keeper !== 0 && loadShared(rowAt(rowOf(keeper)) + R_WORD) === packLive(incarnationOf(keeper));
}

/** Makes the row the pool's keeper. DONE; EMPTY if the pool has one. */
export function keep(row: i32, pool: i32): i32 {
  if (holds(loadShared(pool + P_KEEPER))) return EMPTY;
  storeShared(pool + P_KEEPER, loadPlain(row + R_OWNER));
  return DONE;
}

/** DONE if the pool has a keeper, EMPTY if it has none. */
export function findKeeper(pool: i32): i32 {
  return holds(loadShared(pool + P_KEEPER)) ? DONE : EMPTY;
}

/** Ends what keep began, for the row whose OWNED word is `owner`. DONE, or EMPTY if it was not the keeper any more. */
export function dropKeeper(pool: i32, owner: i32): i32 {
  return casShared(pool + P_KEEPER, owner, 0) === owner ? DONE : EMPTY;
}
