// The picture, from the top.
//
//   get   magazine -> own deque -> siblings -> slabs -> memory -> exhausted
//   put   magazine -> own deque -> home
//
// Tier 1 is here, with the fast paths; supply.ts leads to the other tiers. pool.ts adds what is made of get and put.

import {
  endLease,
  isLeased,
  LEASED,
  LEASED_HEAP,
  LEASED_SLOW,
  leaseOf,
  magazineOf,
  type PooledBuffer,
  PooledView,
  setLease,
  usedLengthOption,
} from './buffer.ts';
import type { CatalogEntry } from './catalog.ts';
import * as counter from './counters.ts';
import { Drainer } from './drain.ts';
import { allocateHeap } from './heap.ts';
import { putOf } from './inspector.ts';
import { P_MAX_UNITS, UNIT_BYTES } from './kernel/layout.ts';
import { hooksOf, type LeaseHooks } from './lease-hooks.ts';
import { Magazine } from './magazine.ts';
import { isPressed } from './pressure.ts';
import type { Processor } from './processor.ts';
import { Retention } from './retention.ts';
import { exhausted, foreign, invalidSize, notLeased } from './refusals.ts';
import { giveBack, refill } from './supply.ts';
import type { Callee } from './traces.ts';

/** Get and put: what BufferPool is built on. */
export class PoolCore {
  readonly name: string;
  /** Block sizes in bytes, ascending. */
  readonly sizes: readonly number[];
  /** @internal */
  readonly magazines: readonly Magazine[];
  /** @internal */
  protected readonly entry: CatalogEntry;
  /** @internal */
  protected readonly processor: Processor;
  /** What `get()` asks for: the only size, or NaN, which no class serves. */
  protected readonly onlySize: number;
  /** The magazine used last. Compared with, rather than followed: a predicted branch costs less than a chain of loads. */
  private hot: Magazine;

  /** @internal */
  readonly retention: Retention;
  /** @internal */
  readonly drainer: Drainer;
  #hooks: LeaseHooks | undefined;

  /** @internal */
  constructor(processor: Processor, entry: CatalogEntry) {
    this.name = entry.name;
    this.sizes = entry.sizes;
    this.entry = entry;
    this.processor = processor;
    this.#hooks = hooksOf(entry, processor.scopes);
    this.magazines = entry.sizes.map((_, i) => new Magazine(this, processor, entry, i));
    for (const magazine of this.magazines) magazine.siblings = this.magazines;
    this.retention = new Retention(entry, this.magazines);
    this.drainer = new Drainer(processor, entry, this.magazines);
    this.hot = this.magazines[0] as Magazine;
    this.onlySize = entry.sizes.length === 1 ? (entry.sizes[0] as number) : Number.NaN;
  }

  /**
   * Leases a buffer of the smallest class that fits `size` bytes. Its length is the class's size, its
   * contents are whatever was there, or zeros if the pool's `wipe` is 'get'. A few nanoseconds when this thread has one at hand.
   *
   * @param size bytes, 1 to the largest of `sizes`; may be left out where the pool has one size, or is `adaptive`
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
   * @param usedLength how many bytes were in use, 0 to the buffer's length: what an `adaptive` pool learns from, and others ignore
   * @throws ERR_SYNCPOOL_DOUBLE_PUT, ERR_SYNCPOOL_NOT_HELD (detached), ERR_SYNCPOOL_FOREIGN_BUFFER (a
   * sub-array, a clone, another pool's or any other object), ERR_SYNCPOOL_INVALID_OPTION (usedLength), ERR_SYNCPOOL_CLOSED;
   * then nothing has changed
   */
  put(buffer: PooledBuffer, usedLength?: number): void {
    const magazine = this.hot;
    const view = buffer as unknown as PooledView;
    if (
      usedLength === undefined &&
      magazineOf(view) === magazine &&
      leaseOf(view) === LEASED &&
      magazine.top < magazine.capacity &&
      magazine.gate[0] === 0
    ) {
      magazine.stash(view);
      return;
    }
    this.#putSlow(buffer, usedLength);
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
   * As `put`, of a buffer that nobody has used.
   *
   * @internal
   */
  protected putUnused(buffer: PooledBuffer): void {
    this.put(buffer);
  }

  /** Hard limit in bytes: leased, pooled and detached together. `resize` moves it. */
  get maxBytes(): number {
    return this.processor.kernel.loadShared(this.entry.at + P_MAX_UNITS) * UNIT_BYTES;
  }

  /** @internal */
  get hasHooks(): boolean {
    return this.#hooks !== undefined;
  }

  /** @internal */
  get watchesLeases(): boolean {
    return this.entry.debugOneIn > 0 || this.processor.scopes !== undefined;
  }

  /**
   * For the thread's first scope: leases come by the slow paths from here on, where they are told apart.
   *
   * @internal
   */
  followScopes(): void {
    this.#hooks = hooksOf(this.entry, this.processor.scopes);
    for (const magazine of this.magazines) magazine.closeFastGet();
  }

  /** @internal */
  get takesBackDrops(): boolean {
    return this.entry.onDrop === 'takeBack';
  }

  /** @internal */
  get wipesAtPut(): boolean {
    return this.entry.wipe === 'put';
  }

  /**
   * Leases the newest view of a magazine that has one. `below` is the call that the user made.
   *
   * @internal
   */
  protected lease(magazine: Magazine, below: Callee): PooledBuffer {
    // Without hooks nothing can be cut between the lease and the user.
    if (this.#hooks === undefined) return magazine.lease() as unknown as PooledBuffer;
    return this.#hooks.lease(magazine, below) as unknown as PooledBuffer;
  }

  /**
   * An adopted view, as the user gets it.
   *
   * @internal
   */
  protected adopted(view: PooledView, below: Callee): PooledBuffer {
    return (this.#hooks?.adopted(magazineOf(view) as Magazine, view, below) ?? view) as unknown as PooledBuffer;
  }

  /**
   * A leased buffer, as the user of this moment gets it.
   *
   * @internal
   */
  protected delivered(buffer: PooledBuffer): PooledBuffer {
    this.#hooks?.leased(buffer as unknown as PooledView);
    return buffer;
  }

  /** Remembers the size used last. Written only when it changes: in a pool of one size V8 then treats it as a constant. */
  #warm(magazine: Magazine): void {
    if (this.hot !== magazine) this.hot = magazine;
  }

  #getSlow(size: number): PooledBuffer {
    const magazine = this.magazineFor(size);
    this.#warm(magazine);
    if (magazine.top > 0 && magazine.gate[0] === 0) return this.lease(magazine, this.get);
    // A time of pressure that is over ends here too, or every get from a full magazine would stay slow. From an empty one refill asks.
    if (magazine.top > 0) isPressed(magazine);
    const buffer = this.tryGet(magazine, this.get, this.entry.onExhausted === 'heap');
    if (buffer !== undefined) return buffer;
    magazine.count(counter.EXHAUSTED);
    if (this.entry.onExhausted === 'throw') throw exhausted(magazine);
    return this.#getFromHeap(magazine);
  }

  /**
   * A get that gives up instead of throwing when there is no block. `below` is the call that a user made.
   *
   * @internal
   */
  protected tryGet(magazine: Magazine, below: Callee, mayBelieve = false): PooledBuffer | undefined {
    this.processor.enter();
    if (magazine.top === 0 && !refill(magazine, mayBelieve)) {
      // A close may have come after the look in enter: whoever sleeps now must not have missed it.
      this.processor.enter();
      return undefined;
    }
    return this.lease(magazine, below);
  }

  #getFromHeap(magazine: Magazine): PooledBuffer {
    const view = new PooledView(allocateHeap(magazine), 0, magazine, 0);
    setLease(view, LEASED_HEAP);
    magazine.count(counter.HEAP_GETS);
    return this.delivered(view as unknown as PooledBuffer);
  }

  #putSlow(buffer: PooledBuffer, usedLength: number | undefined): void {
    const magazine = this.held(buffer);
    if (usedLength !== undefined) usedLengthOption(usedLength, magazine.size);
    let view = buffer as unknown as PooledView;
    if (leaseOf(view) === LEASED_HEAP) {
      this.processor.enter();
      this.#hooks?.dropping(view);
      endLease(view);
      magazine.count(counter.HEAP_PUTS);
      return;
    }
    this.#warm(magazine);
    if (leaseOf(view) === LEASED_SLOW) {
      this.processor.enter();
      view = this.#hooks?.putting(magazine, view, this.put) ?? view;
    }
    if (magazine.top < magazine.capacity && magazine.gate[0] === 0) {
      magazine.stash(view);
      return;
    }
    this.processor.enter();
    giveBack(magazine, view);
  }

  /**
   * The magazine of a buffer that this thread holds, from this pool; throws what put and detach throw.
   *
   * @internal
   */
  protected held(buffer: PooledBuffer): Magazine {
    const magazine = magazineOf(buffer);
    if (magazine === undefined || magazine.pool !== this) throw foreign(this.name, buffer);
    const lease = leaseOf(buffer as unknown as PooledView);
    if (isLeased(lease)) return magazine;
    throw notLeased(this.name, lease, putOf(buffer as unknown as PooledView));
  }

  /** @internal */
  protected magazineFor(size: number): Magazine {
    const magazine = Number.isInteger(size) && size > 0 ? this.magazines.find((one) => size <= one.size) : undefined;
    if (magazine !== undefined) return magazine;
    throw invalidSize(this.name, this.sizes, size);
  }
}
