// A pool's accounts, in units of 64 bytes.
//
// P_RESERVED   given out, or about to be: raised by CAS before anything is cut, so never above P_MAX_UNITS;
//              lowered last by a release
// P_CUT        cut: raised when a cut is complete, lowered when a slab is released
//
//   P_RESERVED >= units of the blocks that are cut >= P_CUT, and all three equal when nobody is inside a step
//   (inside a release P_CUT is above the middle one: the slab is given up first)
//
// They differ by constants if a step was cut inside, which only the Atomics binding allows: a get of the
// pool then meets an attempt in flight that never ends (acquire.ts).

import { P_CUT, P_RESERVED } from './layout.ts';
import { DONE } from './outcome.ts';
import { addShared } from './word.ts';

/**
 * Adds what is missing from the accounts, or takes off what is too much: differences that do not change
 * while others go on, so that this is right whatever they add (balance.ts finds them). P_CUT first: it
 * is never above P_RESERVED.
 */
export function correctAccounts(pool: i32, cut: i32, reserved: i32): i32 {
  addShared(pool + P_CUT, cut);
  addShared(pool + P_RESERVED, reserved);
  return DONE;
}
