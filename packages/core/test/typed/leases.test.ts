// Leases of typed arrays: begun, handed over and ended as those of buffers are, with the same refusals.

import { PassThrough } from 'node:stream';
import {
  KiB,
  MiB,
  type BufferPool,
  type Message,
  type PooledArray,
  type Runtime,
  type TypedPool,
} from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collectAll, collectUntil } from '../support/collect.ts';
import { BACKENDS, makeRuntime } from '../support/crew.ts';
import { importStranger } from '../support/package-copy.ts';
import { expectError, expectRefusal, expectThrow, type Refusal } from '../support/refusal.ts';
import { gatherWarnings } from '../support/warnings.ts';
import { nextMessage, spawn } from '../support/worker.ts';
import type { RelayJob } from '../workers/typed-relay.ts';

type Floats = PooledArray<Float64Array<SharedArrayBuffer>>;
const SIZE = 4 * KiB;
const LENGTH = SIZE / 8;
const FOREIGN: Refusal = { code: 'ERR_SYNCPOOL_FOREIGN_BUFFER', names: ['"numbers"'] };
const DOUBLE_PUT: Refusal = { code: 'ERR_SYNCPOOL_DOUBLE_PUT', names: ['put before', '"numbers"'] };
const NOT_HELD: Refusal = { code: 'ERR_SYNCPOOL_NOT_HELD', names: ['detached', '"numbers"'] };
const stranger = await importStranger();

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  let pool: BufferPool;
  let floats: TypedPool<Float64Array<SharedArrayBuffer>>;
  const refuses = (what: () => unknown, refusal: Refusal) => expectRefusal(runtime, [pool], what, refusal);

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 8 * MiB, maxProcessors: 4 });
    pool = runtime.pool('numbers', { blockSize: SIZE, maxBytes: 16 * SIZE });
    floats = pool.as(Float64Array);
  });
  afterEach(() => {
    if (!runtime.closed) runtime.close();
  });

  /** All 16 blocks can still be had, and no 17th. */
  function expectWhole(): void {
    const leased = Array.from({ length: 16 }, () => floats.get());
    expect(new Set(leased.map(({ byteOffset }) => byteOffset)).size).toBe(16);
    expect(() => floats.get()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED' }));
    for (const array of leased) floats.put(array);
  }

  test('a second put is refused, also of an array whose block was leased as another kind meanwhile and put', () => {
    const array = floats.get();
    floats.put(array);
    refuses(() => floats.put(array), DOUBLE_PUT);
    refuses(() => floats.detach(array), DOUBLE_PUT);
    array[Symbol.dispose]();
    const ints = pool.as(Int32Array);
    const other = ints.get();
    expect(other.byteOffset).toBe(array.byteOffset);
    ints.put(other);
    refuses(() => floats.put(array), DOUBLE_PUT);
    expectWhole();
  });

  test('only the very array that get returned can be put or detached, by the pool of its kind', async () => {
    const array = floats.get();
    const other = runtime
      .pool('other', { blockSize: SIZE, maxBytes: 16 * SIZE })
      .as(Float64Array)
      .get();
    const sibling = pool.as(Int32Array).get();
    const buffer = pool.get();
    const strangers: [string, unknown][] = [
      ['a sub-array', array.subarray(0)],
      ['a slice', array.slice()],
      ['a clone', structuredClone(array)],
      ['a view of the same memory', new Float64Array(array.buffer, array.byteOffset, array.length)],
      ['an array of another’s memory', new Float64Array(LENGTH)],
      ['another pool’s', other],
      ['an array of another kind', sibling],
      ['a buffer of the pool', buffer],
      ['undefined', undefined],
      ['null', null],
      ['a number', 42],
      ['an object', {}],
      ['an object with the prototype', Object.create(Object.getPrototypeOf(array))],
      ['a proxy', new Proxy(array, {})],
    ];
    for (const [what, one] of strangers) {
      refuses(() => floats.put(one as Floats), FOREIGN);
      refuses(() => floats.detach(one as Floats, 1), FOREIGN);
      const error = await floats.putAfter(Promise.resolve(), one as Floats).catch((reason: unknown) => reason);
      expectError(error, FOREIGN);
      expect(pool.stats().totals.puts, what).toBe(0);
    }
    refuses(() => pool.put(array as never), FOREIGN);
    refuses(() => pool.detach(array as never), FOREIGN);
    for (const one of [array, sibling, buffer]) one[Symbol.dispose]();
    expectWhole();
  });

  test('a detached array is nobody’s, and its message good once', () => {
    const array = floats.get();
    array[0] = Math.PI;
    const message = floats.detach(array, 7);
    refuses(() => floats.put(array), NOT_HELD);
    refuses(() => floats.detach(array), NOT_HELD);
    array[Symbol.dispose]();
    const adopted = floats.adopt(message);
    expect([adopted[0], adopted.usedLength]).toEqual([Math.PI, 7]);
    refuses(() => floats.adopt(message), { code: 'ERR_SYNCPOOL_STALE_HANDLE' });
    expect(floats.tryAdopt(message)).toBeUndefined();
    floats.put(adopted);
    expect(floats.get().usedLength).toBe(LENGTH);
    floats.put(adopted);
    expect(floats.discard(floats.detach(floats.get()))).toBe(true);
    expectWhole();
  });

  test.each([-1, 1.5, Number.NaN, LENGTH + 1, '10'])('a used length of %s is refused', (used) => {
    const array = floats.get();
    const names = ['usedLength', String(LENGTH), String(used)];
    refuses(() => floats.put(array, used as number), {
      code: 'ERR_SYNCPOOL_INVALID_OPTION',
      type: RangeError,
      names,
    });
    refuses(() => floats.detach(array, used as number), {
      code: 'ERR_SYNCPOOL_INVALID_OPTION',
      type: RangeError,
      names,
    });
    floats.put(array);
    expectWhole();
  });

  test('used lengths are counted in the elements of whoever asks, whole ones', () => {
    const [ints, shorts] = [pool.as(Int32Array), pool.as(Uint16Array)];
    const asInts = ints.adopt(floats.detach(floats.get(), 3));
    expect(asInts.usedLength).toBe(6);
    const asBuffer = pool.adopt(ints.detach(asInts, 5));
    expect(asBuffer.usedLength).toBe(20);
    const asFloats = floats.adopt(pool.detach(asBuffer, 23));
    expect(asFloats.usedLength).toBe(2);
    const asShorts = shorts.adopt(floats.detach(asFloats));
    expect(asShorts.usedLength).toBe(2 * KiB);
    shorts.put(asShorts);
    expectWhole();
  });

  test('an adaptive pool learns from used lengths in elements, and chooses the size of a get without one', () => {
    const learning = runtime.pool('learning', { sizes: [4 * KiB, 16 * KiB, 64 * KiB], maxBytes: MiB, adaptive: true });
    const ints = learning.as(Int32Array);
    for (let i = 0; i < 200; i++) {
      const array = ints.get(4096);
      if (i % 2 === 0) ints.put(array, 2500);
      else ints.put(ints.adopt(ints.detach(array, 2500)));
    }
    const { calibration } = learning.stats();
    // A part of the 16 KiB that hold them.
    expect(calibration?.percentileLength).toBeGreaterThanOrEqual(10_000);
    expect(calibration?.percentileLength).toBeLessThan(12_000);
    expect(calibration?.defaultSize).toBe(16 * KiB);
    for (const array of [ints.get(), ints.acquireSync()]) {
      expect(array.length).toBe(4096);
      ints.put(array);
    }
  });

  test('worker to worker: each reads what the one before has written, and how much of it', async () => {
    const kinds = ['Int32Array', 'Float64Array', 'Int32Array'] as const;
    const workers = kinds.map((kind) => spawn('typed-relay', { runtime: runtime.name, kind } satisfies RelayJob));
    const ints = pool.as(Int32Array);
    for (let round = 0; round < 20; round++) {
      let message: Message = ints.detach(ints.get().fill(round) as PooledArray<Int32Array<SharedArrayBuffer>>, 64);
      for (const worker of [workers[0], workers[2]] as const) {
        const answer = nextMessage(worker as (typeof workers)[number]);
        worker?.postMessage(message);
        message = (await answer) as Message;
      }
      const array = ints.adopt(message);
      expect(array.usedLength).toBe(16);
      expect([array[0], array[31], array[32], array[63], array[64]]).toEqual([2, 2, 1, 1, 0].map((n) => n + round));
      // And once as numbers of another kind.
      const numbers = floats.adopt(ints.detach(array));
      numbers.fill(0.5);
      const answer = nextMessage(workers[1] as (typeof workers)[number]);
      workers[1]?.postMessage(floats.detach(numbers, 2));
      const back = floats.adopt((await answer) as Message);
      expect([back.usedLength, back[0], back[1], back[2]]).toEqual([1, 1.5, 1.5, 0.5]);
      floats.put(back);
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
    expect(runtime.audit()).toMatchObject({ unaccounted: 0, detached: 0 });
    expectWhole();
  });

  test('withArray, putAfter and disposing give the array back', async () => {
    expect(floats.withArray(10, (array) => array.length)).toBe(LENGTH);
    expect(() =>
      floats.withArray(10, () => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(await floats.withArray(10, async (array) => array.fill(1)[9])).toBe(1);
    const stream = new PassThrough();
    const after = floats.putAfter(stream, floats.get());
    expect(pool.stats().totals.leased).toBe(1);
    stream.destroy();
    await after;
    floats.get()[Symbol.dispose]();
    expect(pool.stats().totals).toMatchObject({ gets: 5, puts: 5, leased: 0 });
    expectWhole();
  });

  test('acquire and acquireSync wait, and give up, as the pool’s do', async () => {
    const held = Array.from({ length: 16 }, () => floats.get());
    expectThrow(() => floats.acquireSync(1, 1), { code: 'ERR_SYNCPOOL_TIMEOUT' });
    await expect(floats.acquire(1, { timeoutMs: 1 })).rejects.toMatchObject({ code: 'ERR_SYNCPOOL_TIMEOUT' });
    await expect(floats.acquire(1, { signal: AbortSignal.abort('mine') })).rejects.toBe('mine');
    const waited = floats.acquire();
    floats.put(held.pop() as Floats);
    held.push(await waited);
    floats.put(held.pop() as Floats);
    held.push(floats.acquireSync());
    expect(held.every((array) => array instanceof Float64Array)).toBe(true);
    for (const array of held) floats.put(array);
    expectWhole();
  });

  test('arrays from the heap are put, dropped and handed over as buffers from it are', () => {
    const spare = runtime.pool('spare', { blockSize: 1001, maxBytes: KiB, onExhausted: 'heap' });
    const numbers = spare.as(Float64Array);
    const block = numbers.get();
    const extra = numbers.get();
    expect(extra.buffer).not.toBe(block.buffer);
    expect([extra.length, extra.byteOffset, extra.usedLength]).toEqual([125, 0, 125]);
    extra[124] = 1.5;
    const message = numbers.detach(extra, 125);
    expect(message).toBe(extra.buffer);
    expectRefusal(runtime, [spare], () => numbers.put(extra), { code: 'ERR_SYNCPOOL_NOT_HELD' });
    const adopted = numbers.adopt(message);
    expect([adopted[124], adopted.usedLength]).toEqual([1.5, 125]);
    numbers.put(adopted);
    expectRefusal(runtime, [spare], () => numbers.put(adopted), { code: 'ERR_SYNCPOOL_DOUBLE_PUT' });
    numbers.put(block);
    expect(spare.stats().totals).toMatchObject({ heap: 1, leased: 0 });
  });

  test('under debug each lease has an array of its own, whose second put is an error for ever', () => {
    const numbers = runtime.pool('watched', { blockSize: SIZE, maxBytes: SIZE, debug: true }).as(Float64Array);
    const first = numbers.get();
    numbers.put(first);
    const second = numbers.get();
    expect(second).not.toBe(first);
    expect(second.byteOffset).toBe(first.byteOffset);
    expectThrow(() => numbers.put(first), {
      code: 'ERR_SYNCPOOL_DOUBLE_PUT',
      names: ['It was put at', 'leases.test.ts'],
    });
    numbers.put(second);
  });

  test('under debug a write after the put is found', async () => {
    const gathered = gatherWarnings();
    const numbers = runtime.pool('watched', { blockSize: SIZE, maxBytes: SIZE, debug: true }).as(Float64Array);
    const array = numbers.get();
    numbers.put(array);
    array[2] = 1;
    numbers.get();
    await new Promise(setImmediate);
    gathered.stop();
    expect(gathered.warnings.map(({ code }) => code)).toEqual(['SYNCPOOL_WRITE_AFTER_PUT']);
    expect(gathered.warnings[0]?.detail).toContain('leases.test.ts');
  });

  test('once closed or left, every call is refused, and disposing of an array does nothing', async () => {
    const other = stranger.attachRuntime(runtime.token);
    for (const [who, end] of [
      [other, () => other.leave()],
      [runtime, () => runtime.close()],
    ] as const) {
      const numbers = (who.pool('numbers') as BufferPool).as(Float64Array);
      const array = numbers.get();
      const message = numbers.detach(numbers.get());
      end();
      const calls: (() => unknown)[] = [
        () => numbers.get(),
        () => numbers.put(array),
        () => numbers.detach(array),
        () => numbers.adopt(message),
        () => numbers.tryAdopt(message),
        () => numbers.discard(message),
        () => numbers.acquireSync(),
        () => numbers.withArray(1, () => 0),
      ];
      for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_CLOSED' }));
      await expect(numbers.acquire()).rejects.toMatchObject({ code: 'ERR_SYNCPOOL_CLOSED' });
      array[Symbol.dispose]();
      expect(array.length).toBe(LENGTH);
    }
  });

  describe('dropped without put', () => {
    let gathered: ReturnType<typeof gatherWarnings>;
    let numbers: typeof floats;

    beforeEach(() => {
      gathered = gatherWarnings();
      numbers = runtime.pool('dropped', { blockSize: SIZE, maxBytes: 16 * SIZE, onDrop: 'takeBack' }).as(Float64Array);
    });
    afterEach(() => gathered.stop());

    const dropped = () => numbers.pool.stats().totals.dropped;

    // In frames of their own, which leave no reference behind.
    function dropAll(): void {
      for (let i = 0; i < 16; i++) numbers.get();
    }
    function useAll(): void {
      for (const array of Array.from({ length: 16 }, () => numbers.get())) numbers.put(array);
    }

    test('they are found and taken back, those too that were leased before', async () => {
      for (let round = 1; round <= 3; round++) {
        dropAll();
        expect(await collectUntil(() => dropped() === 16 * round)).toBe(true);
        useAll();
      }
      expect(gathered.warnings.map(({ code }) => code)).toEqual(['SYNCPOOL_DROPPED']);
      expect(numbers.pool.stats().totals).toMatchObject({ leased: 0, lost: 48 });
    });

    test('whoever has the array, or a part of a part of it, keeps the lease', async () => {
      const array = numbers.get();
      const part = numbers.get().subarray(10).subarray(10, 20);
      await collectAll();
      expect([dropped(), array.length, part.length]).toEqual([0, LENGTH, 10]);
      numbers.put(array);
      await collectAll();
      expect(dropped()).toBe(0);
    });

    test('a putAfter under way keeps the lease', async () => {
      const stream = new PassThrough();
      const after = numbers.putAfter(stream, numbers.get());
      await collectAll();
      expect(dropped()).toBe(0);
      stream.destroy();
      await after;
      expect(numbers.pool.stats().totals).toMatchObject({ leased: 0, puts: 1 });
    });
  });
});
