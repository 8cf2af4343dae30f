// Claim: two epochs after a burst of N MiB that was spread over threads, at least 95 % of it is the system's again, the threads
// asleep meanwhile; and the traffic of this thread, which goes on, keeps its blocks.

import { setImmediate } from 'node:timers/promises';
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { Piscina } from 'piscina';
import { line, median, verdict } from './lib/report.js';

const ROUNDS = 5;
const THREADS = 2;
const SIZE = 16 * KiB;
const BURST = 256 * MiB;
const STEADY = 16;

export async function run() {
  const runtime = createRuntime({ name: 'burst', maxBytes: BURST + 64 * MiB });
  const drain = { on: 'manual' };
  const pool = runtime.pool('bodies', { blockSize: SIZE, maxBytes: BURST + 64 * MiB, drain });
  const piscina = new Piscina({
    filename: new URL('burst.worker.js', import.meta.url).href,
    minThreads: THREADS,
    maxThreads: THREADS,
    concurrentTasksPerWorker: 1,
  });
  const burst = () => Promise.all(Array.from({ length: THREADS }, () => piscina.run(BURST / THREADS / SIZE)));
  const serve = () => {
    const held = Array.from({ length: STEADY }, () => pool.get());
    for (const buffer of held) pool.put(buffer);
  };
  const rss = { before: [], 'after the burst': [], 'two epochs later': [] };
  const returned = [];
  const hitRates = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.memoryUsage.rss();
    await burst();
    const peak = process.memoryUsage.rss();
    const start = pool.stats().totals;
    for (let epoch = 0; epoch < 3; epoch++) {
      for (let i = 0; i < 1000; i++) serve();
      pool.drain();
      await setImmediate();
    }
    const { gets, hits } = pool.stats().totals;
    const misses = hits.slab + hits.fresh - start.hits.slab - start.hits.fresh;
    const after = process.memoryUsage.rss();
    // The first round also makes the views of all blocks, and the heap for them.
    if (round === 0) continue;
    rss.before.push(before / MiB);
    rss['after the burst'].push(peak / MiB);
    rss['two epochs later'].push(after / MiB);
    returned.push((peak - after) / BURST);
    hitRates.push(1 - misses / (gets - start.gets));
  }
  for (const [name, values] of Object.entries(rss)) console.log(line(`resident ${name}`, values, 'MiB'));
  const { returnedBytes } = pool.stats().totals;
  console.log(`  ${(returnedBytes / MiB).toFixed(0)} MiB given back in all; 0 says that koffi is missing`);
  await piscina.destroy();
  runtime.close();
  return {
    values: { ...rss, returned, hitRates },
    verdicts: [
      verdict('of the burst given back', median(returned), { least: 0.95 }),
      verdict('hit rate of the steady traffic meanwhile', median(hitRates), { least: 0.99 }),
    ],
  };
}
