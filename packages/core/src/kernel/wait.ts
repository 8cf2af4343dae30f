// The eventcount of a class: how a thread sleeps until a block may be had, without missing one.
//
//   waiter     s = seq;  flag = 1;  rescan everything;  sleep only while seq === s
//   publisher  publish a block;  if flag: flag = 0, seq += 1, wake everybody
//
// No wake is lost. If the publisher's load of the flag comes before the waiter's store, then the
// block was published before the rescan, which sees it. Otherwise the publisher raises seq. A
// waiter's flag can be wiped by a publisher that serves an earlier one (it stored 0 after this
// waiter's 1): but that publisher's add follows its wipe, which follows this waiter's read of seq,
// so this waiter finds seq changed and does not sleep. The order seq-then-flag is what makes that so.
//
// The flag belongs to nobody: a waiter that gives up or dies leaves at most one needless wake.
// An unchanged seq after a rescan also proves that no block was published during the rescan, which
// is what "exhausted" rests on (acquire.ts).

import { C_WAIT_FLAG, C_WAIT_SEQ, R_TICKET } from './layout.ts';
import { DONE } from './outcome.ts';
import { addShared, loadShared, notifyShared, storePlain, storeShared } from './word.ts';

/** Announces a waiter of the class; leaves the ticket, seq as it was before, in the row. */
export function prepareWait(row: i32, cls: i32): i32 {
  storePlain(row + R_TICKET, loadShared(cls + C_WAIT_SEQ));
  storeShared(cls + C_WAIT_FLAG, 1);
  return DONE;
}

/** The publisher's half; its caller has just published a block of the class in the same step. */
/* @inline */ export function wakeIfWaiting(cls: i32): void {
  if (loadShared(cls + C_WAIT_FLAG) !== 0) {
    storeShared(cls + C_WAIT_FLAG, 0);
    addShared(cls + C_WAIT_SEQ, 1);
    notifyShared(cls + C_WAIT_SEQ);
  }
}

/** Wakes the class's waiters for a reason other than one of its blocks: bytes came back, or the runtime closed. */
export function wakeClass(cls: i32): i32 {
  wakeIfWaiting(cls);
  return DONE;
}
