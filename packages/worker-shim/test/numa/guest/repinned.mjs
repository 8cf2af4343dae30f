// A worker that somebody else pins again, from CPU 1 to CPU 6: what its row says before and, within a time, after that; and where the blocks are that it
// leases before and after.
import { execFileSync } from 'node:child_process';
import { setTimeout as after } from 'node:timers/promises';
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { ask, endCrew, startCrew } from './crew.mjs';

const LONGEST_MS = 30_000;
const BLOCKS = 64;
/** CPU 6, as taskset has it. */
const MASK = '40';

const runtime = createRuntime({ maxBytes: 64 * MiB });
const pool = runtime.pool('moving', {
  blockSize: 4 * KiB,
  maxBytes: 16 * MiB,
  drain: { on: 'interval', everyMs: 100 },
});
const [worker] = await startCrew('holder.mjs', 1);
const { thread, tid } = await ask(worker, 'ids');

function place() {
  return pool.stats().classes[0].processors.find((processor) => processor.thread === thread).place;
}

await ask(worker, 'lease', 'moving', BLOCKS);
const before = { place: place(), ...(await ask(worker, 'write')) };
execFileSync('taskset', ['-p', MASK, String(tid)]);
for (let waited = 0; place().cpu === before.place.cpu && waited < LONGEST_MS; waited += 50) await after(50);
await ask(worker, 'lease', 'moving', BLOCKS);
console.log(JSON.stringify({ before, after: { place: place(), ...(await ask(worker, 'write')) } }));
endCrew([worker]);
