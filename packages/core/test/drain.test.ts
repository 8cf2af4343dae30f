// Draining: Go's contract as Go's own tests of sync.Pool state it (TestPool, TestPoolGC, TestPoolRelease), for
// our tiers: what was not needed for a whole epoch goes home, what was is not moved.

import { once } from 'node:events';
import { type BufferPool, KiB, MiB, type PoolOptions, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { C_EPOCH } from '../src/kernel/layout.ts';
import { Collected, collectOnce, collectUntil } from './support/collect.ts';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { kernelOf } from './support/invariants.ts';
import { importStranger } from './support/package-copy.ts';
import { until } from './support/waiting.ts';
import { nextMessage, spawn } from './support/worker.ts';

const SIZE = 4 * KiB;
/** With 16 processors and 8,192 blocks a magazine has 128. */
const BLOCKS = 8192;
const MAGAZINE = 128;
const stranger = await importStranger();

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 64 * MiB, maxProcessors: 16 });
  });
  afterEach(() => runtime.close());

  function makePool(options: Partial<PoolOptions> = {}): BufferPool {
    return runtime.pool('drained', { blockSize: SIZE, maxBytes: BLOCKS * SIZE, drain: { on: 'manual' }, ...options });
  }

  /** Leases so many blocks at one time, and puts them all. */
  function use(pool: BufferPool, count: number): void {
    const leased = Array.from({ length: count }, () => pool.get());
    for (const buffer of leased) pool.put(buffer);
  }

  function pooled(pool: BufferPool): number {
    const { stashed, retained } = pool.stats().totals;
    return stashed + retained;
  }

  test.each([1, 100, MAGAZINE, 1000])('%i blocks survive one drain, and are gone after two', (count) => {
    const pool = makePool();
    use(pool, count);
    const before = pooled(pool);
    expect(before).toBeGreaterThanOrEqual(count);
    pool.drain();
    expect(pooled(pool)).toBe(before);
    expect(pool.drain().blocks).toBe(before);
    expect(pooled(pool)).toBe(0);
    expect(pool.stats().totals.drained).toBe(before);
    expect(runtime.audit()).toMatchObject({ unaccounted: 0, owned: 0 });
  });

  test('a block that was used in between is not dropped', () => {
    const pool = makePool();
    use(pool, 100);
    pool.drain();
    use(pool, 7);
    pool.drain();
    expect(pooled(pool)).toBe(7);
    const before = pool.stats().totals.hits;
    use(pool, 7);
    expect(pool.stats().totals.hits.magazine).toBe(before.magazine + 7);
  });

  test('of a deque that was used what lay below its low-water mark goes, and no more', () => {
    const pool = makePool();
    use(pool, 1000);
    pool.drain();
    const { retained } = pool.stats().totals;
    // In the epoch that ends now 300 blocks more than the magazine had are needed at one time.
    use(pool, MAGAZINE + 300);
    pool.drain();
    const kept = pool.stats().totals.retained;
    expect(kept).toBeGreaterThanOrEqual(300);
    expect(kept).toBeLessThan(300 + 2 * 8);
    expect(kept).toBeLessThan(retained);
  });

  test('the mark is the least of the epoch, whatever came before it in the same epoch', () => {
    const pool = makePool();
    use(pool, 1000);
    const held = Array.from({ length: 200 }, () => pool.get());
    pool.drain();
    // The epoch begins with pushes onto a full deque; then it is needed down to a few, and filled again.
    for (const buffer of held) pool.put(buffer);
    use(pool, 900);
    const { retained } = pool.stats().totals;
    const { blocks } = pool.drain();
    expect(blocks).toBeLessThan(150);
    expect(pool.stats().totals.retained).toBeGreaterThan(retained - 150);
  });

  test('steady traffic keeps its blocks over any number of epochs', () => {
    const pool = makePool();
    use(pool, 1000);
    pool.drain();
    const { freshBlocks } = pool.stats().totals;
    for (let epoch = 0; epoch < 20; epoch++) {
      for (let round = 0; round < 5; round++) use(pool, 1000);
      pool.drain();
    }
    const { hits, gets, freshBlocks: later } = pool.stats().totals;
    expect(later).toBe(freshBlocks);
    // The last tier before fresh memory: a block that had gone home.
    expect(hits.slab / gets).toBeLessThan(0.01);
  });

  test('blocks of a thread that sleeps drain too, but for its magazine; it need not wake up', async () => {
    const pool = makePool();
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const worker = spawn('sleeper', { runtime: runtime.name, count: 1000, gate });
    const ended = once(worker, 'exit');
    expect(await nextMessage(worker)).toBe('asleep');
    const before = pooled(pool);
    expect(before).toBeGreaterThanOrEqual(1000);
    pool.drain();
    pool.drain();
    const { stashed, retained } = pool.stats().totals;
    expect(retained).toBe(0);
    expect(stashed).toBeGreaterThan(0);
    expect(stashed).toBeLessThanOrEqual(MAGAZINE);
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    await ended;
    // A clean end sends the magazine home too.
    expect(pooled(pool)).toBe(0);
  });

  test('blocks in the deque of a thread that has left drain too', () => {
    const pool = makePool();
    const other = stranger.attachRuntime(runtime.token);
    use(other.pool('drained'), 1000);
    other.leave();
    expect(pool.stats().totals.retained).toBeGreaterThan(500);
    pool.drain();
    pool.drain();
    expect(pooled(pool)).toBe(0);
  });

  test('another thread’s magazine follows when that thread comes to its slow path', () => {
    const pool = makePool();
    const runtimeOfOther = stranger.attachRuntime(runtime.token);
    const other = runtimeOfOther.pool('drained');
    use(other, 50);
    pool.drain();
    other.drain();
    expect(pooled(pool)).toBeGreaterThanOrEqual(50);
    pool.drain();
    pool.drain();
    expect(pooled(pool)).toBeGreaterThanOrEqual(50);
    other.drain();
    expect(pooled(pool)).toBe(0);
    runtimeOfOther.leave();
  });

  test('runtime.drain drains every pool', () => {
    const pools = [makePool(), runtime.pool('second', { blockSize: 256, maxBytes: MiB, drain: { on: 'never' } })];
    for (const pool of pools) use(pool, 100);
    runtime.drain();
    expect(runtime.drain().blocks).toBeGreaterThanOrEqual(200);
    for (const pool of pools) expect(pooled(pool)).toBe(0);
  });

  test('an interval ends epochs by itself, and keeps no process alive', async () => {
    const pool = makePool({ drain: { on: 'interval', everyMs: 20 } });
    use(pool, 500);
    await until(() => pooled(pool) === 0);
    expect(pool.stats().totals.drained).toBeGreaterThanOrEqual(500);
  });

  /** Collects once and waits for the end of the epoch that this makes. How many have ended: more than one if V8 collects by itself. */
  async function collectEpoch(): Promise<number> {
    const kernel = kernelOf(runtime.token);
    const epoch = () => kernel.loadShared(kernel.classAt(0) + C_EPOCH);
    const before = epoch();
    collectOnce();
    await until(() => epoch() !== before);
    return epoch() - before;
  }

  /** As often as it takes for V8 not to collect in between: uses blocks, lets one epoch end, and then looks. */
  async function afterOneCollection(pool: BufferPool, look: () => Promise<void>): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt++) {
      // What earlier attempts left is cold by now, or drained.
      use(pool, 500);
      if ((await collectEpoch()) === 1) return look();
    }
    throw new Error('V8 has collected twice each time');
  }

  test('blocks survive one major collection, and are gone after two', async () => {
    const pool = makePool({ drain: { on: 'gc', everyMs: 1 } });
    await afterOneCollection(pool, async () => {
      expect(pooled(pool)).toBeGreaterThanOrEqual(500);
      await collectEpoch();
      expect(pooled(pool)).toBe(0);
    });
  });

  test('a block that is used between two major collections is not dropped', async () => {
    const pool = makePool({ drain: { on: 'gc', everyMs: 1 } });
    await afterOneCollection(pool, async () => {
      use(pool, 7);
      const epochs = await collectEpoch();
      expect(pooled(pool)).toBe(epochs === 1 ? 7 : 0);
    });
  });

  test('collections that nobody can put off drain everything in the end', async () => {
    const pool = makePool({ drain: { on: 'gc', everyMs: 1 } });
    use(pool, 500);
    expect(await collectUntil(() => pooled(pool) === 0)).toBe(true);
  });

  test('never is never', async () => {
    const pool = makePool({ drain: { on: 'never' } });
    use(pool, 500);
    const other = runtime.pool('clock', { blockSize: 256, maxBytes: MiB, drain: { on: 'interval', everyMs: 5 } });
    use(other, 100);
    await until(() => pooled(other) === 0);
    expect(pooled(pool)).toBeGreaterThanOrEqual(500);
  });

  test('a runtime that was closed or left is not drained any more, and no clock fails on it', async () => {
    const options = { drain: { on: 'interval', everyMs: 5 } } as const;
    const pool = makePool(options);
    const other = stranger.attachRuntime(runtime.token);
    use(other.pool('drained'), 10);
    other.leave();
    expect(() => other.drain()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_CLOSED' }));
    runtime.close();
    expect(() => pool.drain()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_CLOSED' }));
    const clock = makeRuntime(kernel, { maxBytes: MiB });
    const ticking = clock.pool('ticking', { blockSize: 256, maxBytes: MiB, ...options });
    use(ticking, 10);
    await until(() => pooled(ticking) === 0);
    clock.close();
  });

  test.each([false, true])(
    'the clocks of a runtime that was closed do not keep its memory (adaptive: %o)',
    async (adaptive) => {
      const collected = new Collected();
      function openAndClose(on: 'interval' | 'gc'): void {
        const closed = makeRuntime(kernel, { maxBytes: MiB });
        closed.pool('p', { blockSize: SIZE, maxBytes: MiB, adaptive, drain: { on, everyMs: 3_600_000 } });
        collected.show(closed.token.data);
        closed.close();
      }
      openAndClose('interval');
      openAndClose('gc');
      expect(await collectUntil(() => collected.count === 2)).toBe(true);
    },
  );
});
