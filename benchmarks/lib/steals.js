// Two threads between which blocks travel only by stealing. The same in Go is ../go/steal_test.go: a change here is a change there.

import { attachRuntime } from '@syncpool/core';
import { median } from './report.js';

/** Blocks that one thread leaves in its deque and the other steals: the whole of them each time, so that the next begins alike. */
export const STOLEN = 512;
/** Handles on their way at most, a power of two. */
const RING = 512;

/** How often a thread looks for the other before it sleeps, as where there is no core for each. */
const LOOKS = 10_000;
const SLEEP_MS = 0.05;

/** Words of what the two share, a line each. */
const TURN = 0;
const SENT = 16;
const TAKEN = 32;
/** Nobody ever writes it. */
const REST = 48;
const RING_AT = 256;

function rest(words, looks) {
  if (looks >= LOOKS) Atomics.wait(words, REST, 0, SLEEP_MS);
}

export function createShared() {
  return new SharedArrayBuffer(RING_AT + RING * 8);
}

/**
 * By turns: each thread steals STOLEN blocks from the other's deque, one get after the other, and then puts them, for the other to steal.
 * What a put leaves in the magazine is taken out before the clock starts. Only the gets are timed, and the median turn counts: on a busy
 * machine threads are taken off their cores in some. `count` is how many blocks each thread steals.
 */
function stagedOf(pool, capacity, words, index) {
  const kept = new Array(capacity).fill(undefined);
  const stolen = new Array(STOLEN).fill(undefined);
  let turn = index;
  return (count) => {
    const turns = [];
    for (let done = 0; done < count; done += STOLEN) {
      while (Atomics.load(words, TURN) !== turn);
      for (let i = 0; i < capacity; i++) kept[i] = pool.get();
      const start = process.hrtime.bigint();
      for (let i = 0; i < STOLEN; i++) stolen[i] = pool.get();
      turns.push(Number(process.hrtime.bigint() - start));
      for (let i = 0; i < capacity; i++) pool.put(kept[i]);
      for (let i = 0; i < STOLEN; i++) pool.put(stolen[i]);
      turn += 2;
      Atomics.store(words, TURN, turn - 1);
    }
    return median(turns) * turns.length;
  };
}

/** One thread only gets, and sends each block's handle to the other, which adopts and only puts. */
function flowOf(pool, words, ring, index) {
  let next = 0;
  const getter = (count) => {
    for (const end = next + count; next < end; next++) {
      for (let looks = 0; next - Atomics.load(words, TAKEN) >= RING; looks++) rest(words, looks);
      ring[next & (RING - 1)] = pool.detach(pool.get());
      Atomics.store(words, SENT, next + 1);
    }
  };
  const putter = (count) => {
    for (const end = next + count; next < end; next++) {
      for (let looks = 0; Atomics.load(words, SENT) === next; looks++) rest(words, looks);
      pool.put(pool.adopt(ring[next & (RING - 1)]));
      Atomics.store(words, TAKEN, next + 1);
    }
  };
  return index === 0 ? getter : putter;
}

export function setUp({ shared, capacity }, index) {
  const runtime = attachRuntime();
  const words = new Int32Array(shared);
  return {
    staged: stagedOf(runtime.pool('staged'), capacity, words, index),
    flow: flowOf(runtime.pool('flow'), words, new Float64Array(shared, RING_AT, RING), index),
  };
}
