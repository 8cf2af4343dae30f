// The kinds of typed arrays that this Node has, as the tests of pool.as use them.

import type { BufferPool, PooledArray, TypedPool } from '@syncpool/core';

/** What the tests do with arrays of any kind. */
type Elements = Pick<
  Float64Array<SharedArrayBuffer>,
  'buffer' | 'byteOffset' | 'byteLength' | 'BYTES_PER_ELEMENT' | 'length'
> & {
  readonly [index: number]: number | bigint;
  fill(value: number | bigint): unknown;
  subarray(start?: number, end?: number): Elements;
  slice(start?: number, end?: number): Elements;
  toString(): string;
};

export interface Kind {
  readonly name: string;
  readonly bytes: number;
  readonly type: { new (length: number): Elements; readonly name: string };
  /** An element that survives a round trip through every kind of its width. */
  readonly one: number | bigint;
  readonly of: (pool: BufferPool) => TypedPool<Elements>;
}

function kind(type: unknown, one: number | bigint): Kind {
  const known = type as Kind['type'] & { readonly BYTES_PER_ELEMENT: number };
  const of = (pool: BufferPool) => pool.as(type as Float64ArrayConstructor) as unknown as TypedPool<Elements>;
  return { name: known.name, bytes: known.BYTES_PER_ELEMENT, type: known, one, of };
}

const half: unknown = Reflect.get(globalThis, 'Float16Array');

export const KINDS: readonly Kind[] = [
  kind(Int8Array, 1),
  kind(Uint8Array, 1),
  kind(Uint8ClampedArray, 1),
  kind(Int16Array, 1),
  kind(Uint16Array, 1),
  kind(Int32Array, 1),
  kind(Uint32Array, 1),
  ...(half === undefined ? [] : [kind(half, 1)]),
  kind(Float32Array, 1),
  kind(Float64Array, 1),
  kind(BigInt64Array, 1n),
  kind(BigUint64Array, 1n),
];

export type Pooled = PooledArray<Elements>;
