// A process of its own for the storm of the keeper tests, because what it looks for is the process's death: workers that are killed at
// random moments while epochs of a few milliseconds give back the pages of what they put. Prints how many it has killed.

import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { Xorshift } from '../support/prng.ts';
import type { BurstingJob } from './bursting.ts';

/** Workers at one time. */
const ABREAST = 3;
const EVERY_MS = 5;
/** What lies between a worker's first burst and its end: some epochs, in which its blocks go home and their pages are due. */
const LONGEST_LIFE_MS = 60;
// Node 20 does not survive the end of a worker that requires an ES module just then: another fault than the one looked for.
const EXEC_ARGV = process.version.startsWith('v20.') ? ['--no-experimental-require-module'] : [];

const [kernel, seed, kills] = process.argv.slice(2);
const random = new Xorshift(Number(seed));
const runtime = createRuntime({ kernel: kernel === 'atomics' ? 'atomics' : 'wasm', maxBytes: 32 * MiB });
const pool = runtime.pool('bursting', {
  blockSize: 4 * KiB,
  maxBytes: 32 * MiB,
  drain: { on: 'interval', everyMs: EVERY_MS },
});
const job: BurstingJob = { runtime: runtime.name, count: 512, pauseMs: 4 * EVERY_MS };
let killed = 0;

async function killOneAfterAnother(): Promise<void> {
  while (killed < Number(kills)) {
    killed += 1;
    const worker = new Worker(new URL('bursting.js', import.meta.url), { workerData: job, execArgv: EXEC_ARGV });
    const ended = once(worker, 'exit');
    // Not while it starts: what it loads then is Node's.
    await once(worker, 'message');
    await setTimeout(random.below(LONGEST_LIFE_MS));
    void worker.terminate();
    await ended;
  }
}

await Promise.all(Array.from({ length: ABREAST }, killOneAfterAnother));
const { returnedBytes } = pool.stats().totals;
console.log(JSON.stringify({ killed, returnedBytes }));
