// A row: the place of one attached thread in control memory (Go's P).
//
//   row word     31............12 11......2 1 0
//   FREE          incarnation     0         0 0   the last one; attach makes the next
//   LIVE          incarnation     0         0 1   the thread named in the identity words
//   RECOVERING    incarnation     by whom   1 0   its thread is dead; row `by whom` finishes what it held
//
// FREE -> LIVE              claimRow, CAS by the row's claimant, which attaches
// LIVE -> LIVE              inheritRow, the next incarnation: CAS by the row's claimant, which found no free row when it
//                           attached, and knows the row's thread to be dead
// LIVE -> FREE              leaveRow, by its own thread, when it holds nothing
// LIVE -> RECOVERING        claimRecovery, CAS by a row that knows its thread to be dead
// RECOVERING -> RECOVERING  claimRecovery, CAS by a row that is recovering the dead recoverer itself
// RECOVERING -> FREE        endRecovery, by that row
//
//   R_CLAIMANT    0, or the thread that is making the row its own: its OS thread id, or where that is not known
//                 -1 - its thread id
//
// 0 -> claimant   claimRow and inheritRow, CAS: from then on nobody else makes the row its own, or writes any word of it
// claimant -> 0   the same, by that thread; dropClaim, by anyone who knows that thread to be dead
//
// The identity words are the claimant's to write before the row is LIVE under its name: so they are those of the
// row's thread, or if that is dead perhaps of an heir that died in its claim, or of both. Whatever they say then, who reads
// in them that the row's thread is dead is right; else it is found to be when its heir is, or has made the row its own.
//
// A thread that dies while it claims a row is known by R_CLAIMANT. A thread id is never used again in a process. An OS
// thread id can be: a claim of the dead then looks like one of the living until that thread ends too; and to harm
// anybody who drops a claim, the same id would have to claim the same row between its look and its drop, 32,768
// threads later at least, the least that Linux counts to before ids come again.
//
// Deques, rings and counters stay as they are when a row changes hands: they belong to the row.
//
// A row that is FREE holds nothing. One that was inherited may hold what its dead incarnations held, all of them if the heirs
// died one after another; R_RECOVERING tells the heir, and who recovers the row asks for any incarnation (recover.ts).
// LIVE has no ABA: the incarnation of a row only goes up, whoever has it, so of all who saw one dead thread in the row
// one gets it, by whatever transition.

import {
  R_ACTIVITY,
  R_CLAIMANT,
  R_CLAIMED_END,
  R_DOMAINS,
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
  R_SWEEP,
  R_THREAD,
  R_WORD,
} from './layout.ts';
import { INCARNATION_MASK, incarnationOf, OWNED, packTagged, tagOf } from './line.ts';
import { DONE, RETRY } from './outcome.ts';
import { casShared, loadPlain, loadShared, storePlain, storeShared } from './word.ts';

export const ROW_FREE: i32 = 0;
export const ROW_LIVE: i32 = 1;
export const ROW_RECOVERING: i32 = 2;

/** Bits of R_RECOVERING: this row has claimed rows of the dead; it is the heir of dead incarnations of its own. */
const RECOVERS_ROWS: i32 = 1;
export const RECOVERS_PAST: i32 = 2;

/* @inline */ export function packLive(incarnation: i32): i32 {
  return packTagged(ROW_LIVE, 0, incarnation);
}

/** Names a thread in R_CLAIMANT. */
/* @inline */ export function claimantOf(thread: i32, osThread: i32): i32 {
  return osThread !== 0 ? osThread : -1 - thread;
}

/** Makes the row, if its word still is `seen`, that of the calling thread, with something to recover or with nothing. DONE or RETRY. */
/* @inline */ function occupy(
  row: i32,
  seen: i32,
  index: i32,
  thread: i32,
  parent: i32,
  osThread: i32,
  startLow: i32,
  startHigh: i32,
  recovers: i32,
): i32 {
  if (casShared(row + R_CLAIMANT, 0, claimantOf(thread, osThread)) !== 0) return RETRY;
  const incarnation = (incarnationOf(seen) + 1) & INCARNATION_MASK;
  let outcome = RETRY;
  // Whoever had made the row its own by then would have moved the word on; nobody can from here on.
  if (loadShared(row + R_WORD) === seen) {
    storePlain(row + R_INDEX, index);
    storePlain(row + R_OWNER, packTagged(OWNED, index, incarnation));
    storePlain(row + R_STAGED, 0);
    storePlain(row + R_RELEASE_POOL, 0);
    storePlain(row + R_RELEASING, 0);
    storePlain(row + R_CLAIMED_END, 0);
    storePlain(row + R_RECOVERING, recovers);
    storePlain(row + R_DOMAINS, 0);
    storePlain(row + R_SWEEP, index + 1);
    // Even again, and up: the thread before may have died inside the kernel.
    storeShared(row + R_ACTIVITY, (loadShared(row + R_ACTIVITY) + 1) & ~1);
    storeShared(row + R_THREAD, thread);
    storeShared(row + R_PARENT, parent);
    storeShared(row + R_OS_THREAD, osThread);
    storeShared(row + R_START_LOW, startLow);
    storeShared(row + R_START_HIGH, startHigh);
    // This passes the row to its thread. It fails if a recoverer has claimed the dead thread's row meanwhile.
    if (casShared(row + R_WORD, seen, packLive(incarnation)) === seen) outcome = DONE;
  }
  storeShared(row + R_CLAIMANT, 0);
  return outcome;
}

/** Ends the claim of a thread that died while it claimed the row. DONE, or RETRY if it is not the claimant any more. */
export function dropClaim(row: i32, claimant: i32): i32 {
  return casShared(row + R_CLAIMANT, claimant, 0) === claimant ? DONE : RETRY;
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
  return occupy(row, seen, index, thread, parent, osThread, startLow, startHigh, 0);
}

/**
 * Takes over the row of a dead thread, of incarnation `dead`, for the calling thread, with all that it still holds: the
 * heir recovers that before it does anything else. DONE, or RETRY if the row is not that incarnation's any more.
 */
export function inheritRow(
  row: i32,
  index: i32,
  dead: i32,
  thread: i32,
  parent: i32,
  osThread: i32,
  startLow: i32,
  startHigh: i32,
): i32 {
  return occupy(row, packLive(dead), index, thread, parent, osThread, startLow, startHigh, RECOVERS_PAST);
}

/** Frees the row of a thread that holds nothing any more. DONE, or RETRY if the row was not its own. */
export function leaveRow(row: i32, live: i32): i32 {
  return casShared(row + R_WORD, live, packTagged(ROW_FREE, 0, incarnationOf(live))) === live ? DONE : RETRY;
}

/** RECOVERING by the row of that index. */
/* @inline */ export function recoveringBy(index: i32, incarnation: i32): i32 {
  return packTagged(ROW_RECOVERING, index, incarnation);
}

/**
 * Claims the row of a dead thread, whose word the caller has seen. DONE or RETRY. The note that there is one to
 * recover comes first: a thread that is cut in here finds it, and at worst no such row.
 */
export function claimRecovery(row: i32, dead: i32, seen: i32): i32 {
  storePlain(row + R_RECOVERING, loadPlain(row + R_RECOVERING) | RECOVERS_ROWS);
  const mine = recoveringBy(loadPlain(row + R_INDEX), incarnationOf(seen));
  return casShared(dead + R_WORD, seen, mine) === seen ? DONE : RETRY;
}

/** Frees the row of a dead thread, of which nothing is left. DONE, or RETRY if it was not this row's to free. */
export function endRecovery(row: i32, dead: i32): i32 {
  const seen = loadShared(dead + R_WORD);
  if (seen !== recoveringBy(loadPlain(row + R_INDEX), incarnationOf(seen))) return RETRY;
  return casShared(dead + R_WORD, seen, packTagged(ROW_FREE, 0, incarnationOf(seen))) === seen ? DONE : RETRY;
}
