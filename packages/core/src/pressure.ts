// A class's gate: 0 while the fast path is open, GATE_CLOSED once the runtime is closed, else the
// end of a time of pressure. Under pressure puts pass the magazine by, and batches are single blocks,
// so that what comes back can be had by those who wait for it.
//
// A deadline, not a flag: whoever set it may be dead, so it lapses by itself.

import { GATE_CLOSED } from './kernel/gate.ts';
import { C_GATE } from './kernel/layout.ts';
import type { Magazine } from './magazine.ts';

/** How long an exhaustion presses; a waiter renews it at every rescan. */
const PRESSURE_MS = 200;
/** Wall-clock milliseconds modulo 2^30, kept off 0, which means open. */
const CLOCK_MASK = 2 ** 30 - 1;

function clock(laterMs: number): number {
  return (((Date.now() + laterMs) & CLOCK_MASK) | 1) >>> 0;
}

/** Milliseconds to go, negative or absurdly many (the clock was set back) once lapsed. */
function remaining(deadline: number): number {
  const difference = (deadline - clock(0)) & CLOCK_MASK;
  return difference > CLOCK_MASK / 2 ? difference - CLOCK_MASK - 1 : difference;
}

/**
 * Whether the class is under pressure; opens its gate again when the time has lapsed. An open gate is believed as the fast path
 * believes it: by a plain load, which costs a slow path nothing either.
 */
export function isPressed(magazine: Magazine): boolean {
  if (magazine.gate[0] === 0) return false;
  const { kernel } = magazine.processor;
  const gate = kernel.loadShared(magazine.cls + C_GATE);
  if (gate === 0 || gate === GATE_CLOSED) return false;
  const left = remaining(gate);
  if (left > 0 && left <= 2 * PRESSURE_MS) return true;
  kernel.moveGate(magazine.cls, gate, 0);
  return false;
}

/**
 * Starts or prolongs the pressure on a class and its siblings: what is wanted may be the bytes of a
 * slab whose blocks lie in magazines of another size. Others' moves of a gate, and its closing, win.
 */
export function press(magazine: Magazine): void {
  const { kernel } = magazine.processor;
  for (const { cls } of magazine.siblings) {
    const gate = kernel.loadShared(cls + C_GATE);
    if (gate !== GATE_CLOSED) kernel.moveGate(cls, gate, clock(PRESSURE_MS));
  }
}
