// Claim: while another thread drains the pool, grows it by bursts and gives its memory back to the system, the
// p99.9 of a get is at most 3 times what it is in a quiet pool. At least a million gets a side, in alternating rounds.

import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { alternate, line, median, ratio, verdict } from './lib/report.js';

const ROUNDS = 5;
const BURST = 2048;

export async function run() {
  const runtime = createRuntime({ name: 'drain latency', maxBytes: 128 * MiB, maxProcessors: 4 });
  const options = { blockSize: 16 * KiB, maxBytes: 128 * MiB, drain: { on: 'manual' } };
  const pool = runtime.pool('bodies', options);
  const worker = new Worker(new URL('drain-latency.worker.js', import.meta.url));
  await once(worker, 'message');

  const quiet = async () => {
    const answer = once(worker, 'message');
    worker.postMessage('serve');
    return (await answer)[0];
  };
  let drains = 0;
  const drained = async () => {
    const answer = quiet();
    let isDone = false;
    const done = answer.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      const leased = Array.from({ length: BURST }, () => pool.get());
      for (const buffer of leased) buffer[0] = 1;
      for (const buffer of leased) pool.put(buffer);
      // After the second nobody has needed the burst's blocks for an epoch.
      pool.drain();
      pool.drain();
      drains += 2;
      await setImmediate();
    }
    await done;
    return answer;
  };
  // A discarded round each, for the compilers.
  await quiet();
  await drained();
  const rounds = await alternate({ quiet, 'drains, growth and purges': drained }, ROUNDS);
  await worker.terminate();
  const { returnedBytes, drained: blocks } = pool.stats().totals;
  runtime.close();

  const values = {};
  for (const [name, results] of Object.entries(rounds)) {
    for (const percentile of ['p50', 'p99', 'p999']) {
      const key = `${name}, ${percentile}`;
      values[key] = results.map((result) => result[percentile]);
      console.log(line(key, values[key]));
    }
    console.log(
      `  ${name}: ${results.reduce((sum, { count }) => sum + count, 0)} gets, longest ${median(results.map(({ max }) => max))} ns (median)`,
    );
  }
  console.log(`  ${drains} drains sent ${blocks} blocks home and gave ${(returnedBytes / MiB).toFixed(0)} MiB back`);
  const worse = ratio(values['drains, growth and purges, p999'], values['quiet, p999']);
  return { values, verdicts: [verdict('p99.9 of a get, drained over quiet', worse, { most: 3 })] };
}
