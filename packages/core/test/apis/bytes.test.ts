// Bytes to bytes: crypto, zlib, text and serialisation give for a block what they give for a Buffer of its own memory.

import * as crypto from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import * as v8 from 'node:v8';
import * as zlib from 'node:zlib';
import { copyOut } from '@syncpool/core';
import { expect, test } from 'vitest';
import { pattern } from '../support/pattern.ts';
import { blank, filled, filledPart, PART_AT, pool } from './pooled.ts';

const LENGTH = 50_000;
const KEY = pattern(32, 7);
const IV = pattern(16, 8);

/** By name: bytes made of bytes. */
const MAPPINGS: [string, (from: Buffer) => Uint8Array | Promise<Uint8Array>][] = [
  ['createHash', (from) => crypto.createHash('sha256').update(from).digest()],
  [
    'createHash in parts',
    (from) => crypto.createHash('sha1').update(from.subarray(0, 9)).update(from.subarray(9)).digest(),
  ],
  ['createHmac', (from) => crypto.createHmac('sha256', from.subarray(0, 20)).update(from).digest()],
  ['createCipheriv', (from) => crypto.createCipheriv('aes-256-ctr', KEY, IV).update(from)],
  [
    'createCipheriv with key and vector',
    (from) => crypto.createCipheriv('aes-256-cbc', from.subarray(0, 32), from.subarray(32, 48)).update(KEY),
  ],
  ['createDecipheriv', (from) => crypto.createDecipheriv('aes-256-ctr', KEY, IV).update(from)],
  ['pbkdf2Sync', (from) => crypto.pbkdf2Sync(from, from, 1, 32, 'sha256')],
  ['scrypt', (from) => promisify<Buffer, Buffer, number, Buffer>(crypto.scrypt)(from, from.subarray(0, 16), 32)],
  ['hkdfSync', (from) => new Uint8Array(crypto.hkdfSync('sha256', from, from.subarray(1), from.subarray(0, 9), 40))],
  ['deflateSync', (from) => zlib.deflateSync(from)],
  ['deflate', (from) => promisify<zlib.InputType, Buffer>(zlib.deflate)(from)],
  ['gunzipSync', (from) => zlib.gunzipSync(packed(from, zlib.gzipSync(from)))],
  ['gunzip', (from) => promisify<zlib.InputType, Buffer>(zlib.gunzip)(packed(from, zlib.gzipSync(from)))],
  ['brotliCompressSync', (from) => zlib.brotliCompressSync(from, QUICK)],
  ['brotliCompress', (from) => promisify(zlib.brotliCompress)(from, QUICK)],
  ['brotliDecompressSync', (from) => zlib.brotliDecompressSync(packed(from, zlib.brotliCompressSync(from, QUICK)))],
  ['a zlib stream', (from) => throughGzip(from)],
  ['v8.serialize', (from) => Uint8Array.from(v8.deserialize(v8.serialize(from)))],
  ['Blob', async (from) => new Uint8Array(await new Blob([from]).arrayBuffer())],
  ['Buffer.from', (from) => Buffer.from(from)],
  ['TextDecoder', (from) => Buffer.from(new TextDecoder('utf-16le').decode(from.subarray(0, 2 * (from.length >> 1))))],
];

const QUICK = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } };

/** `bytes` in the kind of memory that `like` has. */
function packed(like: Buffer, bytes: Buffer): Buffer {
  if (!(like.buffer instanceof SharedArrayBuffer)) return bytes;
  const block = pool.get(bytes.length);
  bytes.copy(block);
  return block.subarray(0, bytes.length);
}

async function throughGzip(from: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await pipeline([from.subarray(0, 9), from.subarray(9)], zlib.createGzip(), async (packedChunks) => {
    for await (const chunk of packedChunks) chunks.push(chunk);
  });
  return zlib.gunzipSync(Buffer.concat(chunks));
}

test.each(MAPPINGS)('%s reads a block and a part of one as it reads a Buffer', async (_, map) => {
  const { whole, part } = filledPart(LENGTH, 3);
  expect(Buffer.compare(await map(part), await map(pattern(LENGTH, 3)))).toBe(0);
  expect(Buffer.compare(await map(whole), await map(copyOut(whole)))).toBe(0);
  expect(part.equals(pattern(LENGTH, 3))).toBe(true);
  pool.put(whole);
});

/** By name: what fills all of `into` with random bytes. */
const FILLS: [string, (into: Buffer<SharedArrayBuffer>) => unknown][] = [
  ['randomFillSync', (into) => crypto.randomFillSync(into)],
  ['randomFill', (into) => promisify<NodeJS.ArrayBufferView, NodeJS.ArrayBufferView>(crypto.randomFill)(into)],
];

test.each(FILLS)('%s fills a part of a block and nothing beside it', async (_, fill) => {
  const whole = blank(LENGTH);
  await fill(whole.subarray(PART_AT, PART_AT + 20_000));
  const histogram = new Array<number>(256).fill(0);
  for (const byte of whole.subarray(PART_AT, PART_AT + 20_000)) histogram[byte] = (histogram[byte] ?? 0) + 1;
  // 78 of each are expected; none of one of 256 values has a chance of 3e-32.
  expect(Math.min(...histogram)).toBeGreaterThan(0);
  expect(whole.subarray(0, PART_AT).every((byte) => byte === 0xee)).toBe(true);
  expect(whole.subarray(PART_AT + 20_000).every((byte) => byte === 0xee)).toBe(true);
  pool.put(whole);
});

test('timingSafeEqual compares blocks', () => {
  const [a, b] = [filled(4096, 1), filled(4096, 1)];
  expect(crypto.timingSafeEqual(a, b)).toBe(true);
  b[4095] = (b[4095] as number) ^ 1;
  expect(crypto.timingSafeEqual(a, b)).toBe(false);
  for (const one of [a, b]) pool.put(one);
});

test('encodeInto and TextDecoder go through a block and back', () => {
  const text = 'syncpool: ünïcödé, 漢字, 🎉'.repeat(20);
  const whole = blank(4096);
  const { read, written } = new TextEncoder().encodeInto(text, whole.subarray(PART_AT));
  expect(read).toBe(text.length);
  expect(new TextDecoder().decode(whole.subarray(PART_AT, PART_AT + written))).toBe(text);
  expect(whole.subarray(0, PART_AT).every((byte) => byte === 0xee)).toBe(true);
  expect(whole[PART_AT + written]).toBe(0xee);
  pool.put(whole);
});

test('a structured clone is a Uint8Array over the same memory, which no pool takes back', () => {
  const whole = filled(4096, 4);
  const clone = structuredClone(whole);
  expect(Buffer.compare(clone, whole)).toBe(0);
  whole[0] = 1;
  expect(clone[0]).toBe(1);
  whole[0] = 2;
  expect(clone[0]).toBe(2);
  expect(() => pool.put(clone)).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_FOREIGN_BUFFER' }));
  pool.put(whole);
});
