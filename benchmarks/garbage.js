// Claim: get and put make no garbage: ten million pairs run without one scavenge.

import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { verdict } from './lib/report.js';

const PAIRS = 1e7;

function pairs(pool, count) {
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const buffer = pool.get(64 * KiB);
    bytes ^= buffer.length;
    pool.put(buffer);
  }
  return bytes;
}

export async function run() {
  const runtime = createRuntime({ name: 'garbage', maxBytes: 64 * MiB, maxProcessors: 16 });
  const pool = runtime.pool('bodies', { blockSize: 64 * KiB, maxBytes: 64 * MiB });
  pairs(pool, 1e6);
  let scavenges = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) scavenges += 1;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  pairs(pool, PAIRS);
  // Entries arrive on the event loop.
  await sleep(50);
  observer.disconnect();
  runtime.close();
  return {
    values: { scavenges: [scavenges] },
    verdicts: [verdict(`scavenges in ${PAIRS.toExponential(0)} pairs`, scavenges, { most: 0 })],
  };
}
