// Scopes: what is leased while one runs, in whatever way, belongs to it until it is put, detached or kept. And flush, and poolOf.

import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BufferPool,
  ByteBuffer,
  KiB,
  MiB,
  type PooledBuffer,
  type PoolOptions,
  type Runtime,
} from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { importStranger } from './support/package-copy.ts';

const SIZE = 4 * KiB;
const stranger = await importStranger();

const KINDS: [string, Partial<PoolOptions>][] = [
  ['plain', {}],
  ['wiped at put', { wipe: 'put' }],
  ['wiped at get', { wipe: 'get' }],
  ['watched', { debug: true }],
  ['watched now and then', { debug: { oneIn: 3 } }],
  ['adaptive', { adaptive: true }],
  ['without a magazine', { maxBytes: 7 * SIZE }],
];

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 8 * MiB, maxProcessors: 2 });
  });
  afterEach(() => runtime.close());

  const leased = (pool: BufferPool) => pool.stats().totals.leased;

  describe.each(KINDS)('a pool that is %s', (_, options) => {
    let pool: BufferPool;
    beforeEach(() => {
      pool = runtime.pool('p', { sizes: [SIZE], maxBytes: 64 * SIZE, ...options } as PoolOptions);
    });

    test('a scope puts what get, acquire, adopt, typed arrays and byte buffers have leased in it, and nothing else', async () => {
      const before = pool.get(SIZE);
      const sent = pool.detach(before);
      const outside = pool.get(SIZE);
      const scope = runtime.scope();
      await scope.run(async () => {
        pool.get(SIZE);
        await null;
        await pool.acquire(SIZE);
        pool.acquireSync(SIZE);
        pool.adopt(sent);
      });
      const later = pool.get(SIZE);
      expect([scope.size, leased(pool)]).toEqual([4, 6]);
      expect([scope.has(outside), scope.has(later)]).toEqual([false, false]);
      expect(scope.end()).toBe(4);
      expect([scope.size, leased(pool)]).toEqual([0, 2]);
      pool.put(outside);
      pool.put(later);
      expect(scope.end()).toBe(0);
      expect(leased(pool)).toBe(0);
    });

    test('what was put or detached in the scope is not put again, although the same block is leased by others then', () => {
      const scope = runtime.scope();
      const message = scope.run(() => {
        const buffers = [pool.get(SIZE), pool.get(SIZE)] as const;
        pool.put(buffers[0]);
        return pool.detach(buffers[1]);
      });
      expect(scope.size).toBe(0);
      const other = runtime.scope();
      const theirs = other.run(() => [pool.get(SIZE), pool.adopt(message)]);
      const plain = pool.get(SIZE);
      expect(scope.end()).toBe(0);
      expect(leased(pool)).toBe(3);
      expect(theirs.map((buffer) => other.has(buffer))).toEqual([true, true]);
      expect(other.end()).toBe(2);
      pool.put(plain);
      expect(leased(pool)).toBe(0);
    });

    test('scopes that run at the same time keep their leases apart', async () => {
      const first = runtime.scope();
      const second = runtime.scope();
      const gate = new AsyncLocalStorage();
      const work = (count: number) => async () => {
        const held: PooledBuffer[] = [];
        for (let i = 0; i < count; i++) {
          held.push(gate.run(i, () => pool.get(SIZE)));
          await sleep(0);
          if (i % 2 === 1) pool.put(held.pop() as PooledBuffer);
        }
        return held.length;
      };
      const counts = await Promise.all([first.run(work(3)), second.run(work(2))]);
      expect([first.size, second.size]).toEqual(counts);
      expect([first.end(), second.end(), leased(pool)]).toEqual([2, 1, 0]);
    });
  });

  test('an acquire that waits belongs to the scope that asked, whoever served it', async () => {
    const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: 2 * SIZE });
    const held = [pool.get(), pool.get()];
    const [first, second] = [runtime.scope(), runtime.scope()];
    const waits = [first.run(() => pool.acquire()), second.run(() => pool.acquire())];
    first.run(() => pool.put(held[0] as PooledBuffer));
    pool.put(held[1] as PooledBuffer);
    const [a, b] = await Promise.all(waits);
    expect([first.has(a as PooledBuffer), second.has(b as PooledBuffer)]).toEqual([true, true]);
    expect([first.size, second.size]).toEqual([1, 1]);
    expect([first.end(), second.end(), leased(pool)]).toEqual([1, 1, 0]);
  });

  test('a scope that ends while an acquire of another is being served puts nothing of it', async () => {
    const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: 2 * SIZE });
    const held = [pool.get(), pool.get()];
    const [first, second] = [runtime.scope(), runtime.scope()];
    const { signal } = new AbortController();
    const removed: number[] = [];
    // Called between the lease and its user: the queue serves in the context of whoever waited first.
    signal.removeEventListener = () => removed.push(first.end());
    const waits = [first.run(() => pool.acquire()), second.run(() => pool.acquire(SIZE, { signal }))];
    for (const buffer of held) pool.put(buffer);
    const [, theirs] = await Promise.all(waits);
    expect(removed.length).toBeGreaterThan(0);
    expect([runtime.poolOf(theirs), second.has(theirs as PooledBuffer)]).toEqual([pool, true]);
    expect(second.end()).toBe(1);
  });

  test('arrays, byte buffers and buffers from the heap are a scope’s too', () => {
    const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: 2 * SIZE, onExhausted: 'heap' });
    const scope = runtime.scope();
    const sent = scope.run(() => {
      pool.as(Float64Array).get(10);
      new ByteBuffer(pool).write('content');
      pool.get();
      return pool.detach(pool.get());
    });
    expect(scope.size).toBe(3);
    scope.run(() => pool.put(pool.adopt(sent)));
    expect([scope.size, scope.end(), leased(pool)]).toEqual([3, 3, 0]);
    const { gets, adopts, puts, detaches } = pool.stats().totals;
    expect(gets + adopts - puts - detaches).toBe(0);
  });

  test('what is kept, and what is leased after the end, is put by hand', () => {
    const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: 16 * SIZE });
    const scope = runtime.scope();
    const kept = scope.run(() => pool.get());
    const given = scope.run(() => pool.get());
    expect([scope.keep(kept), scope.keep(kept), scope.size]).toEqual([true, false, 1]);
    expect(scope.end()).toBe(1);
    const late = scope.run(() => pool.get());
    expect([scope.size, scope.has(late), scope.end(), leased(pool)]).toEqual([0, false, 0, 2]);
    expect(() => pool.put(given)).not.toThrow(); // late is the same object again
    pool.put(kept);
    expect(leased(pool)).toBe(0);
  });

  test('a pool opened after the first scope has scopes, one opened before keeps its counters and refusals', () => {
    const early = runtime.pool('early', { blockSize: SIZE, maxBytes: 16 * SIZE });
    early.put(early.get());
    const scope = runtime.scope();
    const lateOne = runtime.pool('late', { blockSize: SIZE, maxBytes: 16 * SIZE });
    const [a, b] = scope.run(() => [early.get(), lateOne.get()]);
    expect(scope.size).toBe(2);
    expect(() => early.put(b as PooledBuffer)).toThrow(
      expect.objectContaining({ code: 'ERR_SYNCPOOL_FOREIGN_BUFFER' }),
    );
    early.put(a as PooledBuffer);
    expect(() => early.put(a as PooledBuffer)).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_DOUBLE_PUT' }));
    expect([scope.end(), early.stats().totals.puts, leased(early), leased(lateOne)]).toEqual([1, 2, 0, 0]);
  });

  test('scopes of a runtime that is closed or left end without an error, and put nothing', () => {
    const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: 16 * SIZE });
    const scope = runtime.scope();
    scope.run(() => pool.get());
    runtime.close();
    expect(() => scope.end()).not.toThrow();
    expect(() => runtime.scope()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_CLOSED' }));
  });

  test('flush sends a magazine’s blocks to where another thread gets them', () => {
    const pool = runtime.pool('p', { sizes: [SIZE, 4 * SIZE], maxBytes: 256 * SIZE });
    const buffers = Array.from({ length: 12 }, (_, i) => pool.get(i % 2 === 0 ? SIZE : 4 * SIZE));
    for (const buffer of buffers) pool.put(buffer);
    expect(pool.stats().totals.stashed).toBeGreaterThan(0);
    const free = pool.stats().totals.stashed + pool.stats().totals.retained;
    runtime.flush();
    const { stashed, retained, freshBlocks } = pool.stats().totals;
    expect([stashed, retained]).toEqual([0, free]);
    const there = stranger.attachRuntime(runtime.token);
    const same = there.pool('p').get(SIZE);
    expect(pool.stats().totals.stolenBlocks).toBeGreaterThan(0);
    expect(pool.stats().totals.freshBlocks).toBe(freshBlocks);
    there.pool('p').put(same);
    there.leave();
    pool.flush();
    runtime.leave();
    expect(() => runtime.flush()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_CLOSED' }));
  });

  test('poolOf names the pool of what is leased here, and of nothing else', () => {
    const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: 16 * SIZE });
    const buffer = pool.get();
    expect(runtime.poolOf(buffer)).toBe(pool);
    const other = makeRuntime(kernel, { maxBytes: 8 * MiB, maxProcessors: 2 });
    expect(other.poolOf(buffer)).toBeUndefined();
    other.close();
    for (const thing of [buffer.subarray(0), structuredClone(buffer), Buffer.alloc(4), undefined, null, 1, {}]) {
      expect(runtime.poolOf(thing)).toBeUndefined();
    }
    const message = pool.detach(buffer);
    expect(runtime.poolOf(buffer)).toBeUndefined();
    const adopted = pool.adopt(message);
    expect(runtime.poolOf(adopted)).toBe(pool);
    pool.put(adopted);
    expect(runtime.poolOf(adopted)).toBeUndefined();
  });
});
