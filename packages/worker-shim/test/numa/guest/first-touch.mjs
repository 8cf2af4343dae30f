// first-touch.mjs BLOCKS ROUNDS: two workers take turns; in each the worker leases blocks of a fresh pool and writes them. Prints how many pages of
// the mapping that they lie in came to each node meanwhile, as the kernel counts them.
import { createRuntime, MiB } from '@syncpool/core';
import { ask, endCrew, startCrew } from './crew.mjs';

const [blocks, rounds] = process.argv.slice(2).map(Number);

createRuntime({ maxBytes: 128 * MiB }).pool('pages', { blockSize: MiB, maxBytes: 64 * MiB });
const workers = await startCrew('toucher.mjs', 2);
for (let round = 0; round < rounds; round += 1) {
  for (const worker of workers) console.log(JSON.stringify(await ask(worker, 'touch', blocks)));
}
endCrew(workers);
