// BufferPool: get and put (pool-core.ts), and what is made of them: handover.ts leads from thread to thread, waiters.ts waits.

import { type PooledBuffer, type PooledView, usedLengthOption } from './buffer.ts';
import { Catalog } from './catalog.ts';
import * as counter from './counters.ts';
import type { DrainReport } from './drain.ts';
import { type Outlasting, settledOrFinished } from './finish.ts';
import { adoptMessage, detachView, discardMessage, type Message } from './handover.ts';
import type { Magazine } from './magazine.ts';
import { choice, footprint, integerOption, knownOptions, wholeUnits } from './options.ts';
import { maxBytesOption } from './pool-options.ts';
import { PoolCore } from './pool-core.ts';
import { exhausted, stale } from './refusals.ts';
import { poolStats, type PoolStats } from './stats.ts';
import { drainMagazine, flushMagazine, holdsNothing } from './supply.ts';
import type { ArrayType, SharedArrays } from './typed-array.ts';
import { TypedPool } from './typed-pool.ts';
import { acquireBlocking, type AcquireOptions, AcquireQueue } from './waiters.ts';

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
/** Of any system's pages. */
const SMALLEST_PAGE = 4096;

export interface PrewarmOptions {
  /**
   * `'processor'`: the blocks lie where this thread's gets find them first, its magazine and its deque, as far as those
   * hold them. `'all'`: none lies in the magazine, where other threads could not reach it. Default `'processor'`.
   */
  readonly for?: 'processor' | 'all';
  /** Writes to every page of the blocks, so that the first use need not fault them in, and they lie near this thread. Default false. */
  readonly touch?: boolean;
}

/** A pool as one thread has it. Pools are made by `runtime.pool(name, options)`. */
export class BufferPool extends PoolCore {
  private readonly queues = new Map<Magazine, AcquireQueue>();
  private readonly typed = new Map<unknown, TypedPool<unknown>>();

  /**
   * The pool's blocks as arrays of a kind: `pool.as(Float64Array)`. The same object each time. The arrays are kept and reused
   * like the buffers: no garbage for each get, and at most twice the cost of the pool's own `get` and `put`.
   *
   * @throws ERR_SYNCPOOL_INVALID_OPTION if it is not the constructor of a typed array
   */
  as<K extends keyof SharedArrays>(type: ArrayType<K>): TypedPool<SharedArrays[K]> {
    let typed = this.typed.get(type);
    if (typed === undefined) {
      typed = new TypedPool(this, type);
      for (const magazine of this.magazines) magazine.expectTwins(this.typed.size + 1);
      this.typed.set(type, typed);
    }
    return typed as TypedPool<SharedArrays[K]>;
  }

  /**
   * Puts the buffer when a stream has finished, failed or closed, or a promise has settled: `res.end(b)`, zlib and fs
   * go on reading after they return. Resolves after the put; the stream's or promise's own error is its owner's.
   */
  async putAfter(what: Outlasting, buffer: PooledBuffer): Promise<void> {
    this.held(buffer);
    this.processor.enter();
    await settledOrFinished(what);
    this.putUnlessEnded(buffer);
  }

  /**
   * Calls `fn` with a buffer and puts it, if `fn` has not, when `fn` has returned, thrown, or its promise has settled. An asynchronous
   * `fn` must not put or detach it: it may be leased again before the promise settles, and would be put once more.
   */
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
      // The caller awaits the put as well. `then` is called once: some begin anew each time.
      return Promise.resolve(result).finally(() => buffer[Symbol.dispose]()) as T;
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
    const magazine = this.held(buffer);
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
    // Unless it is watched, nothing can be cut between the lease and the user.
    if (!this.watchesLeases) return adoptMessage(this.magazines, message) as PooledBuffer | undefined;
    const view = adoptMessage(this.magazines, message);
    return view === undefined ? undefined : this.adopted(view, this.tryAdopt);
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
    const magazine = this.magazineFor(size);
    knownOptions('acquire', options, ['signal', 'timeoutMs']);
    if (options.timeoutMs !== undefined) integerOption('timeoutMs', options.timeoutMs, 0, LONGEST_TIMEOUT_MS);
    options.signal?.throwIfAborted();
    const queue = this.#queueOf(magazine);
    const buffer = queue.length === 0 ? this.tryGet(magazine, this.acquire) : undefined;
    if (buffer !== undefined) return buffer;
    magazine.count(counter.EXHAUSTED);
    // Leased on behalf of nobody, in whatever context a block came; from here on it is its user's.
    return this.delivered(await queue.wait(options));
  }

  /**
   * As `acquire`, blocking the thread: for workers that have nothing else to do.
   *
   * @param timeoutMs 0 to 2,147,483,647; default: for ever
   */
  acquireSync(size: number = this.onlySize, timeoutMs?: number): PooledBuffer {
    const magazine = this.magazineFor(size);
    if (timeoutMs !== undefined) integerOption('timeoutMs', timeoutMs, 0, LONGEST_TIMEOUT_MS);
    return acquireBlocking(magazine, this.tryGetInPool, timeoutMs);
  }

  /**
   * Makes sure that `count` blocks for `size` exist and are free, so that the first requests need not cut them.
   *
   * @param size bytes; picks the class
   * @param count 0 to what `maxBytes` holds
   * @throws ERR_SYNCPOOL_EXHAUSTED if so many cannot be had; those that can stay pooled
   */
  prewarm(size: number, count: number, options: PrewarmOptions = {}): void {
    const magazine = this.magazineFor(size);
    integerOption('count', count, 0, Math.floor(this.maxBytes / footprint(magazine.size)));
    knownOptions('prewarm', options, ['for', 'touch']);
    const isForAll = choice('for', options.for ?? 'processor', ['processor', 'all']) === 'all';
    const leased: PooledBuffer[] = [];
    try {
      while (leased.length < count) {
        const buffer = this.tryGet(magazine, this.prewarm);
        if (buffer === undefined) throw exhausted(magazine);
        leased.push(buffer);
        if (options.touch === true) for (let at = 0; at < buffer.length; at += SMALLEST_PAGE) buffer[at] = 0;
      }
    } finally {
      for (const buffer of leased) {
        this.putUnused(buffer);
        if (isForAll) drainMagazine(magazine);
      }
    }
  }

  /**
   * Sends what this thread has stashed to where other threads reach it. For a thread that is about to sleep with its event loop
   * stopped (`Atomics.wait`), which could neither be asked for its blocks nor drain them.
   *
   * @throws ERR_SYNCPOOL_CLOSED
   */
  flush(): void {
    this.processor.enter();
    for (const magazine of this.magazines) flushMagazine(magazine);
  }

  /**
   * Ends an epoch for this pool, whatever its `drain` says: blocks that nobody has needed during the whole of it go home, and
   * slabs that have been home for `decayMs` give their memory back. A block survives one drain after its last use, and is gone
   * after two. The magazines of other threads follow when those threads next come to their slow paths or clocks.
   *
   * @throws ERR_SYNCPOOL_CLOSED
   */
  drain(): DrainReport {
    this.processor.enter();
    return this.drainer.drain();
  }

  /**
   * Moves the pool's hard limit. Upwards at once, as far as the runtime has bytes left that no pool was promised. Downwards, nothing more is
   * cut until as much has come home and was given back; what was promised to the pool stays its own.
   *
   * @param maxBytes at least one block of the largest size, at most 4,095 MiB
   * @throws ERR_SYNCPOOL_INVALID_OPTION, ERR_SYNCPOOL_CLOSED; then nothing has changed
   */
  resize(maxBytes: number): void {
    const bytes = wholeUnits(maxBytesOption(maxBytes, this.sizes));
    this.processor.enter();
    const isLess = bytes < this.maxBytes;
    new Catalog(this.processor).resize(this.entry, bytes);
    if (isLess) this.drainer.empty();
    else this.processor.kernel.wakePool(this.entry.at);
  }

  /** The counters of all threads, now. */
  stats(): PoolStats {
    return poolStats({ processor: this.processor, ...this.entry });
  }

  /**
   * For `runtime.leave`: stashed blocks go home, waiters are refused. Whether the thread holds nothing any more.
   *
   * @internal
   */
  leave(reason: Error): boolean {
    this.end(reason);
    for (const magazine of this.magazines) {
      drainMagazine(magazine);
      magazine.retire();
    }
    return this.magazines.every(holdsNothing);
  }

  /**
   * For `runtime.close`: stops the pool's clocks in this thread, which would keep a closed runtime's memory until they strike
   * next, and refuses its waiting acquires.
   *
   * @internal
   */
  end(reason: Error): void {
    this.drainer.stop();
    for (const queue of this.queues.values()) queue.rejectAll(reason);
  }

  private readonly tryGetInPool = (magazine: Magazine): PooledBuffer | undefined =>
    this.tryGet(magazine, this.acquire, true);

  private readonly tryGetForQueue = (magazine: Magazine): PooledBuffer | undefined => {
    const { scopes } = this.processor;
    return scopes === undefined
      ? this.tryGetInPool(magazine)
      : scopes.running.run(undefined, this.tryGetInPool, magazine);
  };

  #queueOf(magazine: Magazine): AcquireQueue {
    let queue = this.queues.get(magazine);
    if (queue === undefined) {
      queue = new AcquireQueue(magazine, this.tryGetForQueue);
      this.queues.set(magazine, queue);
    }
    return queue;
  }
}
