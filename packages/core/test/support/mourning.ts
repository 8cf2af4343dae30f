// What the recovery tests share: a pool, workers that will die over it, and what must be so afterwards.

import { existsSync } from 'node:fs';
import type { ResourceLimits, Worker } from 'node:worker_threads';
import type { BufferPool, PooledBuffer, Runtime } from '@syncpool/core';
import { expect, inject } from 'vitest';
import { H_MAX_PROCESSORS, R_OS_THREAD, R_THREAD } from '../../src/kernel/layout.ts';
import type { End, MortalJob, Position } from '../workers/mortal.ts';
import { type Backend, makeRuntime } from './crew.ts';
import { censusOf, kernelOf, violations } from './invariants.ts';
import { until } from './waiting.ts';
import { nextMessage, spawn } from './worker.ts';

export const BLOCK = 4096;

export interface Estate {
  readonly runtime: Runtime;
  readonly pool: BufferPool;
  /** All blocks that the pool may cut. */
  readonly blocks: number;
}

/** A runtime with a pool 'p' of one size. No epoch ends: it would look for the dead at a moment that the test has not chosen. */
export function makeEstate(backend: Backend, blocks: number, maxProcessors = 4): Estate {
  const runtime = makeRuntime(backend, { maxBytes: 16 * 2 ** 20, maxProcessors, maxClasses: 4 });
  const options = { blockSize: BLOCK, maxBytes: blocks * BLOCK, drain: { on: 'never' } } as const;
  return { runtime, pool: runtime.pool('p', options), blocks };
}

export interface Mortal {
  readonly worker: Worker;
  readonly position: Position;
  /** Resolves after its 'exit'; whoever watches it has been told by then. */
  readonly ended: Promise<unknown>;
  /** What it says next. */
  next(): Promise<unknown>;
}

/** URL of the file that mortal workers run, for those that start others. */
const mortalFile = () => new URL('mortal.js', inject('workerDir')).href;

/** Starts a worker and waits until it is in position. */
export async function startMortal(job: MortalJob, resourceLimits?: ResourceLimits): Promise<Mortal> {
  const worker = spawn('mortal', { file: mortalFile(), ...job }, resourceLimits);
  // Not events.once: that settles at an 'error', which comes before the 'exit'.
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  return { worker, ended, position: (await nextMessage(worker)) as Position, next: () => nextMessage(worker) };
}

/** Tells a worker to end, and waits for it. Its error, if it had one. */
export async function end({ worker, ended }: Mortal, how: End): Promise<unknown> {
  let cause: unknown;
  worker.on('error', (error) => {
    cause = error;
  });
  worker.postMessage(how);
  await ended;
  return cause;
}

/** Leases blocks of a size, the smallest unless given, until there are none. */
export function drain(pool: BufferPool, size = pool.sizes[0]): PooledBuffer[] {
  const buffers: PooledBuffer[] = [];
  try {
    for (;;) buffers.push(pool.get(size));
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SYNCPOOL_EXHAUSTED') throw error;
  }
  return buffers;
}

/**
 * Nothing of the dead is left: no lease and no stash under their rows, their rows free, every block to be had
 * but the detached ones. `live` counts the processors that are left.
 */
export function expectRecovered({ runtime, pool, blocks }: Estate, { lost, live = 1 }: Remains): void {
  expect(runtime.stats().processors.live, 'live processors').toBe(live);
  const { totals, classes } = pool.stats();
  const dead = classes.flatMap((one) => one.processors).filter((row) => row.thread === -1);
  if (lost !== undefined) expect(totals.lost, 'lost').toBe(lost);
  expect(
    dead.map(({ leased, stashed }) => ({ leased, stashed })),
    'what rows of the dead still have',
  ).toEqual(dead.map(() => ({ leased: 0, stashed: 0 })));
  expect(violations(runtime.token)).toEqual([]);
  expectAll({ runtime, pool, blocks });
  expect(violations(runtime.token)).toEqual([]);
}

export interface Remains {
  /** What the counters must say the dead had leased; left out where nobody can know. */
  readonly lost?: number;
  readonly live?: number;
}

/** Every block that is not detached can be leased, each once; gives them back. */
export function expectAll({ runtime, pool, blocks }: Estate): void {
  const detached = censusOf(runtime.token).reduce((sum, one) => sum + one.detached, 0);
  const buffers = drain(pool);
  expect(buffers.length, 'blocks to be had').toBe(blocks - detached);
  expect(new Set(buffers.map((buffer) => buffer.byteOffset)).size, 'different blocks').toBe(buffers.length);
  for (const buffer of buffers) pool.put(buffer);
}

/** Thread ids of a worker and of those below it. */
export function familyOf({ threadId, child }: Position): number[] {
  return child === undefined ? [threadId] : [threadId, ...familyOf(child)];
}

/** Waits until Linux has forgotten the threads: one that has been joined is still listed for a moment. */
export async function untilForgotten({ runtime }: Estate, threads: readonly number[]): Promise<void> {
  const kernel = kernelOf(runtime.token);
  const rows = Array.from({ length: kernel.loadPlain(H_MAX_PROCESSORS) }, (_, index) => kernel.rowAt(index));
  const theirs = rows.filter((row) => threads.includes(kernel.loadShared(row + R_THREAD)));
  await until(() => theirs.every((row) => !existsSync(`/proc/self/task/${kernel.loadShared(row + R_OS_THREAD)}`)));
}

const LONGEST_SPIN_MS = 20_000;

/** Looks until `condition` holds, without passing a turn of the event loop: until then no event is heard. */
export function spinUntil(condition: () => boolean): void {
  const end = performance.now() + LONGEST_SPIN_MS;
  while (!condition()) if (performance.now() > end) throw new Error(`not within ${LONGEST_SPIN_MS} ms: ${condition}`);
}
