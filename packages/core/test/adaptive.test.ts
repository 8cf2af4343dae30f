// Adaptive pools: what is counted, when they calibrate, what follows from it in every thread. How well they serve:
// adaptive-rule.test.ts.

import { once } from 'node:events';
import { type BufferPool, KiB, MiB, type PooledBuffer, type PoolOptions, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { P_CALIBRATED } from '../src/kernel/layout.ts';
import type { AdaptiveJob } from './workers/adaptive.ts';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { kernelOf } from './support/invariants.ts';
import { importStranger } from './support/package-copy.ts';
import { expectRefusal } from './support/refusal.ts';
import { until } from './support/waiting.ts';
import { nextMessage, spawn } from './support/worker.ts';

const SIZES = [1 * KiB, 2 * KiB, 4 * KiB, 64 * KiB, 256 * KiB];
const stranger = await importStranger();

function calibrationOf(pool: BufferPool) {
  const { calibration } = pool.stats();
  if (calibration === undefined) throw new Error('the pool is not adaptive');
  return calibration;
}

/** Uses so many buffers one after the other, each for a length. */
function use(pool: BufferPool, count: number, length: number | (() => number)): void {
  for (let i = 0; i < count; i++) {
    const used = typeof length === 'number' ? length : length();
    pool.put(pool.get(Math.max(1, used)), used);
  }
}

function pooledOf(pool: BufferPool, size: number): number {
  const found = pool.stats().classes.find((one) => one.size === size);
  return (found?.stashed ?? 0) + (found?.retained ?? 0);
}

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 64 * MiB, maxProcessors: 4 });
  });
  afterEach(() => runtime.close());

  function makePool(options: Partial<PoolOptions> = {}): BufferPool {
    const drain = { on: 'manual' } as const;
    return runtime.pool('bodies', { sizes: SIZES, maxBytes: 32 * MiB, adaptive: true, drain, ...options });
  }

  describe('what is counted', () => {
    const lengths = (pool: BufferPool) => calibrationOf(pool).lengths;

    test('is the length that put is told of, from nothing to the whole buffer', () => {
      const pool = makePool();
      for (const length of [0, 1, 1024]) pool.put(pool.get(1024), length);
      pool.put(pool.get(64 * KiB), 1025);
      expect(calibrationOf(pool)).toMatchObject({
        lengths: 4,
        freshLengths: 4,
        // Twelve parts of each size: of 1,024 up to 86, and above 938; of 2,048 up to 1,110.
        histogram: [
          { upTo: 86, weight: 2 },
          { upTo: 1024, weight: 1 },
          { upTo: 1110, weight: 1 },
        ],
        percentileLength: 1110,
      });
    });

    test('is the length that detach is told of, once, whoever puts the buffer then', () => {
      const pool = makePool();
      const adopted = pool.adopt(pool.detach(pool.get(4000), 3000));
      expect(lengths(pool)).toBe(1);
      pool.put(adopted);
      expect(lengths(pool)).toBe(1);
      // A second use, if its user says so.
      pool.put(pool.adopt(pool.detach(pool.get(4000), 3000)), 10);
      expect(lengths(pool)).toBe(3);
      pool.discard(pool.detach(pool.get(4000), 3000));
      expect(lengths(pool)).toBe(4);
    });

    test('is the whole buffer, if nothing is said of one whose size was asked for: by put, detach, dispose and the rest', async () => {
      const pool = makePool();
      pool.put(pool.get(4000));
      pool.get(4000)[Symbol.dispose]();
      pool.withBuffer(4000, () => {});
      await pool.putAfter(Promise.resolve(), pool.get(4000));
      pool.put(await pool.acquire(4000));
      pool.put(pool.acquireSync(4000));
      pool.discard(pool.detach(pool.get(4000)));
      expect(calibrationOf(pool).histogram).toEqual([{ upTo: 4096, weight: 7 }]);
    });

    test('is nothing, if nothing is said of one that the pool chose: it would only confirm its choice', async () => {
      const pool = makePool();
      for (let i = 0; i < 3; i++) {
        pool.put(pool.get());
        pool.get()[Symbol.dispose]();
        pool.put(await pool.acquire());
        pool.put(pool.acquireSync());
        pool.discard(pool.detach(pool.get()));
      }
      expect(lengths(pool)).toBe(0);
      const chosen = pool.get();
      expect(chosen.usedLength).toBe(chosen.length);
      pool.put(chosen, 700);
      // The same view, whose size is asked for now.
      pool.put(pool.get(1024));
      expect(calibrationOf(pool).histogram).toEqual([
        { upTo: 768, weight: 1 },
        { upTo: 1024, weight: 1 },
      ]);
    });

    test('is what passes through a watched lease, too, and a buffer from the heap', () => {
      const watched = makePool({ debug: true });
      watched.put(watched.get(4000));
      watched.put(watched.get(4000), 100);
      watched.put(watched.get());
      expect(calibrationOf(watched).histogram).toEqual([
        { upTo: 171, weight: 1 },
        { upTo: 4096, weight: 1 },
      ]);
      const small = runtime.pool('small', { blockSize: KiB, maxBytes: KiB, adaptive: true, onExhausted: 'heap' });
      const held = small.get();
      small.put(small.get(1000), 900);
      small.put(small.get());
      small.put(small.adopt(small.detach(small.get(), 900)));
      small.put(held);
      expect(small.stats().totals.heap).toBe(3);
      expect(calibrationOf(small).histogram).toEqual([{ upTo: 939, weight: 2 }]);
    });

    test('is no buffer of prewarm', () => {
      const pool = makePool();
      pool.prewarm(4000, 10, { touch: true });
      expect(lengths(pool)).toBe(0);
      expect(pooledOf(pool, 4 * KiB)).toBeGreaterThanOrEqual(10);
    });

    test('is nothing where a call is refused', () => {
      const pool = makePool();
      const other = runtime.pool('other', { blockSize: 4 * KiB, maxBytes: MiB });
      const buffer = pool.get(4000);
      for (const used of [-1, 4097, 0.5, Number.NaN, '5', 5n]) {
        const refusal = {
          code: 'ERR_SYNCPOOL_INVALID_OPTION',
          type: RangeError,
          names: ['usedLength', '4096'],
        } as const;
        for (const what of [() => pool.put(buffer, used as number), () => pool.detach(buffer, used as number)]) {
          expectRefusal(runtime, [pool], what, refusal);
        }
        // Nor do other pools let pass what they ignore.
        const plain = other.get();
        expectRefusal(runtime, [other], () => other.put(plain, used as number), refusal);
        other.put(plain, 5);
      }
      const foreign = other.get();
      const FOREIGN = { code: 'ERR_SYNCPOOL_FOREIGN_BUFFER' } as const;
      expectRefusal(runtime, [pool, other], () => pool.put(foreign, 1), FOREIGN);
      expectRefusal(runtime, [pool, other], () => pool.put(foreign, -1), FOREIGN);
      expectRefusal(runtime, [pool], () => pool.put({} as PooledBuffer, 1), FOREIGN);
      pool.put(buffer, 1);
      expectRefusal(runtime, [pool], () => pool.put(buffer, 1), { code: 'ERR_SYNCPOOL_DOUBLE_PUT' });
      expect(lengths(pool)).toBe(1);
      for (const size of [0, 1.5, Number.NaN, 256 * KiB + 1]) {
        const refusal = { code: 'ERR_SYNCPOOL_INVALID_SIZE', type: RangeError } as const;
        expectRefusal(runtime, [pool], () => pool.get(size), refusal);
        expectRefusal(runtime, [pool], () => pool.acquireSync(size), refusal);
      }
      expect(other.stats().calibration).toBeUndefined();
    });
  });

  describe('calibrations', () => {
    test('come after 64 lengths, then 128, 256 and so on', () => {
      const pool = makePool();
      for (let calibrations = 0; calibrations < 6; calibrations++) {
        const due = 64 * 2 ** calibrations;
        use(pool, due - 1 - calibrationOf(pool).freshLengths, 3000);
        expect(calibrationOf(pool)).toMatchObject({ calibrations, freshLengths: due - 1 });
        // A thread looks after a sixteenth of them.
        use(pool, due / 16, 3000);
        expect(calibrationOf(pool).calibrations).toBe(calibrations + 1);
      }
    });

    test('come with the first length at the end of an epoch, then with 16', () => {
      const pool = makePool();
      pool.drain();
      expect(calibrationOf(pool)).toMatchObject({ calibrations: 0, defaultSize: KiB, largestRetained: 256 * KiB });
      use(pool, 1, 3000);
      pool.drain();
      expect(calibrationOf(pool)).toMatchObject({ calibrations: 1, defaultSize: 4 * KiB, largestRetained: 4 * KiB });
      use(pool, 15, 3000);
      pool.drain();
      expect(calibrationOf(pool).calibrations).toBe(1);
      use(pool, 1, 3000);
      pool.drain();
      pool.drain();
      expect(calibrationOf(pool)).toMatchObject({ calibrations: 2, freshLengths: 0, lengths: 17 });
    });

    test('come with the clock of the drain', async () => {
      const pool = makePool({ drain: { on: 'interval', everyMs: 20 } });
      use(pool, 3, 3000);
      await until(() => calibrationOf(pool).calibrations === 1);
      expect(pool.get()).toHaveLength(4 * KiB);
    });

    test('let old lengths count half each time', () => {
      const pool = makePool();
      const weightAt = (upTo: number) => calibrationOf(pool).histogram.find((bar) => bar.upTo === upTo)?.weight;
      use(pool, 32, KiB);
      pool.drain();
      use(pool, 16, 2 * KiB);
      expect([weightAt(KiB), weightAt(2 * KiB)]).toEqual([16, 16]);
      pool.drain();
      use(pool, 16, 2 * KiB);
      expect([weightAt(KiB), weightAt(2 * KiB)]).toEqual([8, 24]);
      for (let epoch = 0; epoch < 20; epoch++) {
        use(pool, 16, 4 * KiB);
        pool.drain();
      }
      expect(calibrationOf(pool).histogram.map(({ upTo }) => upTo)).toEqual([4 * KiB]);
      expect(calibrationOf(pool).lengths).toBe(32 + 32 + 320);
    });

    test('count on at the end of their numbers', () => {
      const pool = makePool();
      const entry = kernelOf(runtime.token);
      use(pool, 20, 3000);
      entry.storePlain(entry.poolAt(0) + P_CALIBRATED, -1 << 10);
      expect(calibrationOf(pool).calibrations).toBe(2 ** 22 - 1);
      use(pool, 16, 3000);
      pool.drain();
      expect(calibrationOf(pool)).toMatchObject({ calibrations: 0, defaultSize: 4 * KiB });
    });
  });

  describe('what follows', () => {
    test('a get that names no size has the size that fits most lengths, and so have the acquires', async () => {
      const pool = makePool();
      expect(pool.get()).toHaveLength(KiB);
      use(pool, 64, 3000);
      const buffers = [
        pool.get(),
        await pool.acquire(),
        pool.acquireSync(),
        await pool.acquire(undefined, { timeoutMs: 10 }),
      ];
      expect(buffers.map(({ length }) => length)).toEqual([4096, 4096, 4096, 4096]);
    });

    test('larger sizes do not stay pooled, and do again when they are used more', () => {
      const pool = makePool({ drain: { on: 'never' } });
      const giant = pool.get(256 * KiB);
      use(pool, 200, () => (pool.stats().totals.gets % 2 === 0 ? 900 : 1500));
      expect(calibrationOf(pool)).toMatchObject({ largestRetained: 2 * KiB });
      pool.put(giant);
      expect(pooledOf(pool, 256 * KiB)).toBe(0);
      use(pool, 10, 4000);
      expect(pooledOf(pool, 4 * KiB)).toBe(0);
      expect(pooledOf(pool, 2 * KiB)).toBeGreaterThan(0);
      // Each of those gets took one block, not a batch.
      expect(pool.stats().classes[2]?.freshBlocks).toBe(1);
      use(pool, 20_000, 4000);
      expect(calibrationOf(pool)).toMatchObject({ largestRetained: 4 * KiB });
      expect(pooledOf(pool, 4 * KiB)).toBeGreaterThan(0);
      expect(runtime.audit()).toMatchObject({ unaccounted: 0 });
    });

    test('what was pooled of a size that is not any more goes with the next put of it', () => {
      const pool = makePool({ sizes: [KiB, 4 * KiB] });
      const held = Array.from({ length: 20 }, () => pool.get(4000));
      for (const buffer of held.slice(1)) pool.put(buffer, 0);
      expect(pooledOf(pool, 4 * KiB)).toBeGreaterThanOrEqual(19);
      use(pool, 100, 100);
      expect(calibrationOf(pool).largestRetained).toBe(KiB);
      pool.put(held[0] as PooledBuffer, 0);
      expect(pooledOf(pool, 4 * KiB)).toBe(0);
    });

    test('a size that may retain nothing retains nothing, however much it is used', () => {
      const pool = makePool({ sizes: [KiB, { size: 4 * KiB, retainBytes: 0 }] });
      use(pool, 1000, 4000);
      expect(calibrationOf(pool)).toMatchObject({ defaultSize: 4 * KiB, largestRetained: 4 * KiB });
      expect(pooledOf(pool, 4 * KiB)).toBe(0);
    });

    test('nothing, for a thread that has left', () => {
      const pool = makePool();
      const leased = pool.get(3000);
      const there = stranger.attachRuntime(runtime.token);
      use(there.pool('bodies'), 1, 3000);
      runtime.leave();
      there.pool('bodies').drain();
      expect(() => pool.put(leased, 3000)).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_CLOSED' }));
      expect(() => pool.get()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_CLOSED' }));
      expect(calibrationOf(there.pool('bodies')).lengths).toBe(1);
      there.close();
    });
  });

  describe('of several threads', () => {
    test('all count, one calibrates, all follow', () => {
      const pool = makePool();
      const there = stranger.attachRuntime(runtime.token).pool('bodies');
      use(there, 10, 60_000);
      use(pool, 50, 60_000);
      expect(calibrationOf(pool).calibrations).toBe(0);
      use(there, 8, 60_000);
      expect(calibrationOf(pool)).toMatchObject({ calibrations: 1, defaultSize: 64 * KiB, largestRetained: 64 * KiB });
      expect(pool.get()).toHaveLength(64 * KiB);
      pool.put(pool.get(256 * KiB));
      expect(pooledOf(pool, 256 * KiB)).toBe(0);
      expect(calibrationOf(there)).toEqual(calibrationOf(pool));
      stranger.attachRuntime(runtime.token).leave();
    });

    test('one that only detaches counts as of the last calibration, too', () => {
      const pool = makePool();
      const there = stranger.attachRuntime(runtime.token).pool('bodies');
      use(pool, 100, 900);
      for (let i = 0; i < 50; i++) pool.discard(there.detach(there.get(60_000), 60_000));
      expect(calibrationOf(pool).calibrations).toBe(1);
      expect(calibrationOf(pool).histogram.find(({ upTo }) => upTo > 50_000)?.weight).toBe(50);
      stranger.attachRuntime(runtime.token).leave();
    });

    test('the counts of one that sleeps fade as those of the others', () => {
      const pool = makePool();
      const there = stranger.attachRuntime(runtime.token).pool('bodies');
      use(there, 1000, 60_000);
      const { calibrations } = calibrationOf(pool);
      for (let epoch = 0; epoch < 20; epoch++) {
        use(pool, 16, 900);
        pool.drain();
      }
      expect(calibrationOf(pool)).toMatchObject({
        calibrations: calibrations + 20,
        defaultSize: KiB,
        largestRetained: KiB,
        lengths: 1320,
        histogram: [{ upTo: 939 }],
      });
      stranger.attachRuntime(runtime.token).leave();
    });

    test('the counts of one that was killed stay, and fade; who has its place goes on with them', async () => {
      const pool = makePool();
      const job: AdaptiveJob = { runtime: runtime.name, lengths: new Array<number>(60).fill(60_000) };
      const worker = spawn('adaptive', job);
      expect(await nextMessage(worker)).toBe(KiB);
      const ended = once(worker, 'exit');
      await worker.terminate();
      await ended;
      expect(runtime.stats().processors.live).toBe(1);
      expect(calibrationOf(pool)).toMatchObject({ calibrations: 0, lengths: 60, freshLengths: 60 });
      const there = stranger.attachRuntime(runtime.token).pool('bodies');
      use(there, 8, 60_000);
      expect(calibrationOf(pool)).toMatchObject({ calibrations: 1, lengths: 68, defaultSize: 64 * KiB });
      expect(there.stats().totals).toMatchObject({ lost: 1, leased: 0 });
      expect(runtime.audit().unaccounted).toBe(0);
      stranger.attachRuntime(runtime.token).leave();
    });

    test('must agree that the pool is adaptive', () => {
      makePool();
      const MISMATCH = { code: 'ERR_SYNCPOOL_POOL_MISMATCH', names: ['adaptive'] } as const;
      expectRefusal(runtime, [], () => makePool({ adaptive: false }), MISMATCH);
      const plain = { blockSize: KiB, maxBytes: MiB };
      runtime.pool('plain', plain);
      expectRefusal(runtime, [], () => runtime.pool('plain', { ...plain, adaptive: true }), MISMATCH);
      // Without sizes they are made of the limit, the same in every thread.
      const options = { adaptive: true, maxBytes: MiB } as const;
      const made = runtime.pool('made', options);
      expect(stranger.attachRuntime(runtime.token).pool('made', options).sizes).toEqual(made.sizes);
      stranger.attachRuntime(runtime.token).leave();
    });
  });
});
