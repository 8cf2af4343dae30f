// Two workers and the main thread use a pool: where it says that they run.

import { once } from 'node:events';
import { isMainThread, parentPort, threadId, Worker } from 'node:worker_threads';
import { attachRuntime, createRuntime } from '@syncpool/core';

if (isMainThread) {
  const runtime = createRuntime({ maxBytes: 2 ** 20 });
  const pool = runtime.pool('p', { blockSize: 4096, maxBytes: 2 ** 20 });
  pool.put(pool.get());
  const workers = [new Worker(new URL(import.meta.url)), new Worker(new URL(import.meta.url))];
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const { processors } = pool.stats().classes[0];
  const places = processors.map(({ thread, place }) => ({ thread, cpu: place?.cpu }));
  const main = places.find(({ thread }) => thread === threadId);
  console.log(JSON.stringify({ places: places.filter((one) => one !== main), main: main.cpu ?? null }));
  await Promise.all(workers.map((worker) => worker.terminate()));
} else {
  const pool = attachRuntime().pool('p');
  pool.put(pool.get());
  parentPort.on('message', () => {});
  parentPort.postMessage('used');
}
