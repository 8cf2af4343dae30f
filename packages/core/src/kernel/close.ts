// Closing: every gate shut, then everybody refused, then everybody woken who waits. Drivers.
//
// Who is refused once is refused everywhere: all gates are shut before H_CLOSED says CLOSED. The sweep sees the gates of
// every pool that was READY before CLOSING; whoever opens a later one finds CLOSING, and shuts its gates before it
// uses it (shutIfClosing).
//
// Nobody sleeps on: whoever announced itself as a waiter before CLOSED is woken, because its pool was READY by then; and
// who does so later sees CLOSED before it sleeps.
//
// A closer that dies leaves a runtime that is open, though by slow paths where gates are shut, or one that is closed, with
// waiters that look again when their sleep ends by itself (waiters.ts of the host). Whoever closes next does all of it again.

import { ENTRY_READY } from './entry.ts';
import { GATE_CLOSED, OPEN } from './gate.ts';
import { C_GATE, classAt, H_CLOSED, H_MAX_POOLS, P_CLASS_COUNT, P_ENTRY, P_FIRST_CLASS, poolAt } from './layout.ts';
import { tagOf } from './line.ts';
import { DONE } from './outcome.ts';
import { wakePool } from './reclaim.ts';
import { beginClose, endClose, moveGate } from './steps.ts';
import { loadPlain, loadShared } from './word.ts';

/** Shuts the gate of a class for good, whatever it says just now. */
function shutGate(cls: i32): void {
  let gate = loadShared(cls + C_GATE);
  while (gate !== GATE_CLOSED && moveGate(cls, gate, GATE_CLOSED) !== DONE) gate = loadShared(cls + C_GATE);
}

function shutPool(pool: i32): void {
  const first = loadPlain(pool + P_FIRST_CLASS);
  const end = first + loadPlain(pool + P_CLASS_COUNT);
  for (let id = first; id < end; id++) shutGate(classAt(id));
}

/* @inline */ function isReady(pool: i32): boolean {
  return tagOf(loadShared(pool + P_ENTRY)) === ENTRY_READY;
}

/** Closes the runtime for everybody, or finishes what a closer that died has begun. */
export function closeAll(): void {
  beginClose();
  for (let pool = 0; pool < loadPlain(H_MAX_POOLS); pool++) if (isReady(poolAt(pool))) shutPool(poolAt(pool));
  endClose();
  for (let pool = 0; pool < loadPlain(H_MAX_POOLS); pool++) if (isReady(poolAt(pool))) wakePool(poolAt(pool));
}

/** What every thread does with a pool that it has found READY, before it uses it. */
export function shutIfClosing(pool: i32): void {
  if (loadShared(H_CLOSED) !== OPEN) shutPool(pool);
}
