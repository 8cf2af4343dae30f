// The pools that storms go over, and how a storm's damage is counted.

import { KiB, MiB, type BufferPool, type Runtime } from '@syncpool/core';
import { expect } from 'vitest';
import { P_RELEASER } from '../../src/kernel/layout.ts';
import type { Backend } from './crew.ts';
import { censusOf, kernelOf, violations } from './invariants.ts';
import type { Package } from './package-copy.ts';
import type { User } from './storm.ts';

export interface Setup {
  readonly name: string;
  readonly maxProcessors: number;
  readonly sizes: readonly number[];
  readonly maxBytes: number;
  /** Whether the pool is adaptive; its user lets it choose sizes, too. */
  readonly adaptive?: boolean;
  /** Most blocks that one user holds. */
  readonly most: number;
}

export const SETUPS: readonly Setup[] = [
  { name: 'magazines of one block', maxProcessors: 4, sizes: [4 * KiB], maxBytes: 64 * KiB, most: 14 },
  { name: 'full magazines', maxProcessors: 2, sizes: [256], maxBytes: MiB, most: 400 },
  {
    name: 'two sizes that take slabs from each other',
    maxProcessors: 4,
    sizes: [64 * KiB, 256 * KiB],
    maxBytes: MiB,
    most: 14,
  },
  {
    name: 'an adaptive pool',
    maxProcessors: 4,
    sizes: [4 * KiB, 16 * KiB],
    maxBytes: 256 * KiB,
    adaptive: true,
    most: 20,
  },
];

let made = 0;

/** A runtime of a copy of the package with the setup's pool, all blocks of its smallest size cut. */
export function openSetup(copy: Package, kernel: Backend, setup: Setup): { runtime: Runtime; pool: BufferPool } {
  made += 1;
  const { maxProcessors, sizes, maxBytes, adaptive = false } = setup;
  const runtime = copy.createRuntime({ name: `storm-${made}`, kernel, maxBytes: MiB, maxProcessors, maxClasses: 4 });
  const pool = runtime.pool('storm', { sizes, maxBytes, adaptive });
  // All of them, so that cuts strike gets and puts, not fresh blocks for ever.
  pool.prewarm(sizes[0] as number, blocksIn(setup));
  return { runtime, pool };
}

/** Blocks of the smallest size. */
export function blocksIn(setup: Setup): number {
  return Math.floor(setup.maxBytes / (setup.sizes[0] as number));
}

/**
 * Whether a get can still conclude that there is no block. A cut Atomics step can leave bytes reserved that
 * are not cut, until an audit; then an exhausted get takes seconds.
 */
export function isConclusive(runtime: Runtime, pool: BufferPool): boolean {
  const kernel = kernelOf(runtime.token);
  const { cutBytes, reservedBytes } = pool.stats();
  return cutBytes === reservedBytes && kernel.loadShared(kernel.poolAt(0) + P_RELEASER) === 0;
}

/** After an audit everything is in its place; on atomics some may be this thread's that a cut step has taken for it: until the thread ends. */
export function expectMended(runtime: Runtime, pool: BufferPool): void {
  expect(runtime.audit().unaccounted).toBe(0);
  expect(isConclusive(runtime, pool), 'gets can conclude').toBe(true);
}

/** Every block is where the accounts and the user say. One thread only, at rest, its doubts settled. */
export function expectAllAccounted(runtime: Runtime, pool: BufferPool, user: User): void {
  const census = censusOf(runtime.token);
  const places = { owned: 0, detached: 0, deque: 0, home: 0 };
  for (const one of census) {
    places.owned += one.owned;
    places.detached += one.detached;
    places.deque += one.deque;
    places.home += one.home;
  }
  const { totals, classes, homeBytes } = pool.stats();
  const away = { held: totals.leased, sent: classes.reduce((sum, one) => sum + one.detached, 0) };
  expect(away, 'what the counters say is in the hands of the user').toEqual({ held: user.holding, sent: user.sent });
  expect(places, 'where the blocks are').toMatchObject({
    owned: totals.leased + totals.stashed,
    detached: user.sent,
    deque: totals.retained,
  });
  if (pool.sizes.length === 1) expect(places.home * (pool.sizes[0] as number)).toBe(homeBytes);
  expect(violations(runtime.token)).toEqual([]);
}

/** Leases every block of the smallest size that can be had, and returns how many. The pool is spent afterwards. */
export function leaseAll(pool: BufferPool): number {
  let leased = 0;
  try {
    for (;;) {
      pool.get(pool.sizes[0]);
      leased += 1;
    }
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SYNCPOOL_EXHAUSTED') throw error;
  }
  return leased;
}
