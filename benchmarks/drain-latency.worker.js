// One thread of a service: requests of a few to some dozens of buffers at a time, each get timed.

import { createHistogram } from 'node:perf_hooks';
import { parentPort } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

const GETS = 250_000;
const MOST_AT_ONCE = 64;
const pool = attachRuntime('drain latency').pool('bodies');

/** Times so many gets; percentiles in nanoseconds, with what the clock itself takes. */
function serve() {
  const histogram = createHistogram();
  let state = 1;
  for (let done = 0; done < GETS; ) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    const count = 1 + (state % MOST_AT_ONCE);
    const leased = [];
    for (let i = 0; i < count; i++) {
      const start = process.hrtime.bigint();
      const buffer = pool.get();
      histogram.record(process.hrtime.bigint() - start);
      leased.push(buffer);
    }
    for (const buffer of leased) pool.put(buffer);
    done += count;
  }
  const at = (percentile) => histogram.percentile(percentile);
  return { count: histogram.count, p50: at(50), p99: at(99), p999: at(99.9), max: histogram.max };
}

parentPort.on('message', () => parentPort.postMessage(serve()));
parentPort.postMessage('ready');
