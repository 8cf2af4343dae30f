// What the tests of Node's APIs share: a pool, and its buffers filled in a known way.

import { createRuntime, KiB, MiB, type PooledBuffer } from '@syncpool/core';
import { pattern } from '../support/pattern.ts';

export const pool = createRuntime({ maxBytes: 64 * MiB }).pool('apis', {
  sizes: [4 * KiB, 64 * KiB, 1 * MiB],
  maxBytes: 32 * MiB,
});

/** Where the part of a buffer begins that `part` gives: not aligned to anything. */
export const PART_AT = 101;

/** A leased buffer of a class for `length` bytes, holding the pattern from its start and 0xee behind. */
export function filled(length: number, salt = 0): PooledBuffer {
  const buffer = pool.get(length).fill(0xee) as PooledBuffer;
  buffer.set(pattern(length, salt));
  return buffer;
}

/** A leased buffer full of 0xee, for APIs that write into it. */
export function blank(length: number): PooledBuffer {
  return pool.get(length).fill(0xee) as PooledBuffer;
}

/** A buffer whose part `[PART_AT, PART_AT + length)` holds the pattern; gives both. */
export function filledPart(length: number, salt = 0): { whole: PooledBuffer; part: Buffer<SharedArrayBuffer> } {
  const whole = blank(PART_AT + length);
  const part = whole.subarray(PART_AT, PART_AT + length);
  part.set(pattern(length, salt));
  return { whole, part };
}
