// The way of a get whose magazine is empty: own deque -> siblings -> slabs -> memory, and what it
// takes to say "exhausted". Drivers: loops over steps, in JavaScript on every backend. A driver
// keeps nothing in its head that memory does not say too, so it may be cut anywhere.

import { nap } from './activity.ts';
import { cutFresh } from './fresh.ts';
import { C_ID, C_POOL, C_WAIT, dequeAt, P_RELEASER, R_INDEX, R_TICKET, ringAt } from './layout.ts';
import { EMPTY, RETRY } from './outcome.ts';
import { reclaimSiblingClasses } from './reclaim.ts';
import { stealFromEveryRow, stealFromSiblings } from './steal.ts';
import { pop, prepareWait } from './steps.ts';
import { takeFromEverySlab, takeFromSlabs } from './take.ts';
import { BUSY_RESCANS, MOST_NAPS } from './widths.ts';
import { loadPlain, loadShared } from './word.ts';

/** Tier 2. RETRY means a thief was faster, so there is something to gain by looking again. */
function popOwn(row: i32, cls: i32, want: i32): i32 {
  const id = loadPlain(cls + C_ID);
  const index = loadPlain(row + R_INDEX);
  let outcome = RETRY;
  while (outcome === RETRY) outcome = pop(row, cls, dequeAt(index, id), ringAt(index, id), want);
  return outcome;
}

/** One pass through tiers 2 to 5. The number of blocks staged; RETRY; or EMPTY, which proves nothing yet. */
export function acquireBatch(row: i32, cls: i32, want: i32, wantFresh: i32): i32 {
  const own = popOwn(row, cls, want);
  if (own > 0) return own;
  const stolen = stealFromSiblings(row, cls, want);
  if (stolen > 0) return stolen;
  const taken = takeFromSlabs(row, cls, want);
  if (taken > 0) return taken;
  const fresh = cutFresh(row, cls, wantFresh);
  if (fresh > 0) return fresh;
  return stolen === RETRY || taken === RETRY || fresh === RETRY ? RETRY : EMPTY;
}

/** One rescan that trusts no hint. The number staged; RETRY; or EMPTY: at each place, nothing when it was passed. */
function rescan(row: i32, cls: i32, want: i32): i32 {
  const stolen = stealFromEveryRow(row, cls, want);
  if (stolen > 0) return stolen;
  const taken = takeFromEverySlab(row, cls, want);
  if (taken > 0) return taken;
  const fresh = cutFresh(row, cls, want);
  if (fresh > 0) return fresh;
  return stolen === RETRY || taken === RETRY || fresh === RETRY ? RETRY : EMPTY;
}

/** Whether a rescan just made, by its ticket, may end in "exhausted": nobody published since, nobody is releasing. */
function isConclusive(row: i32, cls: i32): boolean {
  if (loadShared(loadPlain(cls + C_POOL) + P_RELEASER) !== 0) return false;
  return loadShared(cls + C_WAIT) === loadPlain(row + R_TICKET);
}

/**
 * Gets a batch or concludes that there is none: the number of blocks staged, or EMPTY.
 *
 * A rescan passes its places one after another, so alone it could miss a block that moves behind
 * its back. Therefore the row announces itself as a waiter first: every publisher moves the class's
 * word on, and if it is still the ticket, then the only blocks that the rescan can have missed are
 * those of publishers still inside their step: a batch a thread. A releaser may hold more, so
 * nothing is concluded while there is one. Somebody else's attempt in flight makes the rescan say
 * RETRY, and then the thread looks again; after BUSY_RESCANS it naps in between.
 *
 * The bound is for what never ends: a reservation that a cut Atomics step has left behind, until an audit mends it (balance.ts).
 */
export function acquireOrConclude(row: i32, cls: i32, want: i32, wantFresh: i32): i32 {
  const first = acquireBatch(row, cls, want, wantFresh);
  if (first > 0) return first;
  for (let attempt = 0; attempt < BUSY_RESCANS + MOST_NAPS; attempt++) {
    prepareWait(row, cls);
    let result = rescan(row, cls, want);
    // The pool's bytes may lie in free blocks of its other sizes.
    if (result === EMPTY) result = reclaimSiblingClasses(row, cls);
    if (result > 0) return result;
    if (result === EMPTY && isConclusive(row, cls)) return EMPTY;
    // After EMPTY too: a releaser that stands still must not use up the attempts of those who wait for it.
    if (attempt >= BUSY_RESCANS) nap(row);
  }
  return EMPTY;
}
