// The pair of variants.js: a buffer that a short text is written to, pooled and not. Imported once for each size, as pairs.js.

import { do_not_optimize, measure } from 'mitata';

const CALLS = 1000;

function timed(loop) {
  return async () => (await measure(loop, { min_cpu_time: 2e7, batch_threshold: 0, gc: false })).p50 / CALLS;
}

/** What is measured, by name: nanoseconds a use. */
export function wordsOf(pool, size) {
  return {
    pooled: timed(() => {
      let seen = 0;
      for (let i = 0; i < CALLS; i++) {
        const buffer = pool.get(size);
        seen ^= buffer.write('payload', 'latin1');
        pool.put(buffer);
      }
      do_not_optimize(seen);
    }),
    unpooled: timed(() => {
      let seen = 0;
      for (let i = 0; i < CALLS; i++) {
        const buffer = Buffer.allocUnsafe(size);
        seen ^= buffer.write('payload', 'latin1');
      }
      do_not_optimize(seen);
    }),
  };
}
