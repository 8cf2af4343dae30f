// onExhausted: 'heap': a pool that never says no, and counts what that costs.

import { KiB, MiB, type BufferPool, type PooledBuffer, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BACKENDS, makeRuntime, runCrew } from './support/crew.ts';
import { expectRefusal, expectThrow } from './support/refusal.ts';

const BLOCKS = 4;

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  let pool: BufferPool;
  let blocks: PooledBuffer[];

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: MiB, maxProcessors: 4, maxClasses: 2 });
    // 1,001 bytes, so that the trailer behind a heap buffer's bytes has to be aligned.
    pool = runtime.pool('heap', { blockSize: 1001, maxBytes: BLOCKS * KiB, onExhausted: 'heap' });
    blocks = Array.from({ length: BLOCKS }, () => pool.get());
  });
  afterEach(() => runtime.close());

  function counts(): { heap: number; leased: number; exhausted: number; gets: number; puts: number } {
    const { heap, leased, exhausted, gets, puts } = pool.stats().totals;
    return { heap, leased, exhausted, gets, puts };
  }

  test('a get beyond the limit has memory of its own, is counted, and its put drops it', () => {
    expect(counts()).toEqual({ heap: 0, leased: 4, exhausted: 0, gets: 4, puts: 0 });
    const extra = pool.get();
    expect(extra).toHaveLength(1001);
    expect(extra.usedLength).toBe(1001);
    expect(extra.buffer).not.toBe(blocks[0]?.buffer);
    expect(Buffer.isBuffer(extra)).toBe(true);
    expect(counts()).toEqual({ heap: 1, leased: 4, exhausted: 1, gets: 5, puts: 0 });
    pool.put(extra);
    expect(counts()).toEqual({ heap: 1, leased: 4, exhausted: 1, gets: 5, puts: 1 });
    expectRefusal(runtime, [pool], () => pool.put(extra), { code: 'ERR_SYNCPOOL_DOUBLE_PUT' });
    expectRefusal(runtime, [pool], () => pool.detach(extra), { code: 'ERR_SYNCPOOL_DOUBLE_PUT' });
    // Dropped, not pooled: the next get beyond the limit has new memory.
    expect(pool.get().buffer).not.toBe(extra.buffer);
  });

  test('a put block is served before the heap is asked again', () => {
    const extra = pool.get();
    pool.put(blocks[0] as PooledBuffer);
    expect(pool.get().byteOffset).toBe(blocks[0]?.byteOffset);
    extra[Symbol.dispose]();
    extra[Symbol.dispose]();
    expect(counts()).toMatchObject({ heap: 1, leased: 4, puts: 2 });
  });

  test('detach gives its SharedArrayBuffer, which is adopted exactly once', () => {
    const extra = pool.get();
    extra.write('from the heap');
    const message = pool.detach(extra, 13);
    expect(message).toBe(extra.buffer);
    expectRefusal(runtime, [pool], () => pool.put(extra), { code: 'ERR_SYNCPOOL_NOT_HELD' });
    const adopted = pool.adopt(message);
    expect(adopted.usedLength).toBe(13);
    expect(adopted.toString('utf8', 0, 13)).toBe('from the heap');
    expectRefusal(runtime, [pool], () => pool.adopt(message), { code: 'ERR_SYNCPOOL_STALE_HANDLE' });
    expect(pool.tryAdopt(message)).toBeUndefined();
    expect(pool.discard(message)).toBe(false);
    pool.put(adopted);
    expect(pool.tryAdopt(message)).toBeUndefined();
    // One get and one put: handing over is neither.
    expect(counts()).toMatchObject({ heap: 1, leased: 4, gets: 5, puts: 1 });
  });

  test('a discarded message is gone', () => {
    const message = pool.detach(pool.get());
    expect(pool.discard(message)).toBe(true);
    expect(pool.discard(message)).toBe(false);
    expectRefusal(runtime, [pool], () => pool.adopt(message), { code: 'ERR_SYNCPOOL_STALE_HANDLE' });
  });

  test('memory that no pool made, or one of another size, is refused', () => {
    const other = runtime.pool('other', { blockSize: 2048, maxBytes: 2048, onExhausted: 'heap' });
    other.get();
    const message = other.detach(other.get());
    for (const wrong of [message, new SharedArrayBuffer(0), new SharedArrayBuffer(7), new SharedArrayBuffer(1020)]) {
      const refusal = {
        code: 'ERR_SYNCPOOL_POOL_MISMATCH',
        names: ['"heap"', String((wrong as SharedArrayBuffer).byteLength)],
      } as const;
      expectRefusal(runtime, [pool, other], () => pool.adopt(wrong), refusal);
    }
    expect(other.adopt(message)).toHaveLength(2048);
  });

  test('memory of another pool is refused, though the size is the same: it may not wipe what it puts', () => {
    const other = runtime.pool('other', { blockSize: pool.sizes[0] as number, maxBytes: 64 * KiB });
    const message = pool.detach(pool.get());
    for (const ask of [() => other.adopt(message), () => other.tryAdopt(message), () => other.discard(message)]) {
      expectRefusal(runtime, [pool, other], ask, { code: 'ERR_SYNCPOOL_POOL_MISMATCH', names: ['"other"'] });
    }
    expect(pool.discard(message)).toBe(true);
  });

  test('of several threads that adopt the same memory, one gets it', async () => {
    const extra = pool.get();
    extra.fill(7);
    const message = pool.detach(extra, 99);
    const crew = [0, 1, 2].map(() => ({ runtime: runtime.name, message }));
    const seen = await runCrew<{ used: number; first: number } | 'too late'>('heap-adopter', crew);
    expect(seen.filter((one) => one !== 'too late')).toEqual([{ used: 99, first: 7 }]);
    expect(pool.tryAdopt(message)).toBeUndefined();
  });

  test('acquire never takes from the heap', async () => {
    expectThrow(() => pool.acquireSync(1, 5), { code: 'ERR_SYNCPOOL_TIMEOUT', names: ['5 ms', "'heap'"] });
    await expect(pool.acquire(1, { timeoutMs: 5 })).rejects.toMatchObject({ code: 'ERR_SYNCPOOL_TIMEOUT' });
    expect(counts().heap).toBe(0);
  });
});
