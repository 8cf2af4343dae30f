// What tests of waiting share: a pool whose blocks the test holds, and when a waiter has announced itself.

import { setImmediate } from 'node:timers/promises';
import type { PooledBuffer, Runtime } from '@syncpool/core';
import { C_GATE, C_WAIT } from '../../src/kernel/layout.ts';
import type { WaiterJob } from '../workers/waiter.ts';
import { type Backend, makeRuntime } from './crew.ts';
import { kernelOf } from './invariants.ts';

const SIZE = 4096;

export interface Scene {
  readonly runtime: Runtime;
  readonly pool: ReturnType<Runtime['pool']>;
  /** Every block of the pool. */
  readonly held: PooledBuffer[];
}

/** A pool with `blocks` blocks, all leased by the calling thread. */
export function holdAll(backend: Backend, blocks: number, maxProcessors: number): Scene {
  const runtime = makeRuntime(backend, { maxBytes: 16 * 2 ** 20, maxProcessors });
  const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: blocks * SIZE });
  return { runtime, pool, held: Array.from({ length: blocks }, () => pool.get()) };
}

/** Passes turns of the event loop until `condition` holds; the test's own timeout bounds it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}

/**
 * Resolves when somebody has announced that they will sleep, which may be just before they do, and has put the class
 * under pressure: a put before that may stay in its thread's magazine, where no waiter reaches it.
 */
export async function someoneWaits(runtime: Runtime): Promise<void> {
  const kernel = kernelOf(runtime.token);
  const cls = kernel.classAt(0);
  await until(() => (kernel.loadShared(cls + C_WAIT) & 1) === 1 && kernel.loadShared(cls + C_GATE) !== 0);
}

export function waiterJob(runtime: Runtime, options: Pick<WaiterJob, 'manner' | 'how' | 'acquires'>): WaiterJob {
  const served = new Int32Array(new SharedArrayBuffer(4));
  const putAt = new Float64Array(new SharedArrayBuffer(8));
  return { runtime: runtime.name, served, putAt, ...options };
}

export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
