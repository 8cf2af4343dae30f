// Lowers its pool's limit and puts all that is above it. Then nothing happens in it any more but what the pool does.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

const { runtime, count } = workerData as { runtime: string; count: number };
const pool = attachRuntime(runtime).pool('lowered');
const leased = Array.from({ length: count }, () => pool.get());
pool.resize(pool.sizes[0] as number);
for (const buffer of leased) pool.put(buffer);
// Keeps the event loop alive, and does not wake it.
parentPort?.on('message', () => {});
