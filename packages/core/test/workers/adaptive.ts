// A worker of the tests of adaptive pools: tells the pool of lengths, says so, and stays until it is killed.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

export interface AdaptiveJob {
  readonly runtime: string;
  readonly lengths: readonly number[];
}

const { runtime, lengths } = workerData as AdaptiveJob;
const pool = attachRuntime(runtime).pool('bodies');
for (const length of lengths) pool.put(pool.get(Math.max(1, length)), length);
const buffer = pool.get();
parentPort?.postMessage(buffer.length);
// Keeps the thread alive, and holds a buffer meanwhile.
parentPort?.on('message', () => pool.put(buffer));
