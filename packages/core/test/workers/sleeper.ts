// Puts so many blocks, and then sleeps as an idle piscina worker does: nothing of it runs until it is woken.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

const { runtime, count, gate } = workerData as { runtime: string; count: number; gate: Int32Array };
const pool = attachRuntime(runtime).pool('drained');
const leased = Array.from({ length: count }, () => pool.get());
for (const buffer of leased) pool.put(buffer);
parentPort?.postMessage('asleep');
Atomics.wait(gate, 0, 0);
