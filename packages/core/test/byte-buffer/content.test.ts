// ByteBuffer: what is written is what is there, as a Buffer would have it, while the content passes from block to block.

import { Writable } from 'node:stream';
import { type BufferPool, ByteBuffer, KiB, MiB, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BACKENDS, makeRuntime } from '../support/crew.ts';
import { pattern } from '../support/pattern.ts';

const SIZES = [256, 1 * KiB, 4 * KiB];

/** Strings that encoders get wrong: no character, every length in UTF-8, pairs, and halves of pairs. */
const TEXTS = [
  '',
  'a',
  'plain ASCII, sixteen',
  'Zoë, Ÿ, ÿ',
  '日本語',
  '🐟 and 🦈',
  '\ud83d',
  '\udc1f',
  'a\ud83d',
  '\udc1f\ud83d\udc1f\ud83d',
  'nul \0 nul',
  'é'.repeat(1000),
  '🐟'.repeat(300),
  `${'x'.repeat(255)}é`,
  'x'.repeat(20_000),
  '語'.repeat(5_000),
];

const ENCODINGS = [
  'utf8',
  'utf-8',
  'latin1',
  'binary',
  'ascii',
  'hex',
  'base64',
  'base64url',
  'utf16le',
  'ucs2',
] as const;

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  let pool: BufferPool;

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 2 * MiB, maxProcessors: 2, maxClasses: 24 });
    pool = runtime.pool('bytes', { sizes: SIZES, maxBytes: MiB });
  });
  afterEach(() => {
    const { leased, gets, puts } = pool.stats().totals;
    expect({ leased, puts }).toEqual({ leased: 0, puts: gets });
    expect(runtime.audit().unaccounted).toBe(0);
    runtime.close();
  });

  test('takes no block before the first byte, and the smallest that fits then', () => {
    const into = new ByteBuffer(pool);
    expect([into.length, into.capacity, into.toString()]).toEqual([0, 0, '']);
    expect(into.bytes()).toHaveLength(0);
    expect(into.write('')).toBe(0);
    expect(into.write(new Uint8Array(0))).toBe(0);
    expect(pool.stats().totals.gets).toBe(0);
    into.writeUInt8(7);
    expect([into.length, into.capacity]).toEqual([1, 256]);
    into[Symbol.dispose]();
    into[Symbol.dispose]();
    expect([into.length, into.capacity]).toEqual([0, 0]);
  });

  test('begins with the class of what is expected, which may be more than the largest', () => {
    for (const [expected, capacity] of [
      [1, 256],
      [257, 1 * KiB],
      [4 * KiB, 4 * KiB],
      [100 * KiB, 4 * KiB],
    ] as const) {
      const into = new ByteBuffer(pool, expected);
      into.write('x');
      expect(into.capacity).toBe(capacity);
      into[Symbol.dispose]();
    }
  });

  test('numbers are as Buffer writes them', () => {
    const into = new ByteBuffer(pool);
    const model = Buffer.alloc(64);
    const numbers: [name: string, values: readonly (number | bigint)[]][] = [
      ['UInt8', [0, 1, 0xff]],
      ['Int8', [0, -1, 0x7f, -0x80]],
      ...(['LE', 'BE'] as const).flatMap((order): [string, readonly (number | bigint)[]][] => [
        [`UInt16${order}`, [0, 0x1234, 0xffff]],
        [`Int16${order}`, [-1, 0x1234, 0x7fff, -0x8000]],
        [`UInt32${order}`, [0, 0x12345678, 0xfedcba98, 0xffffffff]],
        [`Int32${order}`, [-1, 0x12345678, 0x7fffffff, -0x80000000]],
        [`Float${order}`, [0, -0, 1.1, 1e300, Number.NaN, Number.POSITIVE_INFINITY]],
        [`Double${order}`, [0, -0, 1.1, 1e300, Number.NaN, Number.NEGATIVE_INFINITY, Number.MIN_VALUE]],
        [`BigUInt64${order}`, [0n, 0x0123456789abcdefn, 2n ** 64n - 1n]],
        [`BigInt64${order}`, [-1n, 0x0123456789abcdefn, 2n ** 63n - 1n, -(2n ** 63n)]],
      ]),
    ];
    for (const [name, values] of numbers) {
      for (const value of values) {
        const method = `write${name}` as 'writeDoubleLE';
        const width = model[method](value as number, 0);
        const before = into.length;
        expect(into[method](value as number), name).toBe(before + width);
        expect(into.bytes().subarray(before).toString('hex'), `${name}(${value})`).toBe(
          model.toString('hex', 0, width),
        );
      }
    }
    expect(into.length).toBeGreaterThan(256);
    into[Symbol.dispose]();
  });

  test.each(ENCODINGS)('strings are as Buffer.from encodes them (%s)', (encoding) => {
    const texts = [...TEXTS, 'cafe', 'c0ffee', 'not hex', 'YWJj', 'YW Jj\n', 'YWI=', '-_-_'];
    for (const text of texts) {
      const wanted = Buffer.from(text, encoding);
      for (const at of [0, 1, 250, 1020, 4090, 4096, 9000]) {
        const into = new ByteBuffer(pool);
        into.write(pattern(at));
        expect(into.write(text, encoding)).toBe(wanted.length);
        expect(into.bytes().equals(Buffer.concat([pattern(at), wanted])), `${text.slice(0, 20)} at ${at}`).toBe(true);
        into[Symbol.dispose]();
      }
    }
  });

  test('content grows from class to class and on beyond the largest, the same at each step', () => {
    const into = new ByteBuffer(pool);
    const wanted = pattern(20_000);
    const capacities = new Set<number>();
    for (let at = 0; at < wanted.length; at += 100) {
      into.write(wanted.subarray(at, at + 100));
      expect(into.length).toBe(at + 100);
      capacities.add(into.capacity);
      if (at % 1000 === 0) expect(into.bytes().equals(wanted.subarray(0, at + 100))).toBe(true);
    }
    expect([...capacities]).toEqual([256, 1024, 4096, 8192, 12288, 16384, 20480]);
    expect(into.bytes().equals(wanted)).toBe(true);
    expect(into.toString('hex')).toBe(wanted.toString('hex'));
    into[Symbol.dispose]();
  });

  test('a number that does not fit the end of the largest block goes to the next one whole', () => {
    const into = new ByteBuffer(pool);
    into.write(pattern(4093));
    into.writeDoubleLE(Math.PI);
    into.write('after');
    const number = Buffer.alloc(8);
    number.writeDoubleLE(Math.PI);
    expect(into.length).toBe(4093 + 8 + 5);
    expect(into.bytes().equals(Buffer.concat([pattern(4093), number, Buffer.from('after')]))).toBe(true);
    into[Symbol.dispose]();
  });

  test('of classes that lie close together some are left out, so that no content is copied more than once over', () => {
    const sizes = Array.from({ length: 16 }, (_, i) => 256 * (i + 1));
    const close = runtime.pool('close', { sizes, maxBytes: 512 * KiB });
    const into = new ByteBuffer(close);
    const capacities = new Set<number>();
    for (let at = 0; at < 4000; at += 100) {
      into.write(pattern(100));
      capacities.add(into.capacity);
    }
    expect([...capacities]).toEqual([256, 512, 1024, 2048, 4096]);
    into[Symbol.dispose]();
    expect(close.stats().totals.leased).toBe(0);
  });

  test('bytes is the memory itself up to the largest class, and a copy beyond', () => {
    const into = new ByteBuffer(pool);
    into.write(pattern(4 * KiB));
    const own = into.bytes();
    own[0] = 1;
    expect(into.bytes()[0]).toBe(1);
    expect(own.buffer).toBe(into.bytes().buffer);
    into.writeUInt8(0);
    const copy = into.bytes();
    copy[0] = 2;
    expect(into.bytes()[0]).toBe(1);
    for (const bytes of [own, copy]) {
      expect(Buffer.isBuffer(bytes)).toBe(true);
      expect(bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(() => String(bytes)).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_SHARED_MEMORY' }));
    }
    into[Symbol.dispose]();
  });

  test('its own bytes can be added to it, also while it grows', () => {
    const into = new ByteBuffer(pool);
    into.write(pattern(100));
    let wanted: Buffer = pattern(100);
    for (let i = 0; i < 8; i++) {
      into.write(into.bytes());
      wanted = Buffer.concat([wanted, wanted]);
    }
    expect(into.length).toBe(25_600);
    expect(into.bytes().equals(wanted)).toBe(true);
    into[Symbol.dispose]();
  });

  test('other views of bytes are taken for the part that they are', () => {
    const into = new ByteBuffer(pool);
    const memory = pattern(100);
    into.write(new Uint8Array(memory.buffer, memory.byteOffset + 10, 20));
    const pooled = pool.get(256);
    pooled.set(pattern(256));
    into.write(pooled.subarray(30, 40));
    into.write(new Uint8Array(new SharedArrayBuffer(8)));
    expect(
      into.bytes().equals(Buffer.concat([memory.subarray(10, 30), pattern(40).subarray(30), Buffer.alloc(8)])),
    ).toBe(true);
    pool.put(pooled);
    into[Symbol.dispose]();
  });

  test('reset keeps the newest block, gives the others back, and what is written next begins at 0', () => {
    const into = new ByteBuffer(pool);
    into.reset();
    into.write(pattern(10_000));
    expect(pool.stats().totals.leased).toBe(3);
    into.reset();
    expect([into.length, into.capacity, into.bytes().length]).toEqual([0, 4096, 0]);
    expect(pool.stats().totals.leased).toBe(1);
    const { gets } = pool.stats().totals;
    into.write('again');
    expect(into.toString()).toBe('again');
    expect(pool.stats().totals.gets).toBe(gets);
    into[Symbol.dispose]();
  });

  test('as many blocks as there are, at one write, and given back while a stream reads them', async () => {
    const blocks = 2 ** 18;
    const large = makeRuntime(kernel, { maxBytes: 80 * MiB, maxProcessors: 2 });
    const small = large.pool('small', { blockSize: 256, maxBytes: 256 * blocks });
    const into = new ByteBuffer(small);
    into.write(pattern(1000));
    expect(into.write(Buffer.alloc(256 * (blocks - 4), 7))).toBe(256 * (blocks - 4));
    expect(into.length).toBe(1000 + 256 * (blocks - 4));
    expect(into.bytes().subarray(0, 1000).equals(pattern(1000))).toBe(true);
    const written = into.writeTo(new Writable({ write: (_chunk, _encoding, done) => done() }));
    into[Symbol.dispose]();
    expect(small.stats().totals.leased).toBe(blocks);
    await written;
    expect(small.stats().totals.leased).toBe(0);
    large.close();
  });

  test('a pool of one class, one that serves from the heap and one that watches its leases do too', () => {
    const pools = [
      runtime.pool('one', { blockSize: 300, maxBytes: 64 * KiB }),
      runtime.pool('heap', { blockSize: 256, maxBytes: 256, onExhausted: 'heap' }),
    ];
    for (const other of pools) {
      const into = new ByteBuffer(other);
      for (let i = 0; i < 700; i++) into.writeUInt16BE(i);
      expect(into.bytes().readUInt16BE(2 * 699)).toBe(699);
      into.write(pattern(2000));
      expect(into.bytes().subarray(1400).equals(pattern(2000))).toBe(true);
      into[Symbol.dispose]();
      expect(other.stats().totals.leased).toBe(0);
    }
    const watching = makeRuntime(kernel, { maxBytes: 2 * MiB, maxProcessors: 2 });
    const watched = watching.pool('watched', { sizes: SIZES, maxBytes: MiB, debug: true });
    const into = new ByteBuffer(watched);
    into.write(pattern(9_000));
    expect(into.bytes().equals(pattern(9_000))).toBe(true);
    into[Symbol.dispose]();
    expect(watched.stats().totals).toMatchObject({ leased: 0, writesAfterPut: 0 });
    watching.close();
  });
});
