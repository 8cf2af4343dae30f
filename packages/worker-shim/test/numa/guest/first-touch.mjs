// first-touch.mjs BLOCKS ROUNDS: two workers take turns; in each the worker leases blocks of a fresh pool and writes them. Prints how many pages of
// the mapping that they lie in came to each node meanwhile, as the kernel counts them.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createRuntime, MiB } from '@syncpool/core';

const [blocks, rounds] = process.argv.slice(2).map(Number);

createRuntime({ maxBytes: 128 * MiB }).pool('pages', { blockSize: MiB, maxBytes: 64 * MiB });
const workers = [0, 1].map(() => new Worker(new URL('toucher.mjs', import.meta.url)));
await Promise.all(workers.map((worker) => once(worker, 'message')));
for (let round = 0; round < rounds; round += 1) {
  for (const worker of workers) {
    worker.postMessage(blocks);
    console.log(JSON.stringify((await once(worker, 'message'))[0]));
  }
}
for (const worker of workers) worker.postMessage('end');
