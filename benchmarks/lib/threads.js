// Threads that get and put at once, for a time: a pair after the other, of one block, until they are told to stop.
//
//   const threads = await startThreads(16, { syncpool: { size }, freelist: { size, token } })
//   await threads.measure('freelist', 2)    nanoseconds a pair of two threads together, as Go's RunParallel counts: time / all pairs
//   await threads.stop()
//
// All start at a barrier. What is more than the CPUs waits for its turn, so those rows say what a busy machine does, and no more.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const MEASURED_MS = 60;

/** Words that all threads see: how many have arrived; and 0, 1 while they are to go on, 2. */
const ARRIVED = 0;
export const RUNNING = 1;

/** Waits for all parties, asleep. Whoever comes last starts the run. */
export function arrive(words, parties) {
  if (Atomics.add(words, ARRIVED, 1) + 1 === parties) {
    Atomics.store(words, RUNNING, 1);
    Atomics.notify(words, RUNNING);
  }
  Atomics.wait(words, RUNNING, 0);
}

async function start(pools) {
  const worker = new Worker(new URL('./threads.worker.js', import.meta.url), { workerData: pools });
  await once(worker, 'message');
  return worker;
}

async function answerOf(worker, order) {
  const answer = once(worker, 'message');
  worker.postMessage(order);
  return (await answer)[0];
}

export async function startThreads(count, pools) {
  const workers = await Promise.all(Array.from({ length: count }, () => start(pools)));
  return {
    /** @returns nanoseconds a pair, by the time that all of the threads took for all of their pairs */
    async measure(name, parties) {
      const words = new Int32Array(new SharedArrayBuffer(8));
      const answers = workers.slice(0, parties).map((worker) => answerOf(worker, { name, parties, words }));
      // On a busy machine they may take longer to arrive than to be measured.
      await Atomics.waitAsync(words, RUNNING, 0).value;
      await sleep(MEASURED_MS);
      Atomics.store(words, RUNNING, 2);
      const times = await Promise.all(answers);
      const pairs = times.reduce((sum, one) => sum + one.pairs, 0);
      const began = Math.min(...times.map((one) => one.began));
      return (Math.max(...times.map((one) => one.ended)) - began) / pairs;
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
