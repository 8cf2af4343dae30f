// A worker with bursts, and pauses between them in which their blocks go home and their pages may be given back: nothing else that it
// does gives any back. Says when it begins; asked by any message, it tells whether this thread has loaded koffi, and
// what it sees given back.

import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type PoolOptions } from '@syncpool/core';
import { collectOnce } from '../support/collect.ts';

export interface BurstingJob {
  readonly runtime: string;
  /** Of the pool `bursting`; none if it is there. */
  readonly options?: PoolOptions;
  /** Blocks of a burst. */
  readonly count: number;
  readonly pauseMs: number;
  /** How often it collects its garbage, if it does. */
  readonly collectMs?: number;
  /** Sends a report unasked after each burst from when so much is given back: the main thread, which only waits, makes no garbage. */
  readonly tellFromBytes?: number;
}

export interface BurstingReport {
  readonly hasKoffi: boolean;
  readonly returnedBytes: number;
}

const {
  runtime,
  options,
  count,
  pauseMs,
  collectMs,
  tellFromBytes = Number.POSITIVE_INFINITY,
}: BurstingJob = workerData;
const pool = attachRuntime(runtime).pool('bursting', options);
const { cache } = createRequire(import.meta.url);

function look(): BurstingReport {
  const hasKoffi = Object.keys(cache).some((file) => file.includes('/koffi/'));
  return { hasKoffi, returnedBytes: pool.stats().totals.returnedBytes };
}

function burst(): void {
  const held = Array.from({ length: count }, () => pool.get().fill(1));
  for (const buffer of held) pool.put(buffer);
  const report = look();
  if (report.returnedBytes >= tellFromBytes) parentPort?.postMessage(report);
}

burst();
setInterval(burst, pauseMs);
if (collectMs !== undefined) setInterval(collectOnce, collectMs);
parentPort?.on('message', () => parentPort?.postMessage(look()));
parentPort?.postMessage('begins');
