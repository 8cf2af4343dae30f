// Opens a pool together with others, with options of its own, and tells the size it got or the refusal's code.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, KiB } from '@syncpool/core';
import { arrive } from '../support/barrier.ts';

const { runtime: name, barrier, parties, block } = workerData;
const runtime = attachRuntime(name);
arrive(barrier, parties);
try {
  const pool = runtime.pool('contested', { blockSize: block * KiB, maxBytes: 64 * KiB });
  const buffer = pool.get();
  pool.put(buffer);
  parentPort?.postMessage({ first: buffer.length });
} catch (error) {
  parentPort?.postMessage({ first: 0, code: (error as { code?: unknown }).code });
}
