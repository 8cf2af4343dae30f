// BufferPool: the picture, from the top.
//
//   get   magazine -> own deque -> siblings -> slabs -> memory -> exhausted
//   put   magazine -> own deque -> home
//
// Tier 1 is here; supply.ts leads to the others, handover.ts from thread to thread, waiters.ts waits.

import {
  endLease,
  LEASED,
  LEASED_HEAP,
  leaseOf,
  magazineOf,
  type PooledBuffer,
  PooledView,
  setLease,
  usedLengthOption,
} from './buffer.ts';
import type { CatalogEntry } from './catalog.ts';
import * as counter from './counters.ts';
import { type Outlasting, settledOrFinished } from './finish.ts';
import { adoptMessage, detachView, discardMessage, type Message } from './handover.ts';
import { allocateHeap } from './heap.ts';
import { Magazine } from './magazine.ts';
import { footprint, integerOption, knownOptions } from './options.ts';
import { isPressed } from './pressure.ts';
import type { Processor } from './processor.ts';
import { poolStats, type PoolStats } from './stats.ts';
import { drainMagazine, giveBack, holdsNothing, refill } from './supply.ts';
import { exhausted, foreign, invalidSize, notLeased, stale } from './refusals.ts';
import { acquireBlocking, type AcquireOptions, AcquireQueue } from './waiters.ts';

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export class BufferPool {
  readonly name: string;
  /** Block sizes in bytes, ascending. */
  readonly sizes: readonly number[];
  /** Hard limit in bytes: leased, pooled and detached together. */
  readonly maxBytes: number;
  private readonly entry: CatalogEntry;
  private readonly processor: Processor;
  /** @internal */
  readonly magazines: readonly Magazine[];
  /** The magazine used last. Compared with, rather than followed: a predicted branch costs less than a chain of loads. */
  private hot: Magazine;
  /** What `get()` asks for: the only size, or NaN, which no class serves. */
  private readonly onlySize: number;
  private readonly queues = new Map<Magazine, AcquireQueue>();

  /**
   * Pools are made by `runtime.pool(name, options)`.
   *
   * @internal
   */
  constructor(processor: Processor, entry: CatalogEntry) {
    this.name = entry.name;
    this.sizes = entry.sizes;
    this.maxBytes = entry.maxBytes;
    this.entry = entry;
    this.processor = processor;
    this.magazines = entry.sizes.map(
      (_, i) => new Magazine(this, processor, processor.kernel.classAt(entry.firstClass + i), i),
    );
    for (const magazine of this.magazines) magazine.siblings = this.magazines;
    this.hot = this.magazines[0] as Magazine;
    this.onlySize = entry.sizes.length === 1 ? (entry.sizes[0] as number) : Number.NaN;
  }

  /**
   * Leases a buffer of the smallest class that fits `size` bytes. Its length is the class's size, its
   * contents are whatever was there. A few nanoseconds when this thread has one at hand.
   *
   * @param size bytes, 1 to the largest of `sizes`; may be left out where the pool has one size
   * @throws ERR_SYNCPOOL_INVALID_SIZE, ERR_SYNCPOOL_EXHAUSTED (unless `onExhausted` is 'heap'), ERR_SYNCPOOL_CLOSED
   */
  get(size: number = this.onlySize): PooledBuffer {
    const magazine = this.hot;
    if (
      typeof size === 'number' &&
      size > magazine.floor &&
      size <= magazine.size &&
      (size | 0) === size &&
      magazine.top > 0 &&
      magazine.gate[0] === 0
    ) {
      return magazine.lease() as unknown as PooledBuffer;
    }
    return this.#getSlow(size);
  }

  /**
   * Gives a leased buffer back. The buffer must not be used any more, by anybody: not by a stream or
   * callback either, see `putAfter`.
   *
   * @throws ERR_SYNCPOOL_DOUBLE_PUT, ERR_SYNCPOOL_NOT_HELD (detached), ERR_SYNCPOOL_FOREIGN_BUFFER (a
   * sub-array, a clone, another pool's or any other object), ERR_SYNCPOOL_CLOSED; then nothing has changed
   */
  put(buffer: PooledBuffer): void {
    const magazine = this.hot;
    const view = buffer as unknown as PooledView;
    if (
      magazineOf(view) === magazine &&
      leaseOf(view) === LEASED &&
      magazine.top < magazine.capacity &&
      magazine.gate[0] === 0
    ) {
      magazine.stash(view);
      return;
    }
    this.#putSlow(buffer);
  }

  /**
   * Puts the buffer when a stream has finished, failed or closed, or a promise has settled: `res.end(b)`, zlib and fs
   * go on reading after they return. Resolves after the put; the stream's or promise's own error is its owner's.
   */
  async putAfter(what: Outlasting, buffer: PooledBuffer): Promise<void> {
    this.#held(buffer);
    this.processor.enter();
    await settledOrFinished(what);
    this.putUnlessEnded(buffer);
  }

  /** Calls `fn` with a buffer and puts it when `fn` has returned, thrown, or its promise has settled. */
  withBuffer<T>(size: number, fn: (buffer: PooledBuffer) => T): T {
    const buffer = this.get(size);
    let result: T;
    try {
      result = fn(buffer);
    } catch (error) {
      buffer[Symbol.dispose]();
      throw error;
    }
    if (typeof (result as { then?: unknown } | null)?.then === 'function') {
      const settled = settledOrFinished(result as PromiseLike<unknown>).then(() => buffer[Symbol.dispose]());
      // The caller awaits the put as well.
      return settled.then(() => result) as T;
    }
    buffer[Symbol.dispose]();
    return result;
  }

  /**
   * Takes the buffer from this thread and names it for another one: a message to post. The first
   * `usedLength` bytes are what the adopter is told of.
   *
   * @param usedLength 0 to the buffer's length, which is the default
   * @throws as `put`; ERR_SYNCPOOL_INVALID_OPTION for usedLength
   */
  detach(buffer: PooledBuffer, usedLength?: number): Message {
    const magazine = this.#held(buffer);
    const view = buffer as unknown as PooledView;
    const used = usedLength === undefined ? magazine.size : usedLengthOption(usedLength, magazine.size);
    this.processor.enter();
    return detachView(magazine, view, used);
  }

  /**
   * Leases the buffer of a message that another thread, or this one, has detached from this pool. Exactly one adopt succeeds.
   *
   * @throws ERR_SYNCPOOL_STALE_HANDLE, ERR_SYNCPOOL_POOL_MISMATCH, ERR_SYNCPOOL_CLOSED
   */
  adopt(message: Message): PooledBuffer {
    const buffer = this.tryAdopt(message);
    if (buffer !== undefined) return buffer;
    throw stale(this.name, message);
  }

  /** As `adopt`, but undefined if somebody else was first. */
  tryAdopt(message: Message): PooledBuffer | undefined {
    this.processor.enter();
    return adoptMessage(this.magazines, message) as PooledBuffer | undefined;
  }

  /** Gives the block of a message that nobody wants back to the pool. False if somebody else was first. */
  discard(message: Message): boolean {
    this.processor.enter();
    return discardMessage(this.magazines, message);
  }

  /**
   * As `get`, but waits for a block, in order with this thread's other acquires; it never takes one from the heap.
   *
   * @throws ERR_SYNCPOOL_TIMEOUT, the signal's reason, ERR_SYNCPOOL_INVALID_SIZE, ERR_SYNCPOOL_CLOSED
   */
  async acquire(size: number = this.onlySize, options: AcquireOptions = {}): Promise<PooledBuffer> {
    const magazine = this.#magazineFor(size);
    knownOptions('acquire', options, ['signal', 'timeoutMs']);
    if (options.timeoutMs !== undefined) integerOption('timeoutMs', options.timeoutMs, 0, LONGEST_TIMEOUT_MS);
    options.signal?.throwIfAborted();
    const queue = this.#queueOf(magazine);
    const buffer = queue.length === 0 ? this.#tryGet(magazine) : undefined;
    if (buffer !== undefined) return buffer;
    magazine.count(counter.EXHAUSTED);
    return queue.wait(options);
  }

  /**
   * As `acquire`, blocking the thread: for workers that have nothing else to do.
   *
   * @param timeoutMs 0 to 2,147,483,647; default: for ever
   */
  acquireSync(size: number = this.onlySize, timeoutMs?: number): PooledBuffer {
    const magazine = this.#magazineFor(size);
    if (timeoutMs !== undefined) integerOption('timeoutMs', timeoutMs, 0, LONGEST_TIMEOUT_MS);
    return acquireBlocking(magazine, this.tryGetInPool, timeoutMs);
  }

  /**
   * Makes sure that `count` blocks for `size` exist and are free, so that the first requests need not cut them.
   *
   * @throws ERR_SYNCPOOL_EXHAUSTED if so many cannot be had; those that can stay pooled
   */
  prewarm(size: number, count: number): void {
    const magazine = this.#magazineFor(size);
    integerOption('count', count, 0, Math.floor(this.maxBytes / footprint(magazine.size)));
    const leased: PooledBuffer[] = [];
    try {
      while (leased.length < count) {
        const buffer = this.#tryGet(magazine);
        if (buffer === undefined) throw exhausted(magazine);
        leased.push(buffer);
      }
    } finally {
      for (const buffer of leased) this.put(buffer);
    }
  }

  /** The counters of all threads, now. */
  stats(): PoolStats {
    return poolStats({ processor: this.processor, ...this.entry });
  }

  /**
   * As `put`, but does nothing once the runtime is closed or left: for those who put long after the call that made
   * them, and could only crash.
   *
   * @internal
   */
  putUnlessEnded(buffer: PooledBuffer): void {
    if (!this.processor.isLeft && !this.processor.isClosed) this.put(buffer);
  }

  /**
   * For `runtime.leave`: stashed blocks go home, waiters are refused. Whether the thread holds nothing any more.
   *
   * @internal
   */
  leave(reason: Error): boolean {
    this.refuseWaiters(reason);
    for (const magazine of this.magazines) {
      drainMagazine(magazine);
      magazine.retire();
    }
    return this.magazines.every(holdsNothing);
  }

  /**
   * For `runtime.close`: refuses this thread's waiting acquires.
   *
   * @internal
   */
  refuseWaiters(reason: Error): void {
    for (const queue of this.queues.values()) queue.rejectAll(reason);
  }

  /** Remembers the size used last. Written only when it changes: in a pool of one size V8 then treats it as a constant. */
  #warm(magazine: Magazine): void {
    if (this.hot !== magazine) this.hot = magazine;
  }

  #getSlow(size: number): PooledBuffer {
    const magazine = this.#magazineFor(size);
    this.#warm(magazine);
    if (magazine.top > 0 && magazine.gate[0] === 0) return magazine.lease() as unknown as PooledBuffer;
    // A time of pressure that is over ends here too, or every get from a full magazine would stay slow.
    isPressed(magazine);
    const buffer = this.#tryGet(magazine, this.entry.onExhausted === 'heap');
    if (buffer !== undefined) return buffer;
    magazine.count(counter.EXHAUSTED);
    if (this.entry.onExhausted === 'throw') throw exhausted(magazine);
    return this.#getFromHeap(magazine);
  }

  /** A get that gives up instead of throwing when there is no block. */
  #tryGet(magazine: Magazine, mayBelieve = false): PooledBuffer | undefined {
    this.processor.enter();
    if (magazine.top === 0 && !refill(magazine, mayBelieve)) {
      // A close may have come after the look in enter: whoever sleeps now must not have missed it.
      this.processor.enter();
      return undefined;
    }
    return magazine.lease() as unknown as PooledBuffer;
  }

  private readonly tryGetInPool = (magazine: Magazine): PooledBuffer | undefined => this.#tryGet(magazine, true);

  #getFromHeap(magazine: Magazine): PooledBuffer {
    const view = new PooledView(allocateHeap(magazine.size), 0, magazine, 0);
    setLease(view, LEASED_HEAP);
    magazine.count(counter.HEAP_GETS);
    return view as unknown as PooledBuffer;
  }

  #putSlow(buffer: PooledBuffer): void {
    const magazine = this.#held(buffer);
    const view = buffer as unknown as PooledView;
    if (leaseOf(view) === LEASED_HEAP) {
      this.processor.enter();
      endLease(view);
      magazine.count(counter.HEAP_PUTS);
      return;
    }
    this.#warm(magazine);
    if (magazine.top < magazine.capacity && magazine.gate[0] === 0) {
      magazine.stash(view);
      return;
    }
    this.processor.enter();
    giveBack(magazine, view);
  }

  /** The magazine of a buffer that this thread holds, from this pool; throws what put and detach throw. */
  #held(buffer: PooledBuffer): Magazine {
    const magazine = magazineOf(buffer);
    if (magazine === undefined || magazine.pool !== this) throw foreign(this.name, buffer);
    const lease = leaseOf(buffer as unknown as PooledView);
    if (lease === LEASED || lease === LEASED_HEAP) return magazine;
    throw notLeased(this.name, lease);
  }

  #magazineFor(size: number): Magazine {
    const magazine = Number.isInteger(size) && size > 0 ? this.magazines.find((one) => size <= one.size) : undefined;
    if (magazine !== undefined) return magazine;
    throw invalidSize(this.name, this.sizes, size);
  }

  #queueOf(magazine: Magazine): AcquireQueue {
    let queue = this.queues.get(magazine);
    if (queue === undefined) {
      queue = new AcquireQueue(magazine, this.tryGetInPool);
      this.queues.set(magazine, queue);
    }
    return queue;
  }
}
