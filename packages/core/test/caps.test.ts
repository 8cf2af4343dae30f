// What may stay pooled, and a hard limit that moves.

import { type BufferPool, KiB, MiB, type PooledBuffer, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { importStranger } from './support/package-copy.ts';
import { expectRefusal } from './support/refusal.ts';

const SIZE = 4 * KiB;
const stranger = await importStranger();

function lease(pool: BufferPool, count: number, size: number = SIZE): PooledBuffer[] {
  return Array.from({ length: count }, () => pool.get(size));
}
function putAll(pool: BufferPool, buffers: readonly PooledBuffer[]): void {
  for (const buffer of buffers) pool.put(buffer);
}
function leaseUntilExhausted(pool: BufferPool, size: number = SIZE): PooledBuffer[] {
  const held: PooledBuffer[] = [];
  for (;;) {
    try {
      held.push(pool.get(size));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_SYNCPOOL_EXHAUSTED' });
      return held;
    }
  }
}

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 64 * MiB, maxProcessors: 4 });
  });
  afterEach(() => runtime.close());

  const drain = { on: 'never' } as const;
  const pooledBytes = (pool: BufferPool) =>
    pool.stats().classes.reduce((sum, { size, stashed, retained }) => sum + (stashed + retained) * size, 0);

  test.each([0, SIZE, 1 * MiB, 2 * MiB + SIZE, 8 * MiB])(
    'a pool that may retain %i bytes retains no more',
    (retainBytes) => {
      const pool = runtime.pool('capped', { blockSize: SIZE, maxBytes: 16 * MiB, retainBytes, drain });
      const held = lease(pool, 4096);
      for (const buffer of held) {
        pool.put(buffer);
        expect(pooledBytes(pool)).toBeLessThanOrEqual(retainBytes);
      }
      // And makes use of it: but for the magazines of the other three threads, and a batch.
      const others = 3 * Math.min(128, Math.floor(retainBytes / SIZE / 16)) * SIZE;
      expect(pooledBytes(pool)).toBeGreaterThanOrEqual(retainBytes - others - 8 * SIZE);
      expect(pool.stats().homeBytes).toBe(16 * MiB - pooledBytes(pool));
      expect(runtime.audit()).toMatchObject({ unaccounted: 0, owned: pool.stats().totals.stashed });
    },
  );

  test('a size that may retain nothing goes home at once, and the others stay', () => {
    const pool = runtime.pool('capped', {
      sizes: [SIZE, { size: MiB, retainBytes: 0 }],
      maxBytes: 16 * MiB,
      drain,
    });
    putAll(pool, [...lease(pool, 100), ...lease(pool, 5, MiB)]);
    const [small, large] = pool.stats().classes;
    expect((small?.stashed ?? 0) + (small?.retained ?? 0)).toBeGreaterThanOrEqual(100);
    expect([large?.stashed, large?.retained]).toEqual([0, 0]);
  });

  test('what a size may retain is an option like others: who opens the pool again says the same', () => {
    const sizes = [SIZE, { size: MiB, retainBytes: 0 }];
    const pool = runtime.pool('capped', { sizes, maxBytes: 16 * MiB, drain });
    expect(runtime.pool('capped', { sizes: [...sizes].reverse(), maxBytes: 16 * MiB, drain })).toBe(pool);
    for (const other of [
      [SIZE, MiB],
      [{ size: SIZE, retainBytes: 0 }, MiB],
      [SIZE, { size: MiB, retainBytes: 64 }],
    ]) {
      expectRefusal(runtime, [pool], () => runtime.pool('capped', { sizes: other, maxBytes: 16 * MiB, drain }), {
        code: 'ERR_SYNCPOOL_POOL_MISMATCH',
        names: ['"capped"', '(retainBytes of a size)'],
      });
    }
  });

  test('threads that put at the same time each see what the others retain', () => {
    const retainBytes = 2 * MiB;
    const pool = runtime.pool('capped', { blockSize: SIZE, maxBytes: 16 * MiB, retainBytes, drain });
    const otherRuntime = stranger.attachRuntime(runtime.token);
    const other = otherRuntime.pool('capped') as unknown as BufferPool;
    const held = [lease(pool, 1000), lease(other, 1000)];
    for (let i = 0; i < 1000; i++) {
      pool.put(held[0]?.[i] as PooledBuffer);
      other.put(held[1]?.[i] as PooledBuffer);
      expect(pooledBytes(pool)).toBeLessThanOrEqual(retainBytes);
    }
    otherRuntime.leave();
  });

  test('prewarm makes blocks for this processor, or for all', () => {
    const pool = runtime.pool('warm', { blockSize: SIZE, maxBytes: 4 * MiB, drain });
    const capacity = 64;
    pool.prewarm(SIZE, 200);
    expect(pool.stats().totals).toMatchObject({ leased: 0, freshBlocks: expect.any(Number) });
    expect(pool.stats().totals.stashed).toBeGreaterThan(capacity / 2);
    const other = runtime.pool('for all', { blockSize: SIZE, maxBytes: 4 * MiB, drain });
    other.prewarm(SIZE, 200, { for: 'all', touch: true });
    expect(other.stats().totals.stashed).toBe(0);
    const strange = stranger.attachRuntime(runtime.token);
    const theirs = strange.pool('for all') as unknown as BufferPool;
    const { freshBlocks } = other.stats().totals;
    putAll(theirs, lease(theirs, 200));
    expect(other.stats().totals.freshBlocks).toBe(freshBlocks);
    strange.leave();
    const bad = { code: 'ERR_SYNCPOOL_INVALID_OPTION', type: RangeError, names: ["'processor'", "'all'"] } as const;
    expectRefusal(runtime, [pool], () => pool.prewarm(SIZE, 1, { for: 'everybody' as never }), bad);
  });

  test('one giant request does not fatten the pool', () => {
    const pool = runtime.pool('long tail', {
      sizes: [16 * KiB, { size: 8 * MiB, retainBytes: 0 }],
      maxBytes: 32 * MiB,
      drain: { on: 'manual' },
    });
    const served = lease(pool, 64, 10 * KiB);
    putAll(pool, served);
    const before = pool.stats();
    pool.put(pool.get(8 * MiB).fill(1));
    // Ordinary requests are served by ordinary blocks, before and after.
    const after = lease(pool, 64, 10 * KiB);
    expect(after.every((buffer) => buffer.length === 16 * KiB)).toBe(true);
    putAll(pool, after);
    expect(pooledBytes(pool)).toBe(
      before.classes.reduce((sum, one) => sum + (one.stashed + one.retained) * one.size, 0),
    );
    expect(pool.stats().classes[1]).toMatchObject({ stashed: 0, retained: 0, leased: 0 });
  });

  test('the limit goes up at once, as far as the runtime has bytes that no pool was promised', () => {
    const pool = runtime.pool('moved', { blockSize: SIZE, maxBytes: 1 * MiB, drain });
    const other = runtime.pool('other', { blockSize: SIZE, maxBytes: 32 * MiB, drain });
    const held = leaseUntilExhausted(pool);
    expect(held).toHaveLength(256);
    pool.resize(2 * MiB);
    expect([pool.maxBytes, pool.stats().maxBytes]).toEqual([2 * MiB, 2 * MiB]);
    held.push(...leaseUntilExhausted(pool));
    expect(held).toHaveLength(512);
    putAll(pool, held);
    expectRefusal(runtime, [pool, other], () => pool.resize(32 * MiB + SIZE), {
      code: 'ERR_SYNCPOOL_INVALID_OPTION',
      type: RangeError,
      names: ['"moved"', String(32 * MiB + SIZE), String(32 * MiB)],
    });
    pool.resize(32 * MiB);
    expectRefusal(runtime, [pool, other], () => other.resize(32 * MiB + SIZE), {
      code: 'ERR_SYNCPOOL_INVALID_OPTION',
      type: RangeError,
    });
    for (const bad of [0, SIZE - 1, 1.5, Number.NaN, 2 ** 32]) {
      expectRefusal(runtime, [pool], () => pool.resize(bad), { code: 'ERR_SYNCPOOL_INVALID_OPTION', type: RangeError });
    }
    // Who opens it again says what it was opened with.
    expect(runtime.pool('moved', { blockSize: SIZE, maxBytes: 1 * MiB, drain })).toBe(pool);
  });

  test.each([MiB, 2 * MiB])(
    'a pool that may retain %i bytes, all that it had, retains no more when it has more',
    (retainBytes) => {
      const pool = runtime.pool('moved', { blockSize: SIZE, maxBytes: 1 * MiB, retainBytes, drain });
      pool.resize(8 * MiB);
      putAll(pool, lease(pool, 2048));
      expect(pooledBytes(pool)).toBeLessThanOrEqual(retainBytes);
      expect(pooledBytes(pool)).toBeGreaterThan(retainBytes / 2);
    },
  );

  test('the limit goes down as blocks come home; what was promised stays the pool’s', async () => {
    const pool = runtime.pool('moved', { blockSize: SIZE, maxBytes: 32 * MiB, drain });
    const held = lease(pool, 4096);
    pool.resize(4 * MiB);
    expect(pool.stats().reservedBytes).toBe(16 * MiB);
    expect(() => pool.get()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED', limit: 4 * MiB }));
    putAll(pool, held);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(pool.stats().reservedBytes).toBeLessThanOrEqual(4 * MiB);
    const few = leaseUntilExhausted(pool);
    expect(few.length).toBe(1024);
    putAll(pool, few);
    expect(() => runtime.pool('too much', { blockSize: SIZE, maxBytes: 33 * MiB })).toThrow(RangeError);
    pool.resize(32 * MiB);
    const all = leaseUntilExhausted(pool);
    expect(all.length).toBe(8192);
    putAll(pool, all);
  });
});
