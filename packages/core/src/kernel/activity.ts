// Whether a row's thread is inside the kernel, as others see it. For the Atomics binding, where a thread can
// be cut inside a step: what the step was moving is in no place then, and only when nobody is inside
// can it be told from what somebody is just moving (look.ts). Whoever calls a driver whose steps move blocks or
// bytes brackets it with enter and exit (host/backend.ts). On wasm nobody does: steps are whole there.
//
//   R_ACTIVITY   even   outside: nothing is under way, and nothing that was begun before will go on
//                odd    inside, or cut inside and not back yet
//
// even -> odd   enterKernel, by the row's thread
// odd -> odd    the same, by a thread that was cut inside and has come back: what it was in is over
// odd -> even   exitKernel, by that thread; claimRow, by the next one
//
// The word only goes up, whoever has the row, by 2 at most for each time that a thread is inside. So
// if it is the same at two looks, nobody was inside in between who was not inside at the first: 2^31 calls
// between the two, to the very number, would be needed to deceive.

import { R_ACTIVITY, R_NAP } from './layout.ts';
import { loadPlain, loadShared, storeShared, waitShared } from './word.ts';

/* @inline */ export function isInside(activity: i32): boolean {
  return (activity & 1) !== 0;
}

/** Says that the row's thread is inside the kernel from here on. */
export function enterKernel(row: i32): void {
  storeShared(row + R_ACTIVITY, (loadPlain(row + R_ACTIVITY) + 1) | 1);
  // A step begins with plain stores, perhaps, and a plain store may overtake a shared one on machines with
  // weaker ordering than x86-64; not a shared load, which itself stays behind the shared store.
  loadShared(row + R_ACTIVITY);
}

/** Says that the row's thread is outside again. */
export function exitKernel(row: i32): void {
  storeShared(row + R_ACTIVITY, (loadPlain(row + R_ACTIVITY) + 1) | 0);
}

/** Naps for a millisecond, outside of the kernel if the row's thread has said that it is inside. */
export function nap(row: i32): void {
  const inside = isInside(loadPlain(row + R_ACTIVITY));
  if (inside) exitKernel(row);
  waitShared(row + R_NAP, loadPlain(row + R_NAP), 1);
  if (inside) enterKernel(row);
}
