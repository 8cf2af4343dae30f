// A thread of threads.js.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';
import { BoundedPool, FreelistPool, ShardedPool } from '@syncpool/core/variants';
import { arrive, RUNNING } from './threads.js';

const VARIANTS = { BoundedPool, ShardedPool, FreelistPool };

async function loopOf([name, { runtime, pool, token, size }]) {
  const opened = token === undefined ? attachRuntime(runtime).pool(pool) : new VARIANTS[name](token);
  // A copy of the loop for each pool: V8 may know which it is.
  const { pairsUntilOf } = await import(`./pairs-until.js?${name}`);
  return [name, pairsUntilOf(opened, size)];
}

/** Nanoseconds; one clock for all threads. */
const now = () => Number(process.hrtime.bigint());

const loops = Object.fromEntries(await Promise.all(Object.entries(workerData).map(loopOf)));
parentPort.on('message', ({ name, parties, words }) => {
  arrive(words, parties);
  const began = now();
  const pairs = loops[name](words, RUNNING);
  parentPort.postMessage({ pairs, began, ended: now() });
});
parentPort.postMessage('ready');
