// One thread of a service: requests of up to 192 buffers at a time, each get timed, with what the clock itself takes.

import { attachRuntime } from '@syncpool/core';
import { Latencies } from './latency.js';
import { randomFrom } from './seed.js';

/** Three times what a magazine holds: one get in some twenty goes past it. */
const MOST_AT_ONCE = 192;

export function setUp({ shared }) {
  const pool = attachRuntime().pool('bodies');
  const latencies = new Latencies(shared);
  const leased = new Array(MOST_AT_ONCE).fill(undefined);
  const random = randomFrom(1);
  const serve = (count) => {
    latencies.clear();
    for (let done = 0; done < count; ) {
      const buffers = 1 + Math.floor(random() * MOST_AT_ONCE);
      for (let i = 0; i < buffers; i++) {
        const start = process.hrtime.bigint();
        leased[i] = pool.get();
        latencies.record(Number(process.hrtime.bigint() - start));
      }
      for (let i = 0; i < buffers; i++) pool.put(leased[i]);
      done += buffers;
    }
  };
  return { serve };
}
