// A row: the place of one attached thread in control memory (Go's P).
//
//   row word     31............12 11......2 1 0
//   FREE          incarnation     0         0 0   the last one; attach makes the next
//   LIVE          incarnation     0         0 1   the thread named in the identity words
//   RECOVERING    incarnation     by whom   1 0   its thread is dead; row `by whom` finishes what it held
//
// FREE -> LIVE              claimRow, CAS by the thread that attaches
// LIVE -> FREE              leaveRow, by its own thread, when it holds nothing
// LIVE -> RECOVERING        claimRecovery, CAS by a row that knows its thread to be dead
// RECOVERING -> RECOVERING  claimRecovery, CAS by a row that is recovering the dead recoverer itself
// RECOVERING -> FREE        endRecovery, by that row
//
// The identity words are written by the claimer after its CAS; a reader believes them only while
// R_ID_INCARNATION, written last, equals the row word's incarnation.
//
// Deques, rings and counters stay as they are when a row changes hands: they belong to the row.

import {
  R_ID_INCARNATION,
  R_INDEX,
  R_OS_THREAD,
  R_OWNER,
  R_PARENT,
  R_RECOVERING,
  R_RELEASE_POOL,
  R_RELEASING,
  R_STAGED,
  R_START_HIGH,
  R_START_LOW,
  R_THREAD,
  R_WORD,
} from './layout.ts';
import { INCARNATION_MASK, incarnationOf, OWNED, packTagged, tagOf } from './line.ts';
import { DONE, RETRY } from './outcome.ts';
import { casShared, loadPlain, loadShared, storePlain, storeShared } from './word.ts';

export const ROW_FREE: i32 = 0;
export const ROW_LIVE: i32 = 1;
export const ROW_RECOVERING: i32 = 2;

/* @inline */ export function packLive(incarnation: i32): i32 {
  return packTagged(ROW_LIVE, 0, incarnation);
}

/**
 * Claims a FREE row for the calling thread, whose identity was gathered before. DONE, or RETRY if
 * the row is not free. An incarnation returns after 2^20 attaches to one row; by then no word names
 * the old one, because a row is freed only when nothing is OWNED by it.
 */
export function claimRow(
  row: i32,
  index: i32,
  thread: i32,
  parent: i32,
  osThread: i32,
  startLow: i32,
  startHigh: i32,
): i32 {
  const seen = loadShared(row + R_WORD);
  if (tagOf(seen) !== ROW_FREE) return RETRY;
  const incarnation = (incarnationOf(seen) + 1) & INCARNATION_MASK;
  if (casShared(row + R_WORD, seen, packLive(incarnation)) !== seen) return RETRY;
  storePlain(row + R_INDEX, index);
  storePlain(row + R_OWNER, packTagged(OWNED, index, incarnation));
  storePlain(row + R_STAGED, 0);
  storePlain(row + R_RELEASE_POOL, 0);
  storePlain(row + R_RELEASING, 0);
  storePlain(row + R_RECOVERING, 0);
  storeShared(row + R_THREAD, thread);
  storeShared(row + R_PARENT, parent);
  storeShared(row + R_OS_THREAD, osThread);
  storeShared(row + R_START_LOW, startLow);
  storeShared(row + R_START_HIGH, startHigh);
  storeShared(row + R_ID_INCARNATION, incarnation);
  return DONE;
}

/** Frees the row of a thread that holds nothing any more. DONE, or RETRY if the row was not its own. */
export function leaveRow(row: i32, live: i32): i32 {
  return casShared(row + R_WORD, live, packTagged(ROW_FREE, 0, incarnationOf(live))) === live ? DONE : RETRY;
}

/** RECOVERING by the row of that index. */
/* @inline */ export function recoveringBy(index: i32, incarnation: i32): i32 {
  return packTagged(ROW_RECOVERING, index, incarnation);
}

/** Claims the row of a dead thread, whose word the caller has seen, and notes that there is one to recover. DONE or RETRY. */
export function claimRecovery(row: i32, dead: i32, seen: i32): i32 {
  if (casShared(dead + R_WORD, seen, recoveringBy(loadPlain(row + R_INDEX), incarnationOf(seen))) !== seen)
    return RETRY;
  storePlain(row + R_RECOVERING, 1);
  return DONE;
}

/** Frees the row of a dead thread, of which nothing is left. DONE, or RETRY if it was not this row's to free. */
export function endRecovery(row: i32, dead: i32): i32 {
  const seen = loadShared(dead + R_WORD);
  if (seen !== recoveringBy(loadPlain(row + R_INDEX), incarnationOf(seen))) return RETRY;
  return casShared(dead + R_WORD, seen, packTagged(ROW_FREE, 0, incarnationOf(seen))) === seen ? DONE : RETRY;
}
