// A worker that looks at a container whose memory is nearly used up. Tells how many blocks of its pool are pooled after it, and
// whether this thread has loaded koffi.

import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { look } from '../../src/memory-pressure.ts';
import type { PoolOptions } from '../../src/pool-options.ts';
import type { Magazine } from '../../src/magazine.ts';
import { attachRuntime } from '../../src/runtime.ts';
import type { RuntimeToken } from '../../src/token.ts';

export interface PressedJob {
  readonly token: RuntimeToken;
  readonly options: PoolOptions;
  readonly count: number;
}

export interface PressedReport {
  readonly pooled: number;
  readonly hasKoffi: boolean;
}

const { token, options, count }: PressedJob = workerData;
const runtime = attachRuntime(token);
const pool = runtime.pool('pressed', options);
const held = Array.from({ length: count }, () => pool.get().fill(1));
for (const buffer of held) pool.put(buffer);
look(
  { processor: (pool.magazines[0] as Magazine).processor, pools: () => runtime.pools() },
  { pressure: () => 'high' },
);
const { stashed, retained } = pool.stats().totals;
const { cache } = createRequire(import.meta.url);
const report: PressedReport = {
  pooled: stashed + retained,
  hasKoffi: Object.keys(cache).some((file) => file.includes('/koffi/')),
};
parentPort?.postMessage(report);
