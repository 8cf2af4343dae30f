// Claim: two threads that get and put at once pay at most 1.3 times what one pays alone: the fast
// path shares no cache line.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { alternate, line, median, verdict } from './lib/report.js';

const ROUNDS = 9;

/** Starts a thread that measures batches of get + put on demand. */
async function startThread() {
  const worker = new Worker(new URL('two-threads.worker.js', import.meta.url));
  const next = async () => (await once(worker, 'message'))[0];
  await next();
  return {
    /** Runs one batch, from the moment that `barrier` opens. Nanoseconds per pair. */
    measure(barrier, parties) {
      const answer = next();
      worker.postMessage({ barrier, parties });
      return answer;
    },
    stop: () => worker.terminate(),
  };
}

function barrier() {
  return new Int32Array(new SharedArrayBuffer(64));
}

export async function run() {
  const runtime = createRuntime({ name: 'two threads', maxBytes: 64 * MiB, maxProcessors: 16 });
  runtime.pool('bodies', { blockSize: 64 * KiB, maxBytes: 64 * MiB });
  const threads = [await startThread(), await startThread()];
  const together = async () => {
    const shared = barrier();
    return Promise.all(threads.map((thread) => thread.measure(shared, 2)));
  };
  // A discarded round each, for the compilers.
  for (const thread of threads) await thread.measure(barrier(), 1);
  await together();
  const values = await alternate(
    {
      'first thread alone': () => threads[0].measure(barrier(), 1),
      'second thread alone': () => threads[1].measure(barrier(), 1),
      'both at once, the mean of the two': async () => {
        const [a, b] = await together();
        return (a + b) / 2;
      },
    },
    ROUNDS,
  );
  for (const thread of threads) await thread.stop();
  runtime.close();
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  const [first, second, both] = Object.values(values);
  const ratios = both.map((value, round) => value / ((first[round] + second[round]) / 2));
  return { values, verdicts: [verdict('two threads at once over one alone', median(ratios), { most: 1.3 })] };
}
