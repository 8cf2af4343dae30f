// The table of pools: an append-only list. A thread that opens a pool claims the first entry that
// is free, so entries are made one at a time and in order, and whoever meets one under construction waits for it.
//
//   entry word   31............12 11......2 1 0
//   FREE          0                         0 0
//   CREATING      incarnation     row       0 1   that row alone reads and writes the entry
//   READY         0                         1 0   options, name and classes are fixed for ever
//
// FREE -> CREATING by CAS; CREATING -> READY or FREE by its creator.

import { P_ENTRY, P_MAX_UNITS, R_OWNER } from './layout.ts';
import { DONE, RETRY } from './outcome.ts';
import { casShared, loadPlain, notifyShared, storeShared } from './word.ts';

export const ENTRY_FREE: i32 = 0;
export const ENTRY_CREATING: i32 = 1;
export const ENTRY_READY: i32 = 2;

/** Claims a free entry for the row. CREATING's packing is OWNED's, so the row's own word serves. DONE or RETRY. */
export function claimEntry(row: i32, pool: i32): i32 {
  return casShared(pool + P_ENTRY, ENTRY_FREE, loadPlain(row + R_OWNER)) === ENTRY_FREE ? DONE : RETRY;
}

/** Ends the construction of an entry by its creator, as READY or, given up, as FREE. */
export function settleEntry(pool: i32, word: i32): i32 {
  storeShared(pool + P_ENTRY, word);
  notifyShared(pool + P_ENTRY);
  return DONE;
}

/**
 * Moves the limit of a pool's bytes. Above what is cut already it lets cuts go on; below, no more is cut until enough has
 * been released. P_RESERVED stays the exact count: a cut that saw the limit before counts as before the move. Who moves the limit up
 * wakes the pool's waiters after that (wakePool). If it is cut or dies in between, they look again when their sleep ends by itself
 * (waiters.ts of the host), or when somebody moves the limit again.
 */
export function limitPool(pool: i32, units: i32): i32 {
  storeShared(pool + P_MAX_UNITS, units);
  return DONE;
}
