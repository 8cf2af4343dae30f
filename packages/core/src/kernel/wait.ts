// The eventcount of a class: how a thread sleeps until a block may be had, without missing one.
//
//   word         31.........1 0
//                seq          somebody may wait
//
//   waiter       ticket = or(word, 1) | 1;  rescan everything;  sleep only while word === ticket
//   publisher    publish a block;  w = word;  if w is odd: CAS w -> w + 1 and wake everybody
//
// No wake is lost. A publisher whose load finds the bit clear loaded before the waiter's or, so it
// had published before the rescan, which sees the block. One that finds it set moves the word on, and
// the waiter does not sleep or is woken. If its CAS fails, another publisher has moved the word
// after that load, hence after this publish: a waiter with a later ticket rescans later still.
//
// The bit belongs to nobody: a waiter that gives up or dies leaves at most one needless wake.
// A word that is still the ticket after a rescan also proves that nobody moved on a block behind the
// rescan's back: any block published since has a publisher that is still inside its step. That
// is what "exhausted" rests on (acquire.ts).

import { C_WAIT, R_TICKET } from './layout.ts';
import { DONE } from './outcome.ts';
import { casShared, loadShared, notifyShared, orShared, storePlain } from './word.ts';

/** Announces a waiter of the class, and leaves its ticket in the row. */
export function prepareWait(row: i32, cls: i32): i32 {
  storePlain(row + R_TICKET, orShared(cls + C_WAIT, 1) | 1);
  return DONE;
}

/** The publisher's half; its caller has just published a block of the class in the same step. */
/* @inline */ export function wakeIfWaiting(cls: i32): void {
  const seen = loadShared(cls + C_WAIT);
  if ((seen & 1) !== 0) {
    if (casShared(cls + C_WAIT, seen, (seen + 1) | 0) === seen) notifyShared(cls + C_WAIT);
  }
}

/** Wakes the class's waiters for a reason other than one of its blocks: bytes came back, or the runtime closed. */
export function wakeClass(cls: i32): i32 {
  wakeIfWaiting(cls);
  return DONE;
}
