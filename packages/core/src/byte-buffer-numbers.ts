// Numbers in binary: the fast path of a ByteBuffer. A few nanoseconds each: one comparison for type and range, one for room,
// and a store a byte, which V8 does faster than any call, also of a DataView's methods.

import { ByteBlocks } from './byte-buffer-blocks.ts';
import type { PooledBuffer } from './buffer.ts';
import { invalid } from './options.ts';

/** Where floats and bigints become bytes, in the order that is wanted. */
const bytes = new Uint8Array(8);
const scratch = new DataView(bytes.buffer);

const MOST_UINT64 = 2n ** 64n - 1n;
const MOST_INT64 = 2n ** 63n - 1n;
const LEAST_INT64 = -(2n ** 63n);

function put16LE(view: PooledBuffer, at: number, value: number): void {
  view[at] = value;
  view[at + 1] = value >>> 8;
}

function put16BE(view: PooledBuffer, at: number, value: number): void {
  view[at] = value >>> 8;
  view[at + 1] = value;
}

function put32LE(view: PooledBuffer, at: number, value: number): void {
  view[at] = value;
  view[at + 1] = value >>> 8;
  view[at + 2] = value >>> 16;
  view[at + 3] = value >>> 24;
}

function put32BE(view: PooledBuffer, at: number, value: number): void {
  view[at] = value >>> 24;
  view[at + 1] = value >>> 16;
  view[at + 2] = value >>> 8;
  view[at + 3] = value;
}

function putScratch(view: PooledBuffer, at: number, count: number): void {
  for (let i = 0; i < count; i++) view[at + i] = bytes[i] as number;
}

function outOfRange(least: number | bigint, most: number | bigint, value: unknown): Error {
  return invalid('value', value, `an integer from ${least} to ${most}`, typeof value === 'number');
}

function checkBigInt(value: bigint, least: bigint, most: bigint): void {
  if (typeof value === 'bigint' && value >= least && value <= most) return;
  throw invalid('value', value, `a bigint from ${least} to ${most}`, typeof value === 'bigint');
}

function checkNumber(value: number): void {
  if (typeof value !== 'number') throw invalid('value', value, 'a number', false);
}

/**
 * What is written in binary. Each adds the bytes of one number and returns the content's new length. Other than those of
 * Buffer they refuse fractions and NaN where an integer is wanted.
 *
 * All throw ERR_SYNCPOOL_INVALID_OPTION for a value of another type or out of range, ERR_SYNCPOOL_EXHAUSTED, and after detach
 * and dispose ERR_SYNCPOOL_NOT_HELD; then nothing has changed.
 */
export class NumberWriter extends ByteBlocks {
  writeUInt8(value: number): number {
    if (typeof value !== 'number' || (value & 0xff) !== value) throw outOfRange(0, 0xff, value);
    const at = this.room(1);
    (this.view as PooledBuffer)[at] = value;
    this.at = at + 1;
    return this.before + this.at;
  }

  writeInt8(value: number): number {
    if (typeof value !== 'number' || (value << 24) >> 24 !== value) throw outOfRange(-0x80, 0x7f, value);
    const at = this.room(1);
    (this.view as PooledBuffer)[at] = value;
    this.at = at + 1;
    return this.before + this.at;
  }

  writeUInt16LE(value: number): number {
    if (typeof value !== 'number' || (value & 0xffff) !== value) throw outOfRange(0, 0xffff, value);
    const at = this.room(2);
    put16LE(this.view as PooledBuffer, at, value);
    this.at = at + 2;
    return this.before + this.at;
  }

  writeInt16LE(value: number): number {
    if (typeof value !== 'number' || (value << 16) >> 16 !== value) throw outOfRange(-0x8000, 0x7fff, value);
    const at = this.room(2);
    put16LE(this.view as PooledBuffer, at, value);
    this.at = at + 2;
    return this.before + this.at;
  }

  writeUInt16BE(value: number): number {
    if (typeof value !== 'number' || (value & 0xffff) !== value) throw outOfRange(0, 0xffff, value);
    const at = this.room(2);
    put16BE(this.view as PooledBuffer, at, value);
    this.at = at + 2;
    return this.before + this.at;
  }

  writeInt16BE(value: number): number {
    if (typeof value !== 'number' || (value << 16) >> 16 !== value) throw outOfRange(-0x8000, 0x7fff, value);
    const at = this.room(2);
    put16BE(this.view as PooledBuffer, at, value);
    this.at = at + 2;
    return this.before + this.at;
  }

  writeUInt32LE(value: number): number {
    if (typeof value !== 'number' || value >>> 0 !== value) throw outOfRange(0, 0xffffffff, value);
    const at = this.room(4);
    put32LE(this.view as PooledBuffer, at, value);
    this.at = at + 4;
    return this.before + this.at;
  }

  writeInt32LE(value: number): number {
    if (typeof value !== 'number' || (value | 0) !== value) throw outOfRange(-0x80000000, 0x7fffffff, value);
    const at = this.room(4);
    put32LE(this.view as PooledBuffer, at, value);
    this.at = at + 4;
    return this.before + this.at;
  }

  writeUInt32BE(value: number): number {
    if (typeof value !== 'number' || value >>> 0 !== value) throw outOfRange(0, 0xffffffff, value);
    const at = this.room(4);
    put32BE(this.view as PooledBuffer, at, value);
    this.at = at + 4;
    return this.before + this.at;
  }

  writeInt32BE(value: number): number {
    if (typeof value !== 'number' || (value | 0) !== value) throw outOfRange(-0x80000000, 0x7fffffff, value);
    const at = this.room(4);
    put32BE(this.view as PooledBuffer, at, value);
    this.at = at + 4;
    return this.before + this.at;
  }

  writeFloatLE(value: number): number {
    checkNumber(value);
    scratch.setFloat32(0, value, true);
    return this.#scratched(4);
  }

  writeFloatBE(value: number): number {
    checkNumber(value);
    scratch.setFloat32(0, value, false);
    return this.#scratched(4);
  }

  writeDoubleLE(value: number): number {
    checkNumber(value);
    scratch.setFloat64(0, value, true);
    return this.#scratched(8);
  }

  writeDoubleBE(value: number): number {
    checkNumber(value);
    scratch.setFloat64(0, value, false);
    return this.#scratched(8);
  }

  writeBigUInt64LE(value: bigint): number {
    checkBigInt(value, 0n, MOST_UINT64);
    scratch.setBigUint64(0, value, true);
    return this.#scratched(8);
  }

  writeBigUInt64BE(value: bigint): number {
    checkBigInt(value, 0n, MOST_UINT64);
    scratch.setBigUint64(0, value, false);
    return this.#scratched(8);
  }

  writeBigInt64LE(value: bigint): number {
    checkBigInt(value, LEAST_INT64, MOST_INT64);
    scratch.setBigInt64(0, value, true);
    return this.#scratched(8);
  }

  writeBigInt64BE(value: bigint): number {
    checkBigInt(value, LEAST_INT64, MOST_INT64);
    scratch.setBigInt64(0, value, false);
    return this.#scratched(8);
  }

  #scratched(count: number): number {
    const at = this.room(count);
    putScratch(this.view as PooledBuffer, at, count);
    this.at = at + count;
    return this.before + this.at;
  }
}
