// In which order a thread looks at its siblings' deques. The first two are core's own code, with and without places; the others look
// into every deque on their way, as there is no bitmap to go by.

import { RETRY } from './sources.js';

/** Own deque, then siblings by `victimsOf`, then slabs, then fresh memory: what core's acquireBatch does, with another sweep. */
function sweeping(victimsOf) {
  return function* acquire(thread, want, wantFresh) {
    const { kernel, row, cls, deque, ring } = thread;
    let outcome = RETRY;
    while (outcome === RETRY) outcome = yield* kernel.pop(row, cls, deque, ring, want);
    if (outcome > 0) return outcome;
    for (const victim of victimsOf(thread.index, thread.siblings, thread.random)) {
      thread.owed += thread.costs.probe;
      const stolen = yield* kernel.stealFrom(row, cls, victim, want);
      if (stolen > 0) return stolen;
    }
    const taken = yield* kernel.takeFromSlabs(row, cls, want);
    if (taken > 0) return taken;
    return yield* kernel.cutFresh(row, cls, wantFresh);
  };
}

const core = ({ kernel, row, cls }, want, wantFresh) => kernel.acquireBatch(row, cls, want, wantFresh);

const gcd = (a, b) => (b === 0 ? a : gcd(b, a % b));

/** Every other row once, from the next one on: Go's getSlow. Rows are numbered from 1. */
export function* roundRobin(index, count) {
  for (let i = 1; i < count; i++) yield ((index - 1 + i) % count) + 1;
}

/** Every other row once, from a random one on in strides of a random length that has no divisor in common with their number: Go's scheduler. */
export function* random(index, count, next) {
  let stride = 1 + Math.floor(next() * count);
  while (gcd(stride, count) !== 1) stride = (stride % count) + 1;
  const start = Math.floor(next() * count);
  for (let i = 0; i < count; i++) {
    const victim = ((start + i * stride) % count) + 1;
    if (victim !== index) yield victim;
  }
}

/** By name: how a batch is acquired, and whether threads say where they run. */
export const ORDERS = {
  'nearest first': { acquire: core, isPlaced: true },
  'by the bitmap, no places': { acquire: core, isPlaced: false },
  'round-robin (Go)': { acquire: sweeping(roundRobin), isPlaced: false },
  random: { acquire: sweeping(random), isPlaced: false },
};
