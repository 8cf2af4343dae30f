// The way of a get whose magazine is empty: own deque -> siblings -> slabs -> memory, and what it
// takes to say "exhausted". Drivers: loops over steps, in JavaScript on every backend. A driver
// keeps nothing in its head that memory does not say too, so it may be cut anywhere.

import { cutFresh } from './fresh.ts';
import { C_ID, C_WAIT_SEQ, dequeAt, R_INDEX, R_NAP, R_TICKET, ringAt } from './layout.ts';
import { EMPTY, RETRY } from './outcome.ts';
import { reclaimSiblingClasses } from './reclaim.ts';
import { stealFromEveryRow, stealFromSiblings } from './steal.ts';
import { pop, prepareWait } from './steps.ts';
import { takeFromEverySlab, takeFromSlabs } from './take.ts';
import { loadPlain, loadShared, waitShared } from './word.ts';

/** Rescans in a row that may end in RETRY before the thread naps between them: others are inside their steps. */
const BUSY_RESCANS: i32 = 64;
/** Naps of a millisecond after which an attempt in flight counts as dead; only a cut Atomics step gets there. */
const MOST_NAPS: i32 = 1000;

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

/**
 * Gets a batch or concludes that there is none: the number of blocks staged, or EMPTY.
 *
 * A rescan passes its places one after another, so alone it could miss a block that moves behind
 * its back. Therefore the row announces itself as a waiter first: then every block published
 * raises seq, and if seq is what it was, nothing was published while the rescan ran and the places
 * were empty all together. An attempt of somebody else in flight makes the rescan say RETRY, and
 * RETRY never becomes a conclusion. The ticket in R_TICKET is what a waiter may sleep on.
 */
export function acquireOrConclude(row: i32, cls: i32, want: i32, wantFresh: i32): i32 {
  const first = acquireBatch(row, cls, want, wantFresh);
  if (first > 0) return first;
  let reclaimed = EMPTY;
  for (let attempt = 0; attempt < BUSY_RESCANS + MOST_NAPS; attempt++) {
    if (attempt >= BUSY_RESCANS) waitShared(row + R_NAP, loadPlain(row + R_NAP), 1);
    prepareWait(row, cls);
    const result = rescan(row, cls, want);
    if (result > 0) return result;
    if (result === EMPTY && reclaimed === EMPTY) {
      // Once: the pool's bytes may lie in free blocks of its other sizes.
      reclaimed = RETRY;
      const blocks = reclaimSiblingClasses(row, cls);
      if (blocks > 0) return blocks;
    }
    if (result === EMPTY && loadShared(cls + C_WAIT_SEQ) === loadPlain(row + R_TICKET)) return EMPTY;
  }
  return EMPTY;
}
