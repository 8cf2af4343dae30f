// The debug mode: what it finds that the ordinary pool cannot, and that it finds nothing where nothing is wrong.

import { setImmediate } from 'node:timers/promises';
import { type BufferPool, KiB, MiB, type PooledBuffer, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canReturnPages } from '../src/host/pages.ts';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { importStranger } from './support/package-copy.ts';
import { announceSeed, Xorshift } from './support/prng.ts';
import { expectError } from './support/refusal.ts';
import { gatherWarnings, type Warned } from './support/warnings.ts';

const SIZE = 4 * KiB;
const seed = announceSeed('debug');
const stranger = await importStranger();

// Named, so that a stack can be asked for them.
function leasesHere(pool: BufferPool): PooledBuffer {
  return pool.get();
}
function putsHere(pool: BufferPool, buffer: PooledBuffer): void {
  pool.put(buffer);
}
function thrownBy(what: () => void): Error {
  try {
    what();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  let gathered: ReturnType<typeof gatherWarnings>;

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 4 * MiB, maxProcessors: 2 });
    gathered = gatherWarnings();
  });
  afterEach(() => {
    gathered.stop();
    runtime.close();
  });

  function watchedPool(debug: boolean | { oneIn: number } = true, blocks = 64): BufferPool {
    return runtime.pool('watched', { blockSize: SIZE, maxBytes: blocks * SIZE, debug });
  }

  async function warned(): Promise<Warned[]> {
    await setImmediate();
    return gathered.warnings;
  }

  test.each([0, 1, 1000, SIZE - 1])(
    'a write at byte %i after the put is reported with the stacks of lease and put',
    async (at) => {
      const pool = watchedPool();
      const buffer = leasesHere(pool);
      putsHere(pool, buffer);
      buffer[at] = 1;
      pool.get();
      const [warning, ...others] = await warned();
      expect(others).toEqual([]);
      expect(warning?.code).toBe('SYNCPOOL_WRITE_AFTER_PUT');
      expect(warning?.message).toContain(`at byte ${at}`);
      expect(warning?.message).toContain('"watched"');
      expect(warning?.detail).toMatch(/leased in thread \d+\n.*leasesHere[\s\S]*put in thread \d+\n.*putsHere/);
      expect(pool.stats().totals.writesAfterPut).toBe(1);
    },
  );

  test('another thread finds the write, and names the thread and the stacks', async () => {
    const pool = watchedPool(true, 1);
    const other = stranger.attachRuntime(runtime.token).pool('watched');
    const buffer = leasesHere(pool);
    putsHere(pool, buffer);
    buffer[7] = 1;
    other.get();
    const [warning] = await warned();
    expect(warning?.code).toBe('SYNCPOOL_WRITE_AFTER_PUT');
    expect(warning?.detail).toMatch(/leasesHere[\s\S]*putsHere/);
    expect(other.stats().totals.writesAfterPut).toBe(1);
  });

  test('a reference kept after its put is found however often its block was leased since', () => {
    const pool = watchedPool();
    const kept = pool.get();
    putsHere(pool, kept);
    for (let round = 0; round < 3; round++) {
      const buffer = pool.get();
      expect(buffer.byteOffset).toBe(kept.byteOffset);
      const error = thrownBy(() => pool.put(kept));
      expectError(error, { code: 'ERR_SYNCPOOL_DOUBLE_PUT', names: ['putsHere'] });
      expectError(
        thrownBy(() => pool.detach(kept)),
        { code: 'ERR_SYNCPOOL_DOUBLE_PUT' },
      );
      pool.put(buffer);
    }
  });

  test('without the debug mode such a reference is taken for the new lease: what the mode is for', () => {
    const pool = watchedPool(false);
    const kept = pool.get();
    pool.put(kept);
    pool.get();
    expect(() => pool.put(kept)).not.toThrow();
  });

  test('a detached view is not leased again, and its message is', () => {
    const pool = watchedPool();
    const sent = pool.get();
    const adopted = pool.adopt(pool.detach(sent, 9));
    expect(adopted).not.toBe(sent);
    expect(adopted.usedLength).toBe(9);
    expectError(
      thrownBy(() => pool.put(sent)),
      { code: 'ERR_SYNCPOOL_NOT_HELD' },
    );
    pool.put(adopted);
    expectError(
      thrownBy(() => pool.put(adopted)),
      { code: 'ERR_SYNCPOOL_DOUBLE_PUT' },
    );
  });

  test('one in N leases is watched, at random', () => {
    const pool = watchedPool({ oneIn: 50 });
    let watched = 0;
    for (let lease = 0; lease < 10_000; lease++) {
      const buffer = pool.get();
      buffer[0] = 1;
      pool.put(buffer);
      // Only a watched lease ends in poison.
      if (buffer[0] !== 1) watched += 1;
    }
    // 200 are expected.
    expect(watched).toBeGreaterThan(80);
    expect(watched).toBeLessThan(500);
  });

  test('where one in N is watched, a reference kept from a watched lease is found during a later one that is not', () => {
    const pool = watchedPool({ oneIn: 2 });
    let found = 0;
    for (let lease = 0; lease < 1000; lease++) {
      const kept = pool.get();
      kept[0] = 1;
      pool.put(kept);
      const wasWatched = kept[0] !== 1;
      const buffer = pool.get();
      if (wasWatched) {
        expectError(
          thrownBy(() => pool.put(kept)),
          { code: 'ERR_SYNCPOOL_DOUBLE_PUT' },
        );
        found += 1;
      }
      pool.put(buffer);
    }
    expect(found).toBeGreaterThan(100);
  });

  test('programs that do nothing wrong are not accused, whatever way their blocks go', async () => {
    const random = new Xorshift(seed);
    const options = { sizes: [SIZE, 16 * KiB], maxBytes: 16 * 16 * KiB, debug: { oneIn: 2 } };
    const pools = [
      runtime.pool('several', options),
      stranger.attachRuntime(runtime.token).pool('several'),
    ] as BufferPool[];
    const held: [BufferPool, PooledBuffer][] = [];
    for (let step = 0; step < 5000; step++) {
      const pool = pools[random.below(2)] as BufferPool;
      const place = random.below(Math.max(1, held.length));
      try {
        const [from, buffer] = held[place] ?? [];
        if (buffer === undefined || random.below(5) < 2)
          held.push([pool, pool.get(random.below(2) === 0 ? 1 : 16 * KiB).fill(step)]);
        else {
          held.splice(place, 1);
          if (random.below(3) === 0) held.push([pool, pool.adopt((from as BufferPool).detach(buffer))]);
          else (from as BufferPool).put(buffer);
        }
      } catch (error) {
        // Both sizes want all of the bytes: slabs are cut, released and cut again.
        // Of either copy's class.
        expect(error).toMatchObject({ code: 'ERR_SYNCPOOL_EXHAUSTED' });
        for (const [from, buffer] of held.splice(0)) from.put(buffer);
      }
    }
    expect(await warned()).toEqual([]);
    expect((pools[0] as BufferPool).stats().totals.writesAfterPut).toBe(0);
  });

  test('buffers from the heap are put and detached as ever', () => {
    const pool = runtime.pool('heap', { blockSize: SIZE, maxBytes: SIZE, onExhausted: 'heap', debug: true });
    const [block, heap] = [pool.get(), pool.get()];
    const adopted = pool.adopt(pool.detach(heap, 3));
    expect(adopted.usedLength).toBe(3);
    pool.put(adopted);
    pool.put(block);
    expect(pool.stats().totals).toMatchObject({ leased: 0, heap: 1 });
  });

  test.each([
    ['slabs of which a block is in use', 16 * KiB, 3],
    ['runs', 2 * MiB, 0],
  ])('memory of %s that was given back to the system is no write after a put', async (_what, size, kept) => {
    const purged = makeRuntime(kernel, { maxBytes: 16 * MiB, maxProcessors: 2 });
    const pool = purged.pool('purged', { blockSize: size, maxBytes: 6 * MiB, drain: { on: 'manual' }, debug: true });
    const all = Array.from({ length: (4 * MiB) / size }, () => pool.get());
    for (const buffer of all.slice(kept)) pool.put(buffer);
    for (let round = 0; round < 3; round++) pool.drain();
    if (canReturnPages().can) expect(pool.stats().totals.returnedBytes).toBeGreaterThan(0);
    for (const buffer of [...all.slice(kept)].map(() => pool.get())) pool.put(buffer);
    expect(await warned()).toEqual([]);
    expect(pool.stats().totals.writesAfterPut).toBe(0);
    purged.close();
  });
});
