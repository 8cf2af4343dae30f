// Claim: a pool of 256 MiB in blocks of 4 KiB, all of them leased by eight threads, handed to each other and put, takes at most
// 80 bytes of control memory a block, as the system counts what is resident.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { controlWords, NOT_TOLD, watchResident } from './lib/mappings.js';
import { verdict } from './lib/report.js';

const THREADS = 8;
const BYTES = 256 * MiB;
const SIZE = 4 * KiB;
const BLOCKS = BYTES / SIZE;
const LINE_WORDS = 16;

/** Lines of 64 bytes in which anything is written. */
function linesInUse(words) {
  let lines = 0;
  for (let at = 0; at < words.length; at += LINE_WORDS) {
    let all = 0;
    for (let i = at; i < at + LINE_WORDS; i++) all |= words[i];
    if (all !== 0) lines += 1;
  }
  return lines;
}

async function startThread() {
  const worker = new Worker(new URL('control-memory.worker.js', import.meta.url), { workerData: BLOCKS / THREADS });
  await once(worker, 'message');
  return {
    /** What the thread answers to a message. */
    ask: async (message) => {
      const answer = once(worker, 'message');
      worker.postMessage(message);
      return (await answer)[0];
    },
    stop: () => worker.terminate(),
  };
}

export async function run() {
  const runtime = createRuntime({ name: 'control memory', maxBytes: BYTES, maxProcessors: THREADS });
  runtime.pool('blocks', { blockSize: SIZE, maxBytes: BYTES, drain: { on: 'manual' } });
  // Nobody writes to a block: none of the data memory is resident.
  const residentBytes = watchResident(runtime);
  if (residentBytes === undefined) return { values: {}, verdicts: [], skipped: [NOT_TOLD] };
  const words = controlWords(runtime);
  // The eight have all places: this thread only looks on.
  runtime.leave();
  const threads = await Promise.all(Array.from({ length: THREADS }, startThread));
  for (let round = 0; round < 3; round++) {
    const messages = await Promise.all(threads.map(({ ask }) => ask('lease')));
    await Promise.all(threads.map(({ ask }, i) => ask(messages[(i + 1) % THREADS])));
  }
  const perBlock = {
    'resident, in pages': residentBytes() / BLOCKS,
    'in use, in lines of 64 bytes': (linesInUse(words) * 64) / BLOCKS,
  };
  for (const { stop } of threads) await stop();
  for (const [name, bytes] of Object.entries(perBlock)) {
    console.log(`  ${name.padEnd(34)} ${bytes.toFixed(2).padStart(9)} bytes a block`);
  }
  return {
    values: Object.fromEntries(Object.entries(perBlock).map(([name, bytes]) => [name, [bytes]])),
    unit: 'bytes',
    verdicts: [verdict('bytes of control memory for a block of 4 KiB', perBlock['resident, in pages'], { most: 80 })],
  };
}
