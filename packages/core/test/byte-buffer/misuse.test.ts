// What a user may do wrong with a ByteBuffer, and what happens when the pool has no block: each is refused by code, and changes nothing.

import { type BufferPool, ByteBuffer, KiB, MiB, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BACKENDS, makeRuntime } from '../support/crew.ts';
import { pattern } from '../support/pattern.ts';
import { expectError, expectRefusal, expectThrow, type Refusal } from '../support/refusal.ts';

const NUMBERS = ['UInt8', 'Int8'].concat(
  ['UInt16', 'Int16', 'UInt32', 'Int32', 'Float', 'Double', 'BigUInt64', 'BigInt64'].flatMap((name) => [
    `${name}LE`,
    `${name}BE`,
  ]),
);
const INVALID = 'ERR_SYNCPOOL_INVALID_OPTION';

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  let pool: BufferPool;
  let into: ByteBuffer;
  const refuses = (what: () => unknown, refusal: Refusal) => expectRefusal(runtime, [pool], what, refusal);

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 2 * MiB, maxProcessors: 2, maxClasses: 4 });
    pool = runtime.pool('bytes', { sizes: [256, 1 * KiB, 4 * KiB], maxBytes: 16 * KiB });
    into = new ByteBuffer(pool);
    into.write('before');
  });
  afterEach(() => {
    into[Symbol.dispose]();
    expect(pool.stats().totals.leased).toBe(0);
    expect(runtime.audit().unaccounted).toBe(0);
    runtime.close();
  });

  function expectBefore(): void {
    expect([into.toString(), into.length, into.capacity]).toEqual(['before', 6, 256]);
  }

  test('values of another type or out of range are refused, with the range', () => {
    const wrong: [name: string, value: unknown, type: typeof TypeError | typeof RangeError, range: string][] = [
      ...['1', undefined, null, 1n, {}].flatMap((value): (typeof wrong)[number][] => [
        ['UInt32LE', value, TypeError, '0 to 4294967295'],
        ['DoubleBE', value, TypeError, 'a number'],
        ['FloatLE', value, TypeError, 'a number'],
      ]),
      ['UInt8', 256, RangeError, '0 to 255'],
      ['UInt8', -1, RangeError, '0 to 255'],
      ['UInt8', 1.5, RangeError, '0 to 255'],
      ['Int8', 128, RangeError, '-128 to 127'],
      ['Int8', Number.NaN, RangeError, '-128 to 127'],
      ['UInt16LE', 65_536, RangeError, '0 to 65535'],
      ['UInt16BE', -1, RangeError, '0 to 65535'],
      ['Int16LE', 32_768, RangeError, '-32768 to 32767'],
      ['Int16BE', -32_769, RangeError, '-32768 to 32767'],
      ['UInt32BE', 2 ** 32, RangeError, '0 to 4294967295'],
      ['UInt32LE', -1, RangeError, '0 to 4294967295'],
      ['Int32LE', 2 ** 31, RangeError, '-2147483648 to 2147483647'],
      ['Int32BE', Number.POSITIVE_INFINITY, RangeError, '-2147483648 to 2147483647'],
      ['BigUInt64LE', -1n, RangeError, '0 to 18446744073709551615'],
      ['BigUInt64BE', 2n ** 64n, RangeError, '0 to 18446744073709551615'],
      ['BigUInt64BE', 1, TypeError, 'a bigint'],
      ['BigInt64LE', 2n ** 63n, RangeError, '-9223372036854775808 to 9223372036854775807'],
      ['BigInt64BE', -(2n ** 63n) - 1n, RangeError, '-9223372036854775808 to'],
    ];
    for (const [name, value, type, range] of wrong) {
      const write = into[`write${name}` as 'writeUInt8'].bind(into) as (value: unknown) => number;
      refuses(() => write(value), { code: INVALID, type, names: ['value', range] });
    }
    expectBefore();
  });

  test('content and encodings that are none are refused, and options too', () => {
    const write = into.write.bind(into) as (content: unknown, encoding?: unknown) => number;
    for (const content of [
      undefined,
      null,
      1,
      {},
      [1],
      new ArrayBuffer(1),
      new Uint16Array(1),
      new DataView(new ArrayBuffer(1)),
    ]) {
      refuses(() => write(content), { code: INVALID, type: TypeError, names: ['bytes', 'Uint8Array'] });
    }
    for (const encoding of ['utf9', 1, null, {}]) {
      refuses(() => write('x', encoding), { code: INVALID, type: TypeError, names: ['encoding'] });
      refuses(() => into.toString(encoding as 'utf8'), { code: INVALID, type: TypeError, names: ['encoding'] });
    }
    for (const wrong of [undefined, null, 1, {}, runtime, new Map()]) {
      refuses(() => new ByteBuffer(wrong as never), { code: INVALID, type: TypeError, names: ['pool'] });
    }
    for (const size of [-1, 1.5, Number.NaN]) {
      refuses(() => new ByteBuffer(pool, size), {
        code: INVALID,
        type: RangeError,
        names: ['initialSize', String(size)],
      });
    }
    refuses(() => new ByteBuffer(pool, '1' as never), { code: INVALID, type: TypeError, names: ['initialSize'] });
    expectBefore();
  });

  test('it is not to be turned into text by what takes anything for text', () => {
    expectThrow(() => String(Object(into)[Symbol.toPrimitive]('string')), {
      code: 'ERR_SYNCPOOL_SHARED_MEMORY',
      type: TypeError,
    });
    expectThrow(() => `${into as unknown as string}`, { code: 'ERR_SYNCPOOL_SHARED_MEMORY', type: TypeError });
    expect(into[Symbol.toPrimitive]('default')).toBe('before');
    expect(Number(into)).toBeNaN();
    expectBefore();
  });

  /** Everything that may not be done after the end. */
  function calls(): [what: string, call: () => unknown][] {
    return [
      ...NUMBERS.map((name): [string, () => unknown] => [
        name,
        () => into[`write${name}` as 'writeUInt8']((name.startsWith('Big') ? 1n : 1) as number),
      ]),
      ['write', () => into.write('x')],
      ['write bytes', () => into.write(new Uint8Array(1))],
      ['write nothing', () => into.write('')],
      ['write no bytes', () => into.write(new Uint8Array(0))],
      ['write hex', () => into.write('ff', 'hex')],
      ['bytes', () => into.bytes()],
      ['toString', () => into.toString()],
      ['reset', () => into.reset()],
      ['detach', () => into.detach()],
      ['detachAll', () => into.detachAll()],
      ['toWritable', () => into.toWritable()],
    ];
  }

  test('nothing can be done with it after dispose', async () => {
    into[Symbol.dispose]();
    const ended: Refusal = { code: 'ERR_SYNCPOOL_NOT_HELD', names: ['disposed of', '"bytes"'] };
    for (const [, call] of calls()) refuses(call, ended);
    expectError(await into.readFrom(['x']).catch((error: unknown) => error), ended);
    expectError(await into.writeTo(process.stdout).catch((error: unknown) => error), ended);
    expect([into.length, into.capacity]).toEqual([0, 0]);
  });

  test('nothing can be done with it after detach, and its block is the adopter’s alone', () => {
    const message = into.detach();
    const adopted = pool.adopt(message);
    const ended: Refusal = { code: 'ERR_SYNCPOOL_NOT_HELD', names: ['detached', '"bytes"'] };
    for (const [, call] of calls()) refuses(call, ended);
    into[Symbol.dispose]();
    expect(adopted.toString('utf8', 0, adopted.usedLength)).toBe('before');
    expect([into.length, into.capacity]).toEqual([0, 0]);
    pool.put(adopted);
  });

  test('the part that bytes gives is not to be put', () => {
    refuses(() => pool.put(into.bytes() as never), { code: 'ERR_SYNCPOOL_FOREIGN_BUFFER' });
    expectBefore();
  });

  describe('without a block to be had', () => {
    const taken: { [Symbol.dispose](): void }[] = [];
    afterEach(() => {
      for (const one of taken.splice(0)) one[Symbol.dispose]();
    });

    /** Takes every block, but for so many of the largest size. */
    function takeAll(but = 0): void {
      for (const size of [4 * KiB, 1 * KiB, 256]) {
        try {
          for (;;) taken.push(pool.get(size));
        } catch (error) {
          expectError(error, { code: 'ERR_SYNCPOOL_EXHAUSTED' });
        }
      }
      for (const one of taken.splice(0, but)) one[Symbol.dispose]();
    }

    test('a write that needs one is refused and the content is as it was, whatever kind it is', () => {
      into.write('.'.repeat(249));
      const before = into.toString();
      takeAll();
      const writes: (() => unknown)[] = [
        () => into.write('xy'),
        () => into.write('\u00e9'),
        () => into.write(pattern(1000)),
        () => into.write(pattern(100_000)),
        () => into.write('y'.repeat(100_000)),
        () => into.write('ffff', 'hex'),
        () => into.writeUInt16LE(1),
        () => into.writeDoubleLE(1),
        () => into.writeBigInt64BE(1n),
      ];
      const { leased } = pool.stats().totals;
      for (const write of writes) {
        expectThrow(write, { code: 'ERR_SYNCPOOL_EXHAUSTED', names: ['"bytes"'] });
        expect([into.toString(), into.length, into.capacity]).toEqual([before, 255, 256]);
        expect(pool.stats().totals.leased).toBe(leased);
      }
      into.writeUInt8(0x21);
      expect(into.toString()).toBe(`${before}!`);
    });

    test('a write over several blocks gives back those that it could get', () => {
      const large = new ByteBuffer(pool);
      large.write(pattern(4000));
      takeAll(1);
      const { leased } = pool.stats().totals;
      // One more block can be had, and two are needed.
      for (const content of [pattern(96 + 4097), 'z'.repeat(96 + 4097)]) {
        expectThrow(() => large.write(content), { code: 'ERR_SYNCPOOL_EXHAUSTED' });
        expect(large.bytes().equals(pattern(4000))).toBe(true);
        expect([large.capacity, pool.stats().totals.leased]).toEqual([4 * KiB, leased]);
      }
      large.write(pattern(96 + 4096));
      expect(large.bytes().equals(Buffer.concat([pattern(4000), pattern(96 + 4096)]))).toBe(true);
      large[Symbol.dispose]();
    });

    test('an empty one refuses its first byte, and its detach', () => {
      const empty = new ByteBuffer(pool);
      takeAll();
      expectThrow(() => empty.writeUInt8(1), { code: 'ERR_SYNCPOOL_EXHAUSTED' });
      expectThrow(() => empty.detach(), { code: 'ERR_SYNCPOOL_EXHAUSTED' });
      expect(empty.detachAll()).toEqual([]);
    });
  });

  test('after the runtime has ended a write that needs a block is refused, and dispose is not', () => {
    const other = makeRuntime(kernel, { maxBytes: MiB, maxProcessors: 2 });
    const gone = new ByteBuffer(other.pool('gone', { sizes: [256, 512], maxBytes: 4 * KiB }));
    gone.write(pattern(700));
    other.close();
    expectThrow(() => gone.write(pattern(1000)), { code: 'ERR_SYNCPOOL_CLOSED' });
    expect(gone.bytes().equals(pattern(700))).toBe(true);
    expectThrow(() => gone.detachAll(), { code: 'ERR_SYNCPOOL_CLOSED' });
    gone[Symbol.dispose]();
  });
});
