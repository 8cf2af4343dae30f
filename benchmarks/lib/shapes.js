// What threads do with a pool: the shapes of the benchmarks of Go's sync.Pool (sync/pool_test.go), after their description. The
// same in Go is ../go/pool_test.go: a change here is a change there.

import { setImmediate } from 'node:timers/promises';
import { attachRuntime, KiB } from '@syncpool/core';

/** Objects that a thread of Go's BenchmarkPoolOverflow and BenchmarkPoolStarvation has at once, and how many of them it puts in the latter. */
export const AT_ONCE = 100;
const STARVED = 67;
/** Rounds of Starvation between two times that what was taken too much goes back. */
const STARVED_ROUNDS = 25;

/** One get and one put. */
function pairsOf(pool, size) {
  return (count) => {
    let seen = 0;
    for (let i = 0; i < count; i++) {
      const buffer = pool.get(size);
      seen ^= buffer.length;
      pool.put(buffer);
    }
    if (seen < 0) throw new Error('never: it keeps the loop from being optimised away');
  };
}

/** A hundred puts, then a hundred gets; `count` of such rounds. */
function overflowOf(pool, size) {
  const held = Array.from({ length: AT_ONCE }, () => pool.get(size));
  return (count) => {
    for (let round = 0; round < count; round++) {
      for (let i = 0; i < AT_ONCE; i++) pool.put(held[i]);
      for (let i = 0; i < AT_ONCE; i++) held[i] = pool.get(size);
    }
  };
}

/**
 * 67 puts, then 100 gets; `count` of such rounds: a third of the gets finds nothing left with its thread. Go's gives nothing then; here
 * every get gives a block, those from the slabs. What the thread has too many goes back there by a hand-over to nobody, which is not
 * measured: in Go nothing goes back.
 */
function starvationOf(pool, size) {
  const held = new Array(STARVED + STARVED_ROUNDS * (AT_ONCE - STARVED)).fill(undefined);
  let top = 0;
  while (top < STARVED) held[top++] = pool.get(size);
  return (count) => {
    let ns = 0n;
    for (let done = 0; done < count; ) {
      const rounds = Math.min(STARVED_ROUNDS, count - done);
      const start = process.hrtime.bigint();
      for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < STARVED; i++) pool.put(held[--top]);
        for (let i = 0; i < AT_ONCE; i++) held[top++] = pool.get(size);
      }
      ns += process.hrtime.bigint() - start;
      while (top > STARVED) pool.discard(pool.detach(held[--top]));
      done += rounds;
    }
    return Number(ns);
  };
}

/** Bytes of garbage between two gets of ExpensiveNew, and what it takes to make a new block what is wanted of it. */
const GARBAGE = 32 * KiB;
const NEW_MS = 1;
/** Rounds of ExpensiveNew between two turns of the event loop, where a thread hears that an epoch has ended and drains the pool. */
const TURN_ROUNDS = 4;

/** Counter of a thread in ExpensiveNew: the blocks that were new. */
export const MADE = 0;

/**
 * A hundred gets with garbage made in between, then a hundred puts; `count` of such rounds. Whether a block is new, or was given back to the
 * system in between, its first byte tells; then it takes a millisecond to fill.
 */
function expensiveNewOf(pool, size) {
  const held = new Array(AT_ONCE).fill(undefined);
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  const round = () => {
    let made = 0;
    let sink;
    for (let i = 0; i < AT_ONCE; i++) {
      const buffer = pool.get(size);
      if (buffer[0] === 0) {
        Atomics.wait(nobody, 0, 0, NEW_MS);
        buffer[0] = 1;
        made += 1;
      }
      held[i] = buffer;
      sink = new Uint8Array(GARBAGE);
    }
    for (let i = 0; i < AT_ONCE; i++) pool.put(held[i]);
    if (sink.length !== GARBAGE) throw new Error('never');
    return made;
  };
  return async (count, counters) => {
    // What was drained while the thread rested is not measured: everybody has to make the first.
    round();
    const start = process.hrtime.bigint();
    for (let i = 1; i <= count; i++) {
      counters[MADE] += round();
      if (i % TURN_ROUNDS === 0) await setImmediate();
    }
    return Number(process.hrtime.bigint() - start);
  };
}

const SHAPES = { pool: pairsOf, overflow: overflowOf, starvation: starvationOf, expensiveNew: expensiveNewOf };

export function setUp({ size, shape }) {
  return { [shape]: SHAPES[shape](attachRuntime().pool('bodies'), size) };
}
