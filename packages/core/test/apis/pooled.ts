// What the tests of Node's APIs share: a pool, and bytes that show every mistake.

import { createRuntime, KiB, MiB, type PooledBuffer } from '@syncpool/core';

export const pool = createRuntime({ maxBytes: 64 * MiB }).pool('apis', {
  sizes: [4 * KiB, 64 * KiB, 1 * MiB],
  maxBytes: 32 * MiB,
});

/** Where the part of a buffer begins that `part` gives: not aligned to anything. */
export const PART_AT = 101;

/**
 * `length` bytes of every value, invalid as UTF-8 from the third on, and other ones for another
 * salt. No two stretches are alike, so that an offset that is lost shows.
 */
export function pattern(length: number, salt = 0): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(length);
  let state = (salt + 1) * 0x9e3779b1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + i) | 0;
    bytes[i] = i < 256 ? 255 - i : state >>> 24;
  }
  return bytes;
}

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
