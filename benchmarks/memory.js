// Claim: what a pool holds shows in process.memoryUsage().rss, all of it and nowhere else; and two epochs after a burst of 256 MiB,
// while every thread is idle and only the clock goes on, at least 95 % of it is the system's again.
//
// burst.js is the same for threads that sleep, beside one whose traffic goes on.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { NOT_TOLD, watchResident } from './lib/mappings.js';
import { median, verdict } from './lib/report.js';

const ROUNDS = 4;
const THREADS = 2;
const SIZE = 16 * KiB;
const BURST = 256 * MiB;
/** Some more than the burst: one thread's magazine is out of the other's reach. */
const MOST = BURST + 16 * MiB;
const EPOCH_MS = 500;

const BEFORE = 'before the burst';
const HELD = 'burst held';
const PUT = 'burst put';
const IDLE = 'two epochs later';

async function startThread() {
  const worker = new Worker(new URL('memory.worker.js', import.meta.url), { workerData: BURST / THREADS / SIZE });
  await once(worker, 'message');
  return {
    tell: async (message) => {
      const answer = once(worker, 'message');
      worker.postMessage(message);
      await answer;
    },
    stop: () => worker.terminate(),
  };
}

/** MiB: of this process, of the runtime's two memories as the system counts them, and of what the pool's counters say. */
function look(residentBytes, pool) {
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const { cutBytes } = pool.stats();
  const bytes = { rss, heapUsed, external, arrayBuffers, resident: residentBytes(), cutBytes };
  return Object.fromEntries(Object.entries(bytes).map(([name, value]) => [name, value / MiB]));
}

async function burst(threads, residentBytes, pool) {
  const round = { [BEFORE]: look(residentBytes, pool) };
  await Promise.all(threads.map(({ tell }) => tell('hold')));
  round[HELD] = look(residentBytes, pool);
  await Promise.all(threads.map(({ tell }) => tell('put')));
  round[PUT] = look(residentBytes, pool);
  // At the latest the second epoch's end is two epochs away; then pages go back, 32 slabs a turn of the event loop.
  await sleep(2.5 * EPOCH_MS);
  round[IDLE] = look(residentBytes, pool);
  return round;
}

/** By stage, the medians of all figures. */
function tableOf(rounds) {
  const rows = Object.keys(rounds[0]);
  const columns = Object.keys(rounds[0][BEFORE]);
  const values = rows.map((row) => columns.map((column) => median(rounds.map((round) => round[row][column]))));
  return { name: 'memory, MiB', rows, columns, values, unit: 'MiB' };
}

function printTable({ rows, columns, values }) {
  console.log(`  ${'MiB'.padEnd(18)}${columns.map((column) => column.padStart(13)).join('')}`);
  for (const [i, row] of rows.entries()) {
    console.log(`  ${row.padEnd(18)}${values[i].map((value) => value.toFixed(1).padStart(13)).join('')}`);
  }
}

export async function run() {
  const runtime = createRuntime({ name: 'memory', maxBytes: MOST });
  const drain = { on: 'interval', everyMs: EPOCH_MS };
  const pool = runtime.pool('bodies', { blockSize: SIZE, maxBytes: MOST, decayMs: 0, drain });
  const residentBytes = watchResident(runtime);
  if (residentBytes === undefined) return { values: {}, verdicts: [], skipped: [NOT_TOLD] };
  const threads = await Promise.all(Array.from({ length: THREADS }, startThread));
  // The first burst also makes the views of all blocks, and the heap for them.
  await burst(threads, residentBytes, pool);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await burst(threads, residentBytes, pool));
  for (const { stop } of threads) await stop();
  const table = tableOf(rounds);
  printTable(table);
  const { returnedBytes } = pool.stats().totals;
  console.log(`  ${(returnedBytes / MiB).toFixed(0)} MiB given back in all; 0 says that koffi is missing`);
  runtime.close();

  const grown = (stage, figure) => rounds.map((round) => round[stage][figure] - round[BEFORE][figure]);
  const resident = grown(HELD, 'resident');
  const shown = grown(HELD, 'rss').map((rss, round) => rss / resident[round]);
  const returned = rounds.map((round) => ((round[HELD].rss - round[IDLE].rss) * MiB) / BURST);
  return {
    values: { 'shown by rss': shown, returned },
    unit: '',
    matrices: [table],
    verdicts: [
      verdict('growth of rss over what the system counts', median(shown), { most: 1.05 }),
      verdict('of the burst given back by the clock', median(returned), { least: 0.95 }),
    ],
  };
}
