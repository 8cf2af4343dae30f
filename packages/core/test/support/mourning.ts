// What the recovery tests share: a pool, workers that will die over it, and what must be so afterwards.

import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { BufferPool, PooledBuffer, Runtime } from '@syncpool/core';
import { expect, inject } from 'vitest';
import type { End, MortalJob, Position } from '../workers/mortal.ts';
import { type Backend, makeRuntime } from './crew.ts';
import { censusOf, violations } from './invariants.ts';
import { until } from './waiting.ts';
import { nextMessage, spawn } from './worker.ts';

export const BLOCK = 4096;

export interface Estate {
  readonly runtime: Runtime;
  readonly pool: BufferPool;
  /** All blocks that the pool may cut. */
  readonly blocks: number;
}

/** A runtime with a pool 'p' of one size. */
export function makeEstate(backend: Backend, blocks: number, maxProcessors = 4): Estate {
  const runtime = makeRuntime(backend, { maxBytes: 16 * 2 ** 20, maxProcessors, maxClasses: 4 });
  return { runtime, pool: runtime.pool('p', { blockSize: BLOCK, maxBytes: blocks * BLOCK }), blocks };
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
export const mortalFile = () => new URL('mortal.js', inject('workerDir')).href;

/** Starts a worker and waits until it is in position. */
export async function startMortal(job: MortalJob): Promise<Mortal> {
  const worker = spawn('mortal', { file: mortalFile(), ...job });
  const ended = once(worker, 'exit').catch(() => undefined);
  return { worker, ended, position: (await nextMessage(worker)) as Position, next: () => nextMessage(worker) };
}

/** Tells a worker to end, and waits for it. Its error, if it had one. */
export async function end({ worker, ended }: Mortal, how: End): Promise<unknown> {
  let cause: unknown;
  worker.on('error', (error) => {
    cause = error;
  });
  const exited = once(worker, 'exit').catch(() => undefined);
  if (how === 'return') worker.unref();
  worker.postMessage(how);
  await exited;
  await ended;
  return cause;
}

/** Leases blocks until there are none. */
export function drain(pool: BufferPool): PooledBuffer[] {
  const buffers: PooledBuffer[] = [];
  try {
    for (;;) buffers.push(pool.get());
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

/**
 * Waits until the operating system has forgotten threads that nobody here was told of. A joined thread
 * is still listed for a moment, so a recovery that asks may come too early.
 */
export async function untilAll({ pool, blocks }: Estate): Promise<void> {
  await until(() => {
    const buffers = drain(pool);
    for (const buffer of buffers) pool.put(buffer);
    return buffers.length === blocks;
  });
}
