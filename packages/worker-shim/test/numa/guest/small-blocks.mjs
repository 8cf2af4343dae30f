// Two workers hold blocks of a page of one pool, twice: they send all of them home in between. A line for each time: where the blocks are of each, and how many
// bytes the system had back before. First of a pool that keeps its memory while it is home, then of one that gives it back.
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { ask, endCrew, startCrew } from './crew.mjs';

/** Two slabs each. */
const BLOCKS = 512;
/** Blocks that are cut at once. */
const FEW = 16;

const runtime = createRuntime({ maxBytes: 64 * MiB });
for (const [name, decayMs] of [
  ['kept', 60_000],
  ['returned', 0],
]) {
  runtime.pool(name, { blockSize: 4 * KiB, maxBytes: 16 * MiB, drain: { on: 'manual' }, decayMs });
}
const workers = await startCrew('holder.mjs', 2);
const both = (question, ...details) => Promise.all(workers.map((worker) => ask(worker, question, ...details)));
let returnedBytes = 0;

async function report() {
  console.log(JSON.stringify({ returnedBytes, workers: await both('write') }));
}

/** All goes home: the second time, what was not needed since the first. */
async function sendHome(pool) {
  await both('put', pool);
  returnedBytes = 0;
  for (const worker of [...workers, ...workers]) returnedBytes += await ask(worker, 'drain', pool);
}

// In turns: of two that cut a slab's first blocks at one moment, the slab is only one's.
for (let i = 0; i < BLOCKS; i += FEW) for (const worker of workers) await ask(worker, 'lease', 'kept', FEW);
await report();
await sendHome('kept');
await both('lease', 'kept', BLOCKS);
await report();
await sendHome('kept');

await both('lease', 'returned', BLOCKS);
await report();
await sendHome('returned');
await both('lease', 'returned', BLOCKS);
await report();
endCrew(workers);
