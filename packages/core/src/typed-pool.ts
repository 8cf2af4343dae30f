// TypedPool: a pool's blocks as arrays of one kind. It counts in elements and exchanges views for their twins
// (typed-array.ts); everything else is the pool's, its counters, limits and errors too.

import { type PooledBuffer, type PooledView, twinOf, usedLengthOption } from './buffer.ts';
import type { Outlasting } from './finish.ts';
import type { Message } from './handover.ts';
import type { BufferPool } from './pool.ts';
import { foreign, invalidLength } from './refusals.ts';
import { type PooledArray, twinBehind, Twins } from './typed-array.ts';
import type { AcquireOptions } from './waiters.ts';

/** A pool's blocks as typed arrays. `pool.as(Float64Array)` gives it. Lengths are in elements. */
export class TypedPool<T> {
  /** Whose blocks these are: for its counters, `prewarm`, `drain` and the like. */
  readonly pool: BufferPool;
  /** How long the arrays of each size are: what fits into its bytes, rounded down. Ascending, as `pool.sizes`. */
  readonly lengths: readonly number[];
  readonly #twins: Twins;
  readonly #bytesPerElement: number;
  readonly #longest: number;

  /** @internal */
  constructor(pool: BufferPool, type: unknown) {
    this.#twins = new Twins(type);
    const { bytesPerElement } = this.#twins;
    this.pool = pool;
    this.lengths = pool.sizes.map((size) => Math.floor(size / bytesPerElement));
    this.#bytesPerElement = bytesPerElement;
    this.#longest = this.lengths.at(-1) as number;
  }

  /**
   * As the pool's `get`: an array of the smallest size that fits `length` elements, over whatever was there.
   *
   * @param length elements, 1 to the last of `lengths`; may be left out where the pool's `get` needs no size
   * @throws as the pool's `get`
   */
  get(length?: number): PooledArray<T> {
    return this.#arrayOf(this.pool.get(this.#bytesFor(length)));
  }

  /**
   * As the pool's `put`.
   *
   * @param usedLength elements, 0 to the array's length: what an `adaptive` pool learns from, and others ignore
   * @throws as the pool's `put`; ERR_SYNCPOOL_FOREIGN_BUFFER for an array of another kind too, and for a buffer
   */
  put(array: PooledArray<T>, usedLength?: number): void {
    const buffer = this.#bufferOf(array);
    this.pool.put(buffer, this.#usedBytes(buffer, usedLength));
  }

  /** As the pool's `putAfter`. */
  async putAfter(what: Outlasting, array: PooledArray<T>): Promise<void> {
    return this.pool.putAfter(what, this.#bufferOf(array));
  }

  /** As the pool's `withBuffer`. */
  withArray<R>(length: number, fn: (array: PooledArray<T>) => R): R {
    return this.pool.withBuffer(this.#bytesFor(length) as number, (buffer) => fn(this.#arrayOf(buffer)));
  }

  /**
   * As the pool's `detach`. Its message is as good for the pool, and for its arrays of any other kind, in whichever thread.
   *
   * @param usedLength elements, 0 to the array's length, which is the default
   */
  detach(array: PooledArray<T>, usedLength?: number): Message {
    const buffer = this.#bufferOf(array);
    return this.pool.detach(buffer, this.#usedBytes(buffer, usedLength));
  }

  /** As the pool's `adopt`; `usedLength` of the array is in whole elements. */
  adopt(message: Message): PooledArray<T> {
    return this.#arrayOf(this.pool.adopt(message));
  }

  /** As `adopt`, but undefined if somebody else was first. */
  tryAdopt(message: Message): PooledArray<T> | undefined {
    const buffer = this.pool.tryAdopt(message);
    return buffer === undefined ? undefined : this.#arrayOf(buffer);
  }

  /** As the pool's `discard`. */
  discard(message: Message): boolean {
    return this.pool.discard(message);
  }

  /** As the pool's `acquire`. */
  async acquire(length?: number, options?: AcquireOptions): Promise<PooledArray<T>> {
    return this.#arrayOf(await this.pool.acquire(this.#bytesFor(length), options));
  }

  /** As the pool's `acquireSync`. */
  acquireSync(length?: number, timeoutMs?: number): PooledArray<T> {
    return this.#arrayOf(this.pool.acquireSync(this.#bytesFor(length), timeoutMs));
  }

  #bytesFor(length: number | undefined): number | undefined {
    if (length === undefined) return undefined;
    if (typeof length === 'number' && (length | 0) === length && length > 0 && length <= this.#longest) {
      return length * this.#bytesPerElement;
    }
    throw invalidLength(this.pool.name, this.lengths, length);
  }

  #usedBytes(buffer: PooledBuffer, usedLength: number | undefined): number | undefined {
    if (usedLength === undefined) return undefined;
    const longest = Math.floor(buffer.length / this.#bytesPerElement);
    return usedLengthOption(usedLength, longest) * this.#bytesPerElement;
  }

  /** A leased buffer's twin. The first of a kind is made here, under the lease: a cut in here leaves a lease that nobody has, as a drop does. */
  #arrayOf(buffer: PooledBuffer): PooledArray<T> {
    const view = buffer as unknown as PooledView;
    const last = twinOf(view);
    const twin = last !== undefined && last.pool === this ? last : this.#twins.of(view, this);
    return twin.array as unknown as PooledArray<T>;
  }

  #bufferOf(array: PooledArray<T>): PooledBuffer {
    const twin = twinBehind(array);
    if (twin === undefined || twin.pool !== this) throw foreign(this.pool.name, array);
    return twin.view as unknown as PooledBuffer;
  }
}
