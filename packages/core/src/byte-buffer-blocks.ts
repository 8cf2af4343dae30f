// The blocks that a ByteBuffer holds, and how they become more. Content lies in one block, which is exchanged for one of a
// larger class as it grows; what does not fit the largest class goes on in further blocks of it (docs/decisions/0007).
//
//   earlier                        view
//   [used......|] [used..........] [used (at)....      ]     `used` of an earlier block may be some bytes short of its end
//
// Content changes by one store at the end, of `at`. So whatever fails before, or is cut, leaves it as it was; and a block
// leaves these fields before it is put: a cut between leaks it until the garbage collector finds it, and never doubles it.

import type { PooledBuffer } from './buffer.ts';
import { show, SyncPoolError, typeError } from './errors.ts';
import type { Message } from './handover.ts';
import { integerOption } from './options.ts';
import type { BufferPool } from './pool.ts';

/** A block that is full, as far as it could be filled. */
export interface Part {
  readonly view: PooledBuffer;
  readonly used: number;
}

type Ending = 'detached' | 'disposed of';

function poolOption(pool: unknown): BufferPool {
  const { sizes, get } = (pool ?? {}) as Partial<BufferPool>;
  // Not instanceof: it may be of another copy of the package.
  if (Array.isArray(sizes) && typeof get === 'function') return pool as BufferPool;
  throw typeError('ERR_SYNCPOOL_INVALID_OPTION', `pool must be a BufferPool, and is ${show(pool)}`);
}

/**
 * Whether a pool has refused, and so changed nothing. Another error may have come in the middle of its work, a stack overflow for
 * one: who has the block then is not known here.
 */
function isRefusal(error: unknown): boolean {
  return String((error as { code?: unknown } | null)?.code).startsWith('ERR_SYNCPOOL_');
}

/** What nothing is added to: a buffer of one block needs no lists of its own. */
const NONE: never[] = [];
Object.freeze(NONE);

/** What ByteBuffer is built on: room for bytes, and the way back of every block. */
export class ByteBlocks {
  /** @internal */
  protected readonly pool: BufferPool;
  /** @internal */
  protected readonly largest: number;
  /** What the first block must have room for. */
  readonly #initial: number;
  /**
   * The block that is being filled, and how far.
   *
   * @internal
   */
  protected view: PooledBuffer | undefined = undefined;
  /** @internal */
  protected at = 0;
  /**
   * Bytes of `view`, 0 while there is none: what the fast paths compare with.
   *
   * @internal
   */
  protected end = 0;
  /**
   * Bytes in `earlier`.
   *
   * @internal
   */
  protected before = 0;
  /** @internal */
  protected earlier: Part[] = NONE;
  #ending: Ending | undefined = undefined;
  /** How many streams are still reading, and what may be put when none is. */
  #readers = 0;
  #lent: PooledBuffer[] = NONE;

  /**
   * Takes no block yet.
   *
   * @param initialSize bytes that are expected; picks the size of the first block. More may be written. Default: the smallest size
   * @throws ERR_SYNCPOOL_INVALID_OPTION
   */
  constructor(pool: BufferPool, initialSize = 0) {
    this.pool = poolOption(pool);
    this.largest = pool.sizes[pool.sizes.length - 1] as number;
    this.#initial = Math.min(this.largest, integerOption('initialSize', initialSize, 0, Number.MAX_SAFE_INTEGER));
  }

  /** Bytes written so far; 0 after detach and dispose. */
  get length(): number {
    return this.before + this.at;
  }

  /** Bytes of the blocks held: no block is taken until the content exceeds it. */
  get capacity(): number {
    return this.earlier.reduce((sum, { view }) => sum + view.length, this.end);
  }

  /**
   * Where `bytes`, at most 8, go in `view`; the caller stores them and then `at`.
   *
   * @internal
   */
  protected room(bytes: number): number {
    return this.at + bytes <= this.end ? this.at : this.#roomSlow(bytes);
  }

  #roomSlow(bytes: number): number {
    this.checkOpen();
    this.grow(bytes);
    return this.at;
  }

  /**
   * Refuses what is done after the end.
   *
   * @internal
   */
  protected checkOpen(): void {
    if (this.#ending === undefined) return;
    throw new SyncPoolError(
      'ERR_SYNCPOOL_NOT_HELD',
      `the byte buffer was ${this.#ending}, and holds nothing any more (pool ${show(this.pool.name)}): make a new one`,
    );
  }

  /**
   * Whether the content is in one block after `bytes` more, which `view` has no room for: then `view` is not of the largest size, and the only one.
   *
   * @internal
   */
  protected staysWhole(bytes: number): boolean {
    return this.at + bytes <= this.largest;
  }

  /**
   * Makes room for `bytes` in `view`, more than it has and at most the largest size. The content is the same before and after.
   *
   * @internal
   */
  protected grow(bytes: number): void {
    const old = this.view;
    if (old !== undefined && !this.staysWhole(bytes)) {
      this.#goOn([this.pool.get(this.largest)], this.at, 0);
      return;
    }
    const next = this.#larger(bytes);
    this.#replace(next, this.at);
    if (old !== undefined) this.#giveBack(old);
  }

  /** A block that holds the content, copied, and has room for `bytes` more. At least twice the size, so that all copies together cost at most the content. */
  #larger(bytes: number): PooledBuffer {
    const { view, at } = this;
    if (view === undefined) return this.pool.get(Math.max(bytes, this.#initial, 1));
    const next = this.pool.get(Math.max(at + bytes, Math.min(this.largest, 2 * view.length)));
    view.copy(next, 0, 0, at);
    return next;
  }

  /** Stores only, once it has begun: nothing there is where a cut could come. */
  #replace(view: PooledBuffer, at: number): void {
    const end = view.length;
    this.view = view;
    this.end = end;
    this.at = at;
  }

  /** Goes on in `blocks`, all but the last of them full; `used` bytes are in the block until now. */
  #goOn(blocks: readonly PooledBuffer[], used: number, at: number): void {
    const full: Part[] = this.view === undefined ? [] : [{ view: this.view, used }];
    for (const view of blocks.slice(0, -1)) full.push({ view, used: view.length });
    const before = full.reduce((sum, part) => sum + part.used, this.before);
    const view = blocks.at(-1) as PooledBuffer;
    const end = view.length;
    if (this.earlier === NONE) this.earlier = full;
    else if (full.length === 1) this.earlier.push(full[0] as Part);
    // Not as arguments of one push: a stack has room for some 100,000.
    else this.earlier = this.earlier.concat(full);
    // After that there are stores only, as in `#replace`.
    this.before = before;
    this.view = view;
    this.end = end;
    this.at = at;
  }

  /**
   * Adds bytes that do not fit into `view`.
   *
   * @internal
   */
  protected appendSlow(bytes: Uint8Array): void {
    this.checkOpen();
    if (bytes.length === 0) return;
    if (!this.staysWhole(bytes.length)) {
      this.#spread(bytes);
      return;
    }
    const { at, view: old } = this;
    const next = this.#larger(bytes.length);
    // Before the old block is put: `bytes` may be a part of it.
    next.set(bytes, at);
    this.#replace(next, at + bytes.length);
    if (old !== undefined) this.#giveBack(old);
  }

  /** Adds bytes over several blocks, all of which are taken before anything is written. */
  #spread(bytes: Uint8Array): void {
    const head = Math.min(bytes.length, this.end - this.at);
    const blocks = this.#take(Math.ceil((bytes.length - head) / this.largest));
    const part = (from: number, to: number) => new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from);
    this.view?.set(part(0, head), this.at);
    let from = head;
    let at = 0;
    for (const block of blocks) {
      at = Math.min(this.largest, bytes.length - from);
      block.set(part(from, from + at));
      from += at;
    }
    this.#goOn(blocks, this.at + head, at);
  }

  #take(count: number): PooledBuffer[] {
    const blocks: PooledBuffer[] = [];
    try {
      while (blocks.length < count) blocks.push(this.pool.get(this.largest));
      return blocks;
    } catch (error) {
      for (const block of blocks) block[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * The blocks that have content, and how much.
   *
   * @internal
   */
  protected get parts(): readonly Part[] {
    const { view, at } = this;
    return view === undefined || at === 0 ? this.earlier : [...this.earlier, { view, used: at }];
  }

  /** Gives every block back and goes on with `kept`. */
  #empty(kept: PooledBuffer | undefined): void {
    const { earlier, view } = this;
    const end = kept === undefined ? 0 : kept.length;
    this.earlier = NONE;
    this.before = 0;
    this.view = kept;
    this.end = end;
    this.at = 0;
    for (const part of earlier) this.#giveBack(part.view);
    if (view !== undefined && view !== kept) this.#giveBack(view);
  }

  /** Puts a block that is in no field any more; when no stream reads. */
  #giveBack(view: PooledBuffer): void {
    if (this.#readers === 0) view[Symbol.dispose]();
    else if (this.#lent === NONE) this.#lent = [view];
    else this.#lent.push(view);
  }

  /**
   * Empties the buffer, which keeps its newest block, the largest it has, for what is written next; a block that `writeTo` still
   * reads is not kept.
   *
   * @throws ERR_SYNCPOOL_NOT_HELD after detach and dispose
   */
  reset(): void {
    this.checkOpen();
    this.#empty(this.#readers > 0 ? undefined : this.view);
  }

  /** Gives every block back, those that `writeTo` still reads as soon as it is done. A second time, and after detach, it does nothing. */
  [Symbol.dispose](): void {
    this.#ending ??= 'disposed of';
    this.#empty(undefined);
  }

  /**
   * Detaches these parts, in order, which are all that has content, and ends the buffer.
   *
   * @internal
   */
  protected handOver(parts: readonly Part[]): Message[] {
    this.checkOpen();
    if (this.#readers > 0) {
      throw new SyncPoolError(
        'ERR_SYNCPOOL_BUSY',
        `${this.#readers} writeTo of the byte buffer still read its memory, which whoever adopts it may overwrite (pool ${show(this.pool.name)}): await them first`,
      );
    }
    const messages: Message[] = [];
    // First of all: whatever is cut from here on, nothing writes into a block that is somebody else's.
    this.#ending = 'detached';
    this.end = 0;
    try {
      for (const { view, used } of parts) messages.push(this.pool.detach(view, used));
    } catch (error) {
      if (isRefusal(error)) this.#takeBack(parts, messages);
      throw error;
    }
    // Those that were detached just now are let be.
    this.#empty(undefined);
    return messages;
  }

  /** Undoes a hand-over that was refused in the middle: adopts what went. Throws if there is no runtime to adopt from, and all is over. */
  #takeBack(parts: readonly Part[], messages: readonly Message[]): void {
    const views = messages.map((message) => this.pool.adopt(message));
    const restored = parts.map(({ view, used }, i) => ({ view: views[i] ?? view, used }));
    if (restored.length > this.earlier.length) this.view = restored.pop()?.view;
    this.earlier = restored;
    this.end = this.view?.length ?? 0;
    this.#ending = undefined;
  }

  /**
   * Keeps every block until `reading` has settled, whatever becomes of the buffer meanwhile.
   *
   * @internal
   */
  protected async keepFor(reading: (parts: readonly Part[]) => Promise<void>): Promise<void> {
    this.#readers += 1;
    try {
      await reading(this.parts);
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0) this.#putLent();
    }
  }

  #putLent(): void {
    const lent = this.#lent;
    this.#lent = NONE;
    for (const view of lent) view[Symbol.dispose]();
  }
}
