// A call of a ByteBuffer is cut at every place where V8 may cut a thread, one after the other, and the thread goes on: the content is what it
// was or what it was to become, and no block is ever in two hands. What a cut call had taken may be lost, as a dropped buffer is.

import type { BufferPool, ByteBuffer } from '@syncpool/core';
import { expect, test } from 'vitest';
import { BACKENDS } from '../support/crew.ts';
import { importCuttable, isCut } from '../support/cut-points.ts';
import { pattern } from '../support/pattern.ts';

const KiB = 1024;
const BLOCKS = 256;
const POINTS_PER_POOL = 25;
const MOST_POINTS = 2000;
const cuttable = await importCuttable();

interface Call {
  readonly name: string;
  /** Bytes written before. */
  readonly before: number;
  readonly run: (into: ByteBuffer) => unknown;
  /** What is added; undefined for what empties or ends the buffer. */
  readonly added?: Buffer;
}

const number = Buffer.alloc(8);
number.writeDoubleLE(1.5);
const text = 'Zo\u00eb '.repeat(100);

const CALLS: readonly Call[] = [
  { name: 'a first number', before: 0, run: (into) => into.writeDoubleLE(1.5), added: number },
  { name: 'a number that needs a larger block', before: 250, run: (into) => into.writeDoubleLE(1.5), added: number },
  { name: 'a number that needs another block', before: 4093, run: (into) => into.writeDoubleLE(1.5), added: number },
  { name: 'text that needs a larger block', before: 250, run: (into) => into.write(text), added: Buffer.from(text) },
  { name: 'text over two blocks', before: 4000, run: (into) => into.write(text), added: Buffer.from(text) },
  { name: 'bytes in a larger block', before: 200, run: (into) => into.write(pattern(3000)), added: pattern(3000) },
  { name: 'bytes over several blocks', before: 4000, run: (into) => into.write(pattern(9000)), added: pattern(9000) },
  { name: 'reset', before: 9000, run: (into) => into.reset() },
  { name: 'dispose', before: 9000, run: (into) => into[Symbol.dispose]() },
  { name: 'detach', before: 300, run: (into) => into.detach() },
  { name: 'detachAll', before: 9000, run: (into) => into.detachAll() },
];

/** Leases and overwrites what was put last, which the next gets are served: none that the buffer still has is among it. */
function overwriteWhatIsFree(pool: BufferPool): void {
  const free = pool.sizes.flatMap((size) => Array.from({ length: 4 }, () => pool.get(size)));
  for (const buffer of free) buffer.fill(0xee);
  expect(new Set(free.map((one) => one.byteOffset)).size).toBe(free.length);
  for (const buffer of free) pool.put(buffer);
}

/** The content, undefined if the buffer has ended. */
function contentOf(into: ByteBuffer): Buffer | undefined {
  try {
    return Buffer.from(into.bytes());
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_SYNCPOOL_NOT_HELD' });
    return undefined;
  }
}

function isOneOf(content: Buffer | undefined, allowed: readonly (Buffer | undefined)[]): boolean {
  return allowed.some((one) => (one === undefined || content === undefined ? one === content : one.equals(content)));
}

/** Cuts the call at the point; false if it was over before. */
function cutAt(pool: BufferPool, call: Call, point: number): boolean {
  const into = new cuttable.ByteBuffer(pool);
  const before = pattern(call.before, 1);
  into.write(before);
  const wasCut = isCut(point, () => call.run(into));
  const content = contentOf(into);
  const after = call.added === undefined ? [Buffer.alloc(0), undefined] : [Buffer.concat([before, call.added])];
  const allowed = wasCut ? [before, ...after] : after;
  expect(isOneOf(content, allowed), `content after a cut at point ${point}`).toBe(true);
  overwriteWhatIsFree(pool);
  expect(isOneOf(contentOf(into), [content]), `content after others have written, cut at point ${point}`).toBe(true);
  if (content !== undefined && call.added !== undefined) {
    into.write(pattern(5000, 2));
    expect(contentOf(into)?.equals(Buffer.concat([content, pattern(5000, 2)]))).toBe(true);
  }
  into[Symbol.dispose]();
  return wasCut;
}

let made = 0;

/** A pool for some points: what cuts lose must not exhaust it, and each runtime takes much of the address space. */
function withPool(kernel: (typeof BACKENDS)[number], use: (pool: BufferPool) => void): void {
  made += 1;
  const runtime = cuttable.createRuntime({ name: `cuts-${made}`, kernel, maxBytes: 8 << 20, maxProcessors: 1 });
  use(runtime.pool('bytes', { sizes: [256, 1 * KiB, 4 * KiB], maxBytes: BLOCKS * 4 * KiB }));
  runtime.close();
}

for (const kernel of BACKENDS) {
  test.each(CALLS)(`$name, cut anywhere (${kernel})`, (call) => {
    let point = 1;
    for (let wasCut = true; wasCut; ) {
      withPool(kernel, (pool) => {
        for (let i = 0; i < POINTS_PER_POOL && wasCut; i++, point++) wasCut = cutAt(pool, call, point);
      });
      expect(point).toBeLessThan(MOST_POINTS);
    }
    // The call itself is the first.
    expect(point).toBeGreaterThan(3);
  });
}
