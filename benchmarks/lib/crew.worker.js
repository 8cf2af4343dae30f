// A thread of a crew (crew.js).

import { parentPort, workerData } from 'node:worker_threads';
import { ARRIVED, linesOf, OPEN } from './crew.js';

/** How often a thread looks at the barrier before it sleeps: longer than the others take to come if they have a core each. */
const LOOKS = 100_000;
/** Of the first, unmeasured call: this part of the count. */
const WARM_PART = 10;

const { module, shared, index, data } = workerData;
const words = new Int32Array(shared);
const lines = linesOf(shared, index);
const counters = lines.subarray(1);
const { setUp } = await import(module);
const functions = await setUp(data, index);
const warm = new Set();

function waitForAll(parties, batch) {
  if (Atomics.add(words, ARRIVED, 1) + 1 === parties) {
    Atomics.store(words, OPEN, batch);
    Atomics.notify(words, OPEN);
    return;
  }
  for (let looks = 0; looks < LOOKS; looks++) if (Atomics.load(words, OPEN) === batch) return;
  while (Atomics.load(words, OPEN) !== batch) Atomics.wait(words, OPEN, batch - 1);
}

parentPort.on('message', async ({ name, count, parties, batch }) => {
  const work = functions[name];
  if (!warm.has(name)) {
    warm.add(name);
    await work(Math.ceil(count / WARM_PART), counters);
    counters.fill(0);
  }
  waitForAll(parties, batch);
  const start = process.hrtime.bigint();
  const own = await work(count, counters);
  lines[0] = own ?? Number(process.hrtime.bigint() - start);
  parentPort.postMessage('done');
});
parentPort.postMessage('ready');
