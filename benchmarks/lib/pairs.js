// The loop of a get and a put, in a file of its own: imported for each pool under another address (`./pairs.js?NAME`), it is code that V8 has
// learnt nothing about, as in a program that has one pool.

import { do_not_optimize, measure } from 'mitata';

const PAIRS = 10_000;

/** Measures get + put of a pool's block, nanoseconds a pair: the median of at least a dozen loops. */
export function pairsOf(pool, size) {
  function loop() {
    let seen = 0;
    for (let i = 0; i < PAIRS; i++) {
      const buffer = pool.get(size);
      seen ^= buffer.length;
      pool.put(buffer);
    }
    do_not_optimize(seen);
  }
  // No batches of mitata's: a loop is long enough for the clock.
  return async () => (await measure(loop, { min_cpu_time: 2e7, batch_threshold: 0, gc: false })).p50 / PAIRS;
}

/**
 * Takes a pool's other ways for a while, past the magazine, as every program does sooner or later: V8 leaves what it has never seen out of the
 * code that it makes, and a loop that has never met an empty magazine is faster for it.
 */
export function takeOtherWays(pool, size) {
  for (let i = 0; i < PAIRS; i++) {
    pool.put(pool.get(size));
    pool.flush();
  }
}
