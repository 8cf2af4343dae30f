// The ways in: the gate of each class, and the word that says whether the runtime is closed.
//
//   C_GATE     0          the fast path is open
//              deadline   puts pass the magazine by until then (pressure.ts of the host)
//              CLOSED     every call takes the slow path, for ever
//
// Any -> any but out of CLOSED, by CAS: whoever closes wins.
//
//   H_CLOSED   OPEN -> CLOSING     beginClose, CAS; gates are being shut, and nobody is refused yet
//              CLOSING -> CLOSED   endClose, by one who has seen every gate shut; every slow path refuses from now on
//
// Two may close at once, and one may die in between: the word never goes back.

import { C_GATE, H_CLOSED } from './layout.ts';
import { DONE, RETRY } from './outcome.ts';
import { casShared, storeShared } from './word.ts';

export const GATE_CLOSED: i32 = -1;

export const OPEN: i32 = 0;
const CLOSING: i32 = 1;
export const CLOSED: i32 = 2;

/** Moves a class's gate. Whoever closes it wins: a deadline never replaces GATE_CLOSED. DONE or RETRY. */
export function moveGate(cls: i32, expected: i32, replacement: i32): i32 {
  return casShared(cls + C_GATE, expected, replacement) === expected ? DONE : RETRY;
}

/** Says that gates are being shut: whoever makes a pool READY after this shuts the gates of that one. */
export function beginClose(): i32 {
  casShared(H_CLOSED, OPEN, CLOSING);
  return DONE;
}

/** Marks the runtime closed; its gates are shut. */
export function endClose(): i32 {
  storeShared(H_CLOSED, CLOSED);
  return DONE;
}
