// node:fs over blocks: reads land in them, writes take from them, at offsets and in sub-arrays.

import * as fs from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, readFile, writeFile, appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { pattern } from '../support/pattern.ts';
import { blank, filled, filledPart, PART_AT, pool } from './pooled.ts';

const LENGTH = 50_000;
const folder = mkdtempSync(join(tmpdir(), 'syncpool-fs-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function newFile(content?: Uint8Array): string {
  const path = join(folder, `${files++}`);
  if (content !== undefined) fs.writeFileSync(path, content);
  return path;
}

/** Calls `use` with a descriptor of the file. */
async function withFile(path: string, flags: string, use: (fd: number) => unknown): Promise<void> {
  const fd = fs.openSync(path, flags);
  try {
    await use(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Each way to read LENGTH bytes into `into`. */
const READS: [string, (fd: number, into: Buffer) => unknown][] = [
  ['readSync', (fd, into) => fs.readSync(fd, into, 0, LENGTH, 0)],
  ['readSync with options', (fd, into) => fs.readSync(fd, into, { length: LENGTH, position: 0 })],
  ['read', (fd, into) => promisify(fs.read)(fd, into, 0, LENGTH, 0)],
  ['readvSync', (fd, into) => fs.readvSync(fd, [into.subarray(0, 999), into.subarray(999, LENGTH)], 0)],
  ['readv', (fd, into) => promisify(fs.readv)(fd, [into.subarray(0, 999), into.subarray(999, LENGTH)], 0)],
];

test.each(READS)('%s fills a block, and a part of one only', async (_, read) => {
  const path = newFile(pattern(LENGTH));
  const whole = blank(LENGTH);
  await withFile(path, 'r', (fd) => read(fd, whole));
  expect(whole.subarray(0, LENGTH).equals(pattern(LENGTH))).toBe(true);
  expect(whole.subarray(LENGTH).every((byte) => byte === 0xee)).toBe(true);
  whole.fill(0xee);
  await withFile(path, 'r', (fd) => read(fd, whole.subarray(PART_AT, PART_AT + LENGTH)));
  expect(whole.subarray(PART_AT, PART_AT + LENGTH).equals(pattern(LENGTH))).toBe(true);
  expect(whole.subarray(0, PART_AT).every((byte) => byte === 0xee)).toBe(true);
  expect(whole.subarray(PART_AT + LENGTH).every((byte) => byte === 0xee)).toBe(true);
  pool.put(whole);
});

test('a FileHandle reads into a block and writes from one', async () => {
  const into = blank(LENGTH);
  const { whole, part } = filledPart(LENGTH, 1);
  const path = newFile();
  const handle = await open(path, 'w+');
  expect((await handle.write(part, 0, LENGTH, 0)).bytesWritten).toBe(LENGTH);
  const { bytesRead, buffer } = await handle.read(into, 7, LENGTH, 0);
  expect(bytesRead).toBe(LENGTH);
  expect(buffer).toBe(into);
  expect(into.subarray(7, 7 + LENGTH).equals(pattern(LENGTH, 1))).toBe(true);
  await handle.writev([part.subarray(0, 10), part.subarray(10)], LENGTH);
  await handle.readv([into.subarray(0, 3), into.subarray(3, LENGTH)], LENGTH);
  expect(into.subarray(0, LENGTH).equals(pattern(LENGTH, 1))).toBe(true);
  await handle.truncate(0);
  await handle.writeFile(part);
  await handle.close();
  expect(fs.readFileSync(path).equals(pattern(LENGTH, 1))).toBe(true);
  for (const one of [into, whole]) pool.put(one);
});

/** Each way to make a file of the bytes of `from`. */
const WRITES: [string, (path: string, from: Buffer) => unknown][] = [
  ['writeFileSync', (path, from) => fs.writeFileSync(path, from)],
  ['writeFile', (path, from) => promisify(fs.writeFile)(path, from)],
  ['promises.writeFile', (path, from) => writeFile(path, from)],
  ['promises.appendFile', (path, from) => appendFile(path, from)],
  ['appendFileSync', (path, from) => fs.appendFileSync(path, from)],
  ['writeSync', (path, from) => withFile(path, 'w', (fd) => fs.writeSync(fd, from, 0, from.length, 0))],
  ['write', (path, from) => withFile(path, 'w', (fd) => promisify(fs.write)(fd, from, 0, from.length, 0))],
  [
    'writevSync',
    (path, from) => withFile(path, 'w', (fd) => fs.writevSync(fd, [from.subarray(0, 9), from.subarray(9)])),
  ],
  ['a write stream', (path, from) => pipeline([from.subarray(0, 9), from.subarray(9)], fs.createWriteStream(path))],
];

test.each(WRITES)('%s writes the bytes of a block, and of a part of one', async (_, write) => {
  const whole = filled(LENGTH, 2);
  const path = newFile();
  await write(path, whole.subarray(0, LENGTH));
  expect(fs.readFileSync(path).equals(pattern(LENGTH, 2))).toBe(true);
  const second = newFile();
  await write(second, whole.subarray(PART_AT, PART_AT + 1000));
  expect((await readFile(second)).equals(pattern(LENGTH, 2).subarray(PART_AT, PART_AT + 1000))).toBe(true);
  pool.put(whole);
});

test('a read stream through blocks gives every byte', async () => {
  const path = newFile(pattern(LENGTH));
  const seen: Buffer[] = [];
  await pipeline(fs.createReadStream(path, { highWaterMark: 4096 }), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      const block = pool.get(chunk.length);
      chunk.copy(block);
      seen.push(Buffer.from(block.subarray(0, chunk.length)));
      pool.put(block);
    }
  });
  expect(Buffer.concat(seen).equals(pattern(LENGTH))).toBe(true);
});
