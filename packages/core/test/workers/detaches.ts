// Detaches blocks, and keeps the messages to itself.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

const { runtime, pool, count } = workerData as { runtime: string; pool: string; count: number };
const bodies = attachRuntime(runtime).pool(pool);
const messages = Array.from({ length: count }, () => bodies.detach(bodies.get()));
parentPort?.postMessage(messages.length);
setInterval(() => {}, 1000);
