// What the arrays of pool.as are: true arrays of their kind, one for each block, over the very bytes of the pool.

import { isDeepStrictEqual, inspect, types } from 'node:util';
import { KiB, MiB, type BufferPool, type PooledBuffer, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BACKENDS, makeRuntime } from '../support/crew.ts';
import { expectError, expectRefusal } from '../support/refusal.ts';
import { KINDS, type Pooled } from './kinds.ts';

const SIZE = 1001;

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  let pool: BufferPool;

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 2 * MiB, maxProcessors: 2, maxClasses: 4 });
    // No multiple of any element but the smallest.
    pool = runtime.pool('odd', { blockSize: SIZE, maxBytes: 16 * KiB });
  });
  afterEach(() => runtime.close());

  test.each(KINDS)('$name: as long as fits the block, aligned, and an array of its kind to everybody', (kind) => {
    const typed = kind.of(pool);
    expect(typed.lengths).toEqual([Math.floor(SIZE / kind.bytes)]);
    for (let i = 0; i < 16; i++) {
      const array = typed.get();
      expect(array).toBeInstanceOf(kind.type);
      expect(array.constructor).toBe(kind.type);
      expect(Object.prototype.toString.call(array)).toBe(`[object ${kind.name}]`);
      expect(types[`is${kind.name}` as 'isTypedArray'](array)).toBe(true);
      expect(Object.keys(array)).toHaveLength(array.length);
      expect([array.length, array.usedLength]).toEqual([typed.lengths[0], typed.lengths[0]]);
      expect(array.byteOffset % 64).toBe(0);
      expect(array.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(inspect(array, { maxArrayLength: 1 })).toMatch(new RegExp(`^${kind.name}\\(${array.length}\\) \\[`));
    }
  });

  test.each(KINDS)('$name: elements are the bytes of the block', (kind) => {
    const typed = kind.of(pool);
    const array = typed.get(3);
    array.fill(kind.one);
    const expected = new kind.type(array.length);
    expected.fill(kind.one);
    const buffer = pool.adopt(typed.detach(array));
    const bytes = Buffer.from(expected.buffer as unknown as ArrayBuffer);
    expect(bytes.equals(buffer.subarray(0, bytes.length))).toBe(true);
    pool.put(buffer);
  });

  test.each(KINDS)('$name: map, slice and the like give plain arrays of their own memory', (kind) => {
    const array = kind.of(pool).get();
    const copy = array.slice(1, 4);
    expect(Object.getPrototypeOf(copy)).toBe(kind.type.prototype);
    expect(copy.buffer).toBeInstanceOf(ArrayBuffer);
    const mapped = (array as unknown as Float64Array).map((value) => value);
    expect(Object.getPrototypeOf(mapped)).toBe(kind.type.prototype);
    expect(isDeepStrictEqual(mapped, (array as unknown as Float64Array).slice())).toBe(true);
  });

  test.each(KINDS)('$name: sub-arrays are over the same bytes, with the bounds that sub-arrays have', (kind) => {
    const array = kind.of(pool).get();
    const plain = new kind.type(array.length);
    for (const bounds of [[], [3], [3, 7], [-5], [-5, -2], [7, 3], [0, 1e9], [-1e9, 4], [1.7, 3.9]] as const) {
      const [part, expected] = [array.subarray(...bounds), plain.subarray(...bounds)];
      expect([part.length, part.byteOffset - array.byteOffset], String(bounds)).toEqual([
        expected.length,
        expected.byteOffset,
      ]);
      const [inner, innerExpected] = [part.subarray(1), expected.subarray(1)];
      expect([inner.length, inner.byteOffset - array.byteOffset]).toEqual([
        innerExpected.length,
        innerExpected.byteOffset,
      ]);
      expect(part).toBeInstanceOf(kind.type);
      expect(part.constructor).toBe(kind.type);
    }
  });

  test.each(KINDS)('$name: turning the array or a part of it into a string is refused', (kind) => {
    const array = kind.of(pool).get(2);
    for (const one of [array, array.subarray(1), array.subarray(1).subarray(1)]) {
      const refusal = { code: 'ERR_SYNCPOOL_SHARED_MEMORY', type: TypeError, names: ['slice'] } as const;
      expectRefusal(runtime, [pool], () => `${one as unknown as string}`, refusal);
      expect(one.toString()).toBe(one.slice().toString());
      expect(Number(one)).toBeNaN();
    }
  });

  test('there is one array for each block and kind, however often it is leased', () => {
    const typed = KINDS.map((kind) => kind.of(pool));
    const leaseAll = () =>
      typed.map((one) => {
        const arrays = Array.from({ length: 16 }, () => one.get());
        for (const array of arrays) one.put(array);
        return new Set<Pooled>(arrays);
      });
    const first = leaseAll();
    expect(first.map((arrays) => arrays.size)).toEqual(typed.map(() => 16));
    for (let round = 0; round < 3; round++) expect(leaseAll()).toEqual(first);
    for (const [i, arrays] of leaseAll().entries()) for (const array of arrays) expect(first[i]?.has(array)).toBe(true);
    expect(pool.as(Float64Array)).toBe(pool.as(Float64Array));
  });

  test('a length is served by the smallest size whose bytes hold it', () => {
    const several = runtime.pool('several', { sizes: [300, 4 * KiB, 64 * KiB], maxBytes: MiB });
    const floats = several.as(Float64Array);
    expect(floats.lengths).toEqual([37, 512, 8192]);
    for (const [length, served] of [
      [1, 37],
      [37, 37],
      [38, 512],
      [512, 512],
      [513, 8192],
      [8192, 8192],
    ] as const) {
      const array = floats.get(length);
      expect(array.length).toBe(served);
      floats.put(array);
    }
    expectRefusal(runtime, [several], () => floats.get(), {
      code: 'ERR_SYNCPOOL_INVALID_SIZE',
      type: RangeError,
      names: ['300, 4096, 65536', '"several"'],
    });
  });

  test.each([0, -1, 1.5, 126, 2 ** 32 + 1, Number.POSITIVE_INFINITY])('a length of %s is refused', (length) => {
    const floats = pool.as(Float64Array);
    const refusal = {
      code: 'ERR_SYNCPOOL_INVALID_SIZE',
      type: RangeError,
      names: ['length', '125', String(length)],
    } as const;
    expectRefusal(runtime, [pool], () => floats.get(length), refusal);
    expectRefusal(runtime, [pool], () => floats.acquireSync(length), refusal);
    expectRefusal(runtime, [pool], () => floats.withArray(length, () => 0), refusal);
  });

  test('a length must be a number', async () => {
    const floats = pool.as(Float64Array);
    for (const length of ['10', null, {}, 5n]) {
      const refusal = { code: 'ERR_SYNCPOOL_INVALID_SIZE', type: TypeError, names: ['number of elements'] } as const;
      expectRefusal(runtime, [pool], () => floats.get(length as number), refusal);
      const error = await floats.acquire(length as number).catch((reason: unknown) => reason);
      expectError(error, refusal);
    }
  });

  test('only the constructors of kinds are taken', () => {
    class Mine extends Float64Array {}
    class Measured extends Float64Array {}
    Object.defineProperty(Measured, 'BYTES_PER_ELEMENT', { value: 8 });
    const abstract = Object.getPrototypeOf(Uint8Array) as typeof Uint8Array;
    class Odd extends abstract {}
    for (const type of [Mine, Measured, Odd, abstract, Buffer, DataView, Array, 'Float64Array', {}, undefined]) {
      const refusal = { code: 'ERR_SYNCPOOL_INVALID_OPTION', type: TypeError, names: ['Float64Array'] } as const;
      expectRefusal(runtime, [pool], () => pool.as(type as Float64ArrayConstructor), refusal);
    }
  });

  test('a pool`s buffers and its arrays are the same blocks', () => {
    const blocks: (PooledBuffer | Pooled)[] = [];
    const offsets = new Set<number>();
    for (let i = 0; i < 16; i++) {
      const block = i % 2 === 0 ? pool.get() : (KINDS[i % KINDS.length] as (typeof KINDS)[number]).of(pool).get();
      blocks.push(block);
      offsets.add(block.byteOffset);
    }
    expect(offsets.size).toBe(16);
    expect(() => pool.as(Int8Array).get()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED' }));
    for (const block of blocks) block[Symbol.dispose]();
    expect(pool.stats().totals).toMatchObject({ leased: 0, gets: 16, puts: 16 });
  });
});
