// Adopts a message if it is the first, and tells what it got.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

const runtime = attachRuntime(workerData.runtime);
const pool = runtime.pool('heap');
const buffer = pool.tryAdopt(workerData.message);
parentPort?.postMessage(buffer === undefined ? 'too late' : { used: buffer.usedLength, first: buffer[0] });
if (buffer !== undefined) pool.put(buffer);
runtime.leave();
