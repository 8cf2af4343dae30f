// A worker that finds its pool dry when it is let go, and so recovers the dead until it is killed.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

export interface RecovererJob {
  readonly runtime: string;
  /** Word 0: 1 once it may go. Word 1: 1 once it goes. */
  readonly go: Int32Array<SharedArrayBuffer>;
}

const { runtime, go } = workerData as RecovererJob;
const pool = attachRuntime(runtime).pool('p');
parentPort?.postMessage('ready');
Atomics.wait(go, 0, 0);
Atomics.store(go, 1, 1);
pool.put(pool.get());
// Alive until it is killed.
parentPort?.on('message', () => {});
