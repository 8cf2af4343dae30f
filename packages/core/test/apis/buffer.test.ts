// A pooled buffer is a Buffer: every method does to a block, and to a part of one, what it does to a Buffer of its own memory.

import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pattern } from '../support/pattern.ts';
import { blank, filledPart, PART_AT, pool } from './pooled.ts';
import type { PooledBuffer } from '@syncpool/core';

const LENGTH = 600;
const OTHER = pattern(40, 9);

/** What only looks. */
const READS: [string, (b: Buffer) => unknown][] = [
  ['isBuffer', (b) => Buffer.isBuffer(b)],
  ['length', (b) => b.length],
  ['equals', (b) => [b.equals(pattern(LENGTH)), pattern(LENGTH).equals(b), b.equals(OTHER)]],
  [
    'compare',
    (b) => [b.compare(OTHER), OTHER.compare(b), b.compare(pattern(LENGTH), 3, 50, 4, 51), Buffer.compare(b, OTHER)],
  ],
  ['concat', (b) => [...Buffer.concat([b, OTHER, b.subarray(5, 9)])]],
  [
    'indexOf',
    (b) => [b.indexOf(7), b.indexOf(b.subarray(99, 120)), b.indexOf('\x41\x40', 0, 'latin1'), b.indexOf(OTHER)],
  ],
  ['lastIndexOf', (b) => [b.lastIndexOf(7), b.lastIndexOf(b.subarray(99, 120)), b.lastIndexOf(7, -300)]],
  ['includes', (b) => [b.includes(7), b.includes(OTHER), b.includes(b.subarray(50))]],
  ...(['utf8', 'utf16le', 'latin1', 'ascii', 'base64', 'base64url', 'hex', 'binary', 'ucs2'] as const).map(
    (encoding): [string, (b: Buffer) => unknown] => [
      `toString ${encoding}`,
      (b) => [b.toString(encoding), b.toString(encoding, 3, 40), b.toString(encoding, -1, 1e9)],
    ],
  ),
  ['toString', (b) => [b.toString(), `${b.toString()}`, b.toLocaleString()]],
  ['toJSON', (b) => [b.toJSON(), JSON.stringify(b)]],
  ['readUInt8', (b) => [b.readUInt8(), b.readUint8(9), b.readInt8(9)]],
  ['readInt16', (b) => [b.readInt16LE(1), b.readInt16BE(1), b.readUInt16LE(1), b.readUInt16BE(1)]],
  ['readInt32', (b) => [b.readInt32LE(1), b.readInt32BE(1), b.readUInt32LE(1), b.readUInt32BE(1)]],
  ['readBigInt64', (b) => [b.readBigInt64LE(1), b.readBigInt64BE(1), b.readBigUInt64LE(1), b.readBigUInt64BE(1)]],
  ['readFloat', (b) => [b.readFloatLE(1), b.readFloatBE(1), b.readDoubleLE(1), b.readDoubleBE(1)]],
  ['readIntLE', (b) => [b.readIntLE(1, 6), b.readIntBE(1, 5), b.readUIntLE(1, 3), b.readUIntBE(1, 6)]],
  ['iteration', (b) => [[...b], [...b.keys()], [...b.entries()], [...b.values()]]],
  ['at', (b) => [b.at(-1), b.at(3), b.at(1e9)]],
  ['map', (b) => [...b.map((byte) => byte ^ 1)]],
  ['filter', (b) => [...b.filter((byte) => byte > 9)]],
  ['reduce', (b) => b.reduce((sum, byte) => sum + byte, 0)],
  ['join', (b) => b.join('-')],
  ['toSorted', (b) => [...b.toSorted()]],
  ['DataView', (b) => new DataView(b.buffer, b.byteOffset, b.length).getUint32(3)],
];

/** What changes the bytes; the bytes are compared as well as what is returned. */
const WRITES: [string, (b: Buffer) => unknown][] = [
  ['copy to it', (b) => [OTHER.copy(b, 5), OTHER.copy(b, 9, 3, 7), OTHER.copy(b, b.length - 3)]],
  ['copy within it', (b) => b.copy(b, 5, 0, 100)],
  ['copy from it', (b) => [b.copy(OTHER.subarray(0, 0)), b.copy(Buffer.alloc(9), 1, 2, 5)]],
  ['set', (b) => b.set(OTHER, 17)],
  ['copyWithin', (b) => b.copyWithin(3, 50, 90).length],
  ['fill', (b) => b.fill(7, 3, 9).fill('ab', 20, 31).fill(OTHER, 40, 200).fill('cafe', 300, 305, 'hex').length],
  ['write', (b) => [b.write('xyz'), b.write('ünïcödé', 9), b.write('ffee', 30, 'hex'), b.write('漢字', 50, 4, 'utf8')]],
  ['write beyond', (b) => [b.write('abcdef', b.length - 3), b.write('AAECAw==', 60, 'base64')]],
  ['writeInt8', (b) => [b.writeInt8(-5), b.writeUInt8(250, 7)]],
  ['writeInt16', (b) => [b.writeInt16LE(-5, 1), b.writeInt16BE(-5, 4), b.writeUInt16LE(9, 7), b.writeUInt16BE(9, 10)]],
  ['writeInt32', (b) => [b.writeInt32LE(-5, 1), b.writeInt32BE(-5, 6), b.writeUInt32LE(9, 11), b.writeUInt32BE(9, 17)]],
  ['writeBigInt64', (b) => [b.writeBigInt64LE(-5n, 1), b.writeBigUInt64BE(2n ** 63n, 9)]],
  ['writeDouble', (b) => [b.writeDoubleLE(Math.PI, 1), b.writeDoubleBE(-0.1, 9), b.writeFloatLE(0.5, 17)]],
  ['writeIntLE', (b) => [b.writeIntLE(-5, 1, 6), b.writeUIntBE(5, 7, 3)]],
  ['swap', (b) => [b.swap16().length, b.swap32().length, b.swap64().length]],
  ['reverse and sort', (b) => [b.subarray(0, 90).reverse().length, b.subarray(90, 300).sort().length]],
  ['write through a part', (b) => b.subarray(10, 20).fill(1).slice(2, 4).fill(2).length],
];

/** What throws. */
const MISUSES: [string, (b: Buffer) => unknown][] = [
  ['a read beyond the end', (b) => b.readUInt32LE(b.length - 3)],
  ['a write beyond the end', (b) => b.writeDoubleBE(1, b.length)],
  ['a value that does not fit', (b) => b.writeUInt8(256, 0)],
  ['an unknown encoding', (b) => b.toString('nonsense' as 'utf8')],
  ['a swap of an odd length', (b) => b.subarray(1, 4).swap16()],
  ['a set that does not fit', (b) => b.set(OTHER, b.length - 1)],
];

/** Name, code and message of what `f` throws. */
function thrownBy(f: () => unknown): unknown {
  try {
    return ['returned', f()];
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    return { name, code, message };
  }
}

let whole: PooledBuffer;
let part: Buffer<SharedArrayBuffer>;
beforeEach(() => {
  ({ whole, part } = filledPart(LENGTH));
});
afterEach(() => pool.put(whole));

test.each(READS)('%s', (_, read) => {
  expect(read(part)).toEqual(read(pattern(LENGTH)));
  whole.set(pattern(LENGTH));
  expect(read(whole)).toEqual(read(Buffer.concat([pattern(LENGTH), whole.subarray(LENGTH)])));
});

test.each(WRITES)('%s', (_, write) => {
  const plain = pattern(LENGTH);
  expect(write(part)).toEqual(write(plain));
  expect([...part]).toEqual([...plain]);
  expect(whole.subarray(0, PART_AT).every((byte) => byte === 0xee)).toBe(true);
  expect(whole.subarray(PART_AT + LENGTH).every((byte) => byte === 0xee)).toBe(true);
});

test.each(MISUSES)('%s throws as a Buffer does', (_, misuse) => {
  const thrown = thrownBy(() => misuse(part));
  expect(thrown).toEqual(thrownBy(() => misuse(pattern(LENGTH))));
  expect(thrown).toHaveProperty('name');
});

describe('subarray and slice', () => {
  const BOUNDS = [
    undefined,
    null,
    Number.NaN,
    0,
    -0,
    1,
    3,
    2.7,
    -1,
    -0.5,
    -2.7,
    -3,
    599,
    600,
    601,
    1e9,
    -600,
    -601,
    -1e9,
  ];
  const ODD = [...BOUNDS, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '3', '-3', 'x', true, {}] as number[];

  test.each(['subarray', 'slice'] as const)('%s clamps each pair of bounds as a Buffer does', (method) => {
    const plain = pattern(LENGTH);
    for (const start of ODD) {
      for (const end of ODD) {
        const [got, wanted] = [part[method](start, end), plain[method](start, end)];
        const bounds = `${method}(${String(start)}, ${String(end)})`;
        expect([bounds, got.length], bounds).toEqual([bounds, wanted.length]);
        if (wanted.length > 0)
          expect(got.byteOffset - part.byteOffset, bounds).toBe(wanted.byteOffset - plain.byteOffset);
      }
    }
  });

  test.each(['subarray', 'slice'] as const)('%s gives the same memory, as a Buffer, also of a part', (method) => {
    const inner = part[method](10, 20)[method](3);
    expect(Buffer.isBuffer(inner)).toBe(true);
    expect(inner.buffer).toBe(part.buffer);
    inner[0] = 99;
    expect(whole[PART_AT + 13]).toBe(99);
  });
});

test('map and filter give Buffers of their own memory, without a warning', async () => {
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.message);
  process.on('warning', note);
  const made: Uint8Array[] = [];
  // From the event loop: below a frame of node_modules, such as the test runner's, Node does not warn.
  setImmediate(() =>
    made.push(
      part.map((byte) => byte),
      whole.filter((byte) => byte > 9),
    ),
  );
  // A warning is emitted in the tick after its cause.
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  process.off('warning', note);
  expect(made.map((one) => Buffer.isBuffer(one) && !(one.buffer instanceof SharedArrayBuffer))).toEqual([true, true]);
  expect(warnings).toEqual([]);
});

test('inspect shows the bytes as it shows those of a Buffer', () => {
  const bytes = (shown: string) => shown.slice(shown.indexOf(' '));
  expect(bytes(inspect(part))).toBe(bytes(inspect(pattern(LENGTH))));
  expect(bytes(inspect(blank(4096).subarray(0, 3)))).toBe(' ee ee ee>');
});
