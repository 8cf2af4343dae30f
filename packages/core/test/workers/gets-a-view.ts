// Is sent a pooled buffer itself, instead of a message of detach, and tries to put it.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type PooledBuffer } from '@syncpool/core';

const pool = attachRuntime(workerData).pool('bodies');
parentPort?.once('message', (view: Uint8Array) => {
  let put: unknown;
  try {
    pool.put(view as PooledBuffer);
  } catch (error) {
    put = (error as { code?: unknown }).code;
  }
  parentPort?.postMessage({ put, content: Buffer.from(view.subarray(0, 12)).toString(), length: view.length });
});
