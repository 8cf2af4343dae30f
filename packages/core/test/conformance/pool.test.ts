// Go's own tests of sync.Pool, by meaning, for every backend.
//
// Source: Go's src/sync/pool_test.go: TestPool, TestPoolNew, TestPoolStress. Differences:
// - Go's Get gives nil, or New's value, where nothing is pooled; here a fresh block is cut, which the counters tell.
// - Go gives back "a", "b" for "a", "b": one private place, then a queue. Here the last put is the first got.
// - What Go's tests say about the garbage collector (TestPool's end, TestPoolGC, TestPoolRelease) belongs to draining.
// - Threads are real ones, four instead of ten, and touch the bytes of what they get.

import { MiB } from '@syncpool/core';
import { describe, expect, test } from 'vitest';
import { createBarrier } from '../support/barrier.ts';
import { BACKENDS, makeRuntime, runCrew } from '../support/crew.ts';
import { violations } from '../support/invariants.ts';
import type { PutGetJob } from '../workers/put-get.ts';

const SIZE = 4096;
const isDeep = process.env.SYNCPOOL_DEEP === '1';

describe.each(BACKENDS)('pool on %s', (backend) => {
  test('TestPool: the last put is the first got, the rest follow, then nothing is left', () => {
    const runtime = makeRuntime(backend, { maxBytes: MiB, maxProcessors: 16 });
    // Too small for magazines, so that cutting and putting go one by one.
    const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: 3 * SIZE });
    const fresh = () => pool.stats().totals.freshBlocks;
    const [a, b] = [pool.get(), pool.get()];
    expect(fresh()).toBe(2);
    pool.put(a);
    pool.put(b);
    expect(pool.get()).toBe(b);
    expect(pool.get()).toBe(a);
    expect(fresh()).toBe(2);
    pool.get();
    expect(fresh()).toBe(3);
    expect(() => pool.get()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED' }));
    expect(violations(runtime.token)).toEqual([]);
    runtime.close();
  });

  test('TestPool: past the magazine, the last put is the first got and the rest come from the deque', () => {
    const runtime = makeRuntime(backend, { maxBytes: 16 * MiB, maxProcessors: 1 });
    const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: 16 * MiB });
    // A whole number of the batches of 16 that are cut at once, so that no block is left over.
    const buffers = Array.from({ length: 1008 }, () => pool.get());
    const { freshBlocks, hits } = pool.stats().totals;
    for (const buffer of buffers) pool.put(buffer);
    const got = buffers.map(() => pool.get());
    expect(got[0]).toBe(buffers.at(-1));
    // By identity: comparing these buffers with each other byte for byte would take a minute.
    const expected = new Set(buffers);
    expect(got.filter((buffer) => expected.delete(buffer))).toHaveLength(buffers.length);
    const after = pool.stats().totals;
    expect(after.freshBlocks).toBe(freshBlocks);
    // A magazine holds 128 blocks of this size; the deque serves one get in each batch of 8, the magazine the others.
    expect(after.hits.deque - hits.deque).toBe((buffers.length - 128) / 8);
    expect(after.hits.slab - hits.slab).toBe(0);
    expect(violations(runtime.token)).toEqual([]);
    runtime.close();
  });

  test('TestPoolNew: a fresh block is cut only when nothing is pooled', () => {
    const runtime = makeRuntime(backend, { maxBytes: MiB, maxProcessors: 16 });
    const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: 8 * SIZE });
    const fresh = () => pool.stats().totals.hits.fresh;
    const one = pool.get();
    expect(fresh()).toBe(1);
    const two = pool.get();
    expect(fresh()).toBe(2);
    expect(two).not.toBe(one);
    pool.put(one);
    expect(pool.get()).toBe(one);
    expect(fresh()).toBe(2);
    pool.get();
    expect(fresh()).toBe(3);
    runtime.close();
  });

  test.each([
    ['with magazines', 16 * MiB],
    // One block a thread: nothing is stashed, and every get waits for nobody.
    ['without magazines', 4 * SIZE],
  ])('TestPoolStress: no buffer is ever in two threads (%s)', async (_, maxBytes) => {
    const runtime = makeRuntime(backend, { maxBytes: 16 * MiB, maxProcessors: 8 });
    const pool = runtime.pool('p', { blockSize: SIZE, maxBytes });
    const barrier = createBarrier();
    const [parties, rounds] = [4, isDeep ? 1_000_000 : 100_000];
    const crew = Array.from({ length: parties }, (__, member) => ({
      runtime: runtime.name,
      member,
      parties,
      barrier,
      rounds,
    }));
    expect(await runCrew<number>('put-get', crew satisfies PutGetJob[])).toEqual([0, 0, 0, 0]);
    const { totals } = pool.stats();
    expect([totals.gets, totals.puts, totals.leased, totals.stashed]).toEqual([
      parties * (rounds + 1),
      parties * (rounds + 1),
      0,
      0,
    ]);
    expect(violations(runtime.token)).toEqual([]);
    runtime.close();
  });
});
