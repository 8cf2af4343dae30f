// What a user may do wrong with buffers, messages and sizes: each is refused by code, and changes nothing.

import { KiB, MiB, type BufferPool, type Message, type PooledBuffer, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { announceSeed, Xorshift } from './support/prng.ts';
import { expectRefusal, type Refusal } from './support/refusal.ts';

const FOREIGN: Refusal = { code: 'ERR_SYNCPOOL_FOREIGN_BUFFER', names: ['"bodies"'] };
const DOUBLE_PUT: Refusal = { code: 'ERR_SYNCPOOL_DOUBLE_PUT', names: ['put before', '"bodies"'] };
const NOT_HELD: Refusal = { code: 'ERR_SYNCPOOL_NOT_HELD', names: ['detached', '"bodies"'] };
const seed = announceSeed('misuse');

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  let bodies: BufferPool;
  let several: BufferPool;
  const refuses = (what: () => unknown, refusal: Refusal) => expectRefusal(runtime, [bodies, several], what, refusal);

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 2 * MiB, maxProcessors: 2, maxClasses: 4 });
    bodies = runtime.pool('bodies', { blockSize: 4 * KiB, maxBytes: 64 * KiB });
    several = runtime.pool('several', { sizes: [1 * KiB, 8 * KiB], maxBytes: 64 * KiB });
  });
  afterEach(() => runtime.close());

  /** All 16 blocks can still be had, and no 17th. */
  function expectWhole(): void {
    const leased = Array.from({ length: 16 }, () => bodies.get());
    expect(new Set(leased.map((buffer) => buffer.byteOffset)).size).toBe(16);
    expect(() => bodies.get()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED' }));
    for (const buffer of leased) bodies.put(buffer);
  }

  test('a second put is refused', () => {
    const buffer = bodies.get();
    bodies.put(buffer);
    refuses(() => bodies.put(buffer), DOUBLE_PUT);
    refuses(() => bodies.detach(buffer), DOUBLE_PUT);
    buffer[Symbol.dispose]();
    refuses(() => bodies.put(buffer), DOUBLE_PUT);
    expectWhole();
  });

  test('a detached buffer is nobody’s to put or detach, and disposing of it does nothing', () => {
    const buffer = bodies.get();
    const message = bodies.detach(buffer, 7);
    refuses(() => bodies.put(buffer), NOT_HELD);
    refuses(() => bodies.detach(buffer), NOT_HELD);
    const before = bodies.stats();
    buffer[Symbol.dispose]();
    expect(bodies.stats()).toEqual(before);
    const adopted = bodies.adopt(message);
    expect(adopted.usedLength).toBe(7);
    bodies.put(adopted);
    expectWhole();
  });

  test('only the very object that get returned can be put or detached', () => {
    const buffer = bodies.get();
    const other = several.get(8 * KiB);
    const strangers: [string, unknown][] = [
      ['a clone', structuredClone(buffer)],
      ['a sub-array', buffer.subarray(0, 100)],
      ['a slice', buffer.slice()],
      ['a view of the same memory', new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)],
      ['a Buffer of another’s memory', Buffer.alloc(4 * KiB)],
      ['another pool’s buffer', other],
      ['undefined', undefined],
      ['null', null],
      ['a number', 42],
      ['a string', 'buffer'],
      ['an object', {}],
      ['an object with the prototype', Object.create(Object.getPrototypeOf(buffer))],
      ['a proxy', new Proxy(buffer, {})],
    ];
    for (const [, stranger] of strangers) {
      refuses(() => bodies.put(stranger as PooledBuffer), FOREIGN);
      refuses(() => bodies.detach(stranger as PooledBuffer, 1), FOREIGN);
    }
    refuses(() => several.put(buffer), { code: 'ERR_SYNCPOOL_FOREIGN_BUFFER', names: ['"several"'] });
    several.put(other);
    bodies.put(buffer);
    expectWhole();
  });

  test('putAfter refuses what put refuses, at once, and waits only for promises and streams', async () => {
    const buffer = bodies.get();
    const clone = structuredClone(buffer) as unknown as PooledBuffer;
    await expect(bodies.putAfter(Promise.resolve(), clone)).rejects.toMatchObject({ code: FOREIGN.code });
    await expect(bodies.putAfter(3 as unknown as Promise<void>, buffer)).rejects.toMatchObject({
      code: 'ERR_SYNCPOOL_INVALID_OPTION',
      message: expect.stringContaining('3'),
    });
    bodies.put(buffer);
    expectWhole();
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 4 * KiB + 1, '10', null])(
    'a used length of %s is refused',
    (used) => {
      const buffer = bodies.get();
      const refusal = {
        code: 'ERR_SYNCPOOL_INVALID_OPTION',
        type: RangeError,
        names: ['usedLength', '4096', String(used)],
      } as const;
      refuses(() => bodies.detach(buffer, used as number), refusal);
      bodies.put(buffer);
      expectWhole();
    },
  );

  test('the used length is told to the adopter, and forgotten with the put', () => {
    for (const used of [0, 1, 4 * KiB]) {
      const buffer = bodies.adopt(bodies.detach(bodies.get(), used));
      expect(buffer.usedLength).toBe(used);
      bodies.put(buffer);
      expect(bodies.get().usedLength).toBe(4 * KiB);
      bodies.put(buffer);
    }
  });

  function expectStale(message: unknown, type?: typeof TypeError): void {
    const refusal = { code: 'ERR_SYNCPOOL_STALE_HANDLE', ...(type && { type }) } as const;
    refuses(() => bodies.adopt(message as Message), refusal);
    if (type !== undefined) {
      refuses(() => bodies.tryAdopt(message as Message), refusal);
      refuses(() => bodies.discard(message as Message), refusal);
      return;
    }
    const before = bodies.stats();
    expect(bodies.tryAdopt(message as Message)).toBeUndefined();
    expect(bodies.discard(message as Message)).toBe(false);
    expect(bodies.stats()).toEqual(before);
  }

  test('a message is good once', () => {
    const first = bodies.detach(bodies.get());
    bodies.put(bodies.adopt(first));
    expectStale(first);
    const second = bodies.detach(bodies.get());
    expect(bodies.discard(second)).toBe(true);
    expectStale(second);
    // The same block under a later handle: the earlier ones stay dead.
    const third = bodies.detach(bodies.get());
    expectStale(first);
    expectStale(second);
    expect(bodies.discard(third)).toBe(true);
    expectWhole();
  });

  test('forged handles name nothing', () => {
    const real = bodies.detach(bodies.get()) as number;
    const odd = [
      -1,
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      2 ** 53,
      1e300,
      0,
      -0,
      -real,
      real + 0.5,
    ];
    for (const forged of odd) expectStale(forged);
    for (let bit = 0; bit < 53; bit++) {
      const flipped = Number(BigInt(real) ^ (1n << BigInt(bit)));
      expectStale(flipped);
    }
    const prng = new Xorshift(seed);
    for (let i = 0; i < 2000; i++) {
      const forged = prng.below(2 ** 21) * 2 ** 32 + prng.next();
      if (forged === real) continue;
      expect(bodies.tryAdopt(forged)).toBeUndefined();
      expect(bodies.discard(forged)).toBe(false);
    }
    expect(bodies.discard(real)).toBe(true);
    expectWhole();
  });

  test('what is no message at all is a TypeError', () => {
    for (const wrong of ['7', undefined, null, {}, [], true, 7n, Symbol('x'), Buffer.alloc(8)])
      expectStale(wrong, TypeError);
  });

  test('a handle given to another pool is refused there, and still good at its own', () => {
    const message = bodies.detach(bodies.get(), 3);
    const refusal = { code: 'ERR_SYNCPOOL_POOL_MISMATCH', names: [String(message), '"several"'] } as const;
    refuses(() => several.adopt(message), refusal);
    refuses(() => several.tryAdopt(message), refusal);
    refuses(() => several.discard(message), refusal);
    const foreign = new SharedArrayBuffer(100);
    refuses(() => bodies.adopt(foreign), { code: 'ERR_SYNCPOOL_POOL_MISMATCH', names: ['100'] });
    expect(bodies.adopt(message).usedLength).toBe(3);
  });

  test.each([0, -1, 1.5, 4 * KiB + 1, Number.POSITIVE_INFINITY, 2 ** 32 + 1])('a size of %s is refused', (size) => {
    const refusal = { code: 'ERR_SYNCPOOL_INVALID_SIZE', type: RangeError, names: ['4096', String(size)] } as const;
    refuses(() => bodies.get(size), refusal);
    refuses(() => bodies.withBuffer(size, () => 0), refusal);
    refuses(() => bodies.prewarm(size, 1), refusal);
    refuses(() => bodies.acquireSync(size), refusal);
    expectWhole();
  });

  test('a size must be a number, and may be left out only where there is one', async () => {
    for (const size of ['100', null, {}, 5n]) {
      const refusal = { code: 'ERR_SYNCPOOL_INVALID_SIZE', type: TypeError, names: ['number of bytes'] } as const;
      refuses(() => bodies.get(size as number), refusal);
    }
    const missing = {
      code: 'ERR_SYNCPOOL_INVALID_SIZE',
      type: RangeError,
      names: ['"several"', '1024, 8192'],
    } as const;
    refuses(() => several.get(), missing);
    refuses(() => several.get(Number.NaN), missing);
    refuses(() => several.acquireSync(), missing);
    await expect(several.acquire()).rejects.toMatchObject({ code: missing.code });
    expect(bodies.get()).toHaveLength(4 * KiB);
  });

  test('counts and timeouts out of range are refused', async () => {
    refuses(() => bodies.prewarm(1, 17), {
      code: 'ERR_SYNCPOOL_INVALID_OPTION',
      type: RangeError,
      names: ['count', '16', '17'],
    });
    refuses(() => bodies.prewarm(1, -1), {
      code: 'ERR_SYNCPOOL_INVALID_OPTION',
      type: RangeError,
      names: ['count', '-1'],
    });
    const timeout = {
      code: 'ERR_SYNCPOOL_INVALID_OPTION',
      type: RangeError,
      names: ['timeoutMs', '2147483647'],
    } as const;
    for (const timeoutMs of [-1, 0.5, Number.NaN, 2 ** 31]) {
      refuses(() => bodies.acquireSync(1, timeoutMs), timeout);
      await expect(bodies.acquire(1, { timeoutMs })).rejects.toMatchObject({ code: timeout.code });
    }
  });
});
