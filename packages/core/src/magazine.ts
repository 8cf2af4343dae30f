// Tier 1: the blocks of one class that one thread has at hand, as ready views. Nobody else can
// reach them, which is what makes them cheap and why there are few.

import { blockOf, endLease, LEASED, LEASED_SLOW, PooledView, setLease } from './buffer.ts';
import type { CatalogEntry } from './catalog.ts';
import * as counter from './counters.ts';
import {
  C_EPOCH,
  C_GATE,
  C_ID,
  C_PER_SLAB,
  C_UNITS,
  numberOf,
  SLAB_BYTES,
  slabOf,
  UNIT_BYTES,
} from './kernel/layout.ts';
import { MAX_BATCH, MAX_CUT } from './kernel/widths.ts';
import { DropWatch } from './drops.ts';
import { footprint } from './options.ts';
import type { PoolCore } from './pool-core.ts';
import type { Processor } from './processor.ts';
import type { Stack } from './traces.ts';
import { ViewCache } from './view-cache.ts';

const MOST_VIEWS = 128;
const MOST_BYTES = 1 << 20;

/**
 * How many blocks a magazine holds: at most 128, at most 1 MiB, and so few that all magazines of
 * all threads and sizes together keep a quarter of the pool's bytes at most. 0 is a valid answer: then
 * every put goes straight to where others reach it.
 *
 * @param shareBytes what the pool may retain divided by the number of its sizes, or what the size may if that is less
 */
export function capacityOf(size: number, shareBytes: number, maxProcessors: number): number {
  const blocks = Math.floor(shareBytes / footprint(size));
  return Math.min(MOST_VIEWS, Math.floor(MOST_BYTES / footprint(size)), Math.floor(blocks / (4 * maxProcessors)));
}

function batchOf(capacity: number): number {
  return Math.max(1, Math.min(MAX_BATCH, capacity >> 1));
}

function freshBatchOf(capacity: number): number {
  return capacity >= 2 * MAX_CUT ? MAX_CUT : batchOf(capacity);
}

export class Magazine {
  readonly pool: PoolCore;
  readonly processor: Processor;
  /** Bytes of a block, which is the length of its views. */
  readonly size: number;
  /** The next smaller size of the pool, 0 if there is none: gets above it and up to `size` are served here. */
  floor: number;
  /** Address of the class in control memory. */
  readonly cls: number;
  readonly id: number;
  capacity: number;
  /** Blocks moved at once between this magazine and the kernel: half the capacity, 1 to 8. */
  batch: number;
  /** Fresh blocks cut at once. */
  freshBatch: number;
  /** The class's gate (pressure.ts): 0 means that the fast path is open. A racy load: whoever must know looks again. */
  readonly gate: Int32Array;
  /** This row and class's counters (counters.ts), in control memory. */
  readonly tally: Float64Array;
  /** The views at hand, the newest at `top - 1`; above that undefined, or what a load that was cut has left. */
  readonly slots: (PooledView | undefined)[];
  top = 0;
  /** Every magazine of this thread and pool, this one included. */
  siblings: readonly Magazine[] = [];
  /** The eventcount's value at the last conclusion "exhausted", 0 if there was none; and until when it may be believed. */
  ticket = 0;
  rescanAt = 0;
  readonly #views: ViewCache;
  readonly #drops: DropWatch;
  /** At the last epoch that this thread has noticed: its number, and what the counters and the magazine said. */
  #epoch = 0;
  #topThen = 0;
  #takenThen = 0;
  readonly #perSlab: number;
  readonly #stride: number;

  /** The magazine of the pool's `index`th size. */
  constructor(pool: PoolCore, processor: Processor, entry: CatalogEntry, index: number) {
    const { kernel } = processor;
    const cls = kernel.classAt(entry.firstClass + index);
    const { maxBytes, sizes, sizeRetainBytes } = entry;
    this.pool = pool;
    this.processor = processor;
    this.cls = cls;
    this.size = sizes[index] as number;
    // No size is above infinity: a pool with hooks sees every get.
    this.floor = pool.hasHooks ? Number.POSITIVE_INFINITY : (sizes[index - 1] ?? 0);
    this.id = kernel.loadPlain(cls + C_ID);
    const poolShare = Math.min(maxBytes, entry.retainBytes) / sizes.length;
    const shareBytes = Math.min(poolShare, sizeRetainBytes[index] ?? poolShare);
    this.capacity = capacityOf(this.size, shareBytes, processor.maxProcessors);
    this.batch = batchOf(this.capacity);
    this.freshBatch = freshBatchOf(this.capacity);
    const { buffer } = processor.words;
    this.gate = new Int32Array(buffer, cls + C_GATE, 1);
    this.tally = new Float64Array(buffer, counter.countersAt(kernel, processor.index, this.id), counter.FIELDS);
    this.slots = new Array<PooledView | undefined>(Math.max(this.capacity, MAX_CUT) + MAX_CUT).fill(undefined);
    this.#perSlab = kernel.loadPlain(cls + C_PER_SLAB);
    this.#stride = kernel.loadPlain(cls + C_UNITS) * UNIT_BYTES;
    this.#drops = new DropWatch(this);
    this.#views = new ViewCache(Math.floor(maxBytes / this.#stride), maxBytes);
    this.#mark(kernel.loadShared(cls + C_EPOCH));
  }

  /** Closes the fast path for a thread that leaves: nothing fits any more. */
  retire(): void {
    this.capacity = 0;
  }

  /** Sends every get from here on to the slow path: the pool has hooks now. */
  closeFastGet(): void {
    this.floor = Number.POSITIVE_INFINITY;
  }

  /** Makes the magazine smaller than it was made, or as large again. What it holds beyond that goes with the next put, or drain. */
  limitTo(capacity: number): void {
    if (capacity === this.capacity) return;
    this.capacity = capacity;
    this.batch = batchOf(capacity);
    this.freshBatch = freshBatchOf(capacity);
  }

  /** Views may have so many typed arrays each from now on. */
  expectTwins(twins: number): void {
    this.#views.expectTwins(twins);
  }

  /** Adds to one of the counters. */
  count(field: number, amount = 1): void {
    (this.tally[field] as number) += amount;
  }

  /**
   * Leases the newest view; the caller has seen that there is one. The lease begins before the view
   * leaves the magazine, and after that nothing can be cut.
   */
  lease(): PooledView {
    const top = this.top - 1;
    const view = this.slots[top] as PooledView;
    setLease(view, LEASED);
    this.slots[top] = undefined;
    this.top = top;
    (this.tally[counter.GETS] as number) += 1;
    return view;
  }

  /** As `lease`, in a pool whose puts have more to do. A method of its own, so that the fast one stores a constant. */
  leaseSlow(): PooledView {
    const top = this.top - 1;
    const view = this.slots[top] as PooledView;
    setLease(view, LEASED_SLOW);
    this.slots[top] = undefined;
    this.top = top;
    (this.tally[counter.GETS] as number) += 1;
    return view;
  }

  /** What `lease` would lease. */
  get newest(): PooledView {
    return this.slots[this.top - 1] as PooledView;
  }

  /**
   * Takes a leased view back; the caller has seen that there is room. The lease ends before the view
   * is in the magazine, and from there on nothing can be cut.
   */
  stash(view: PooledView): void {
    endLease(view);
    this.slots[this.top] = view;
    this.top += 1;
    (this.tally[counter.PUTS] as number) += 1;
  }

  /** A view's place in the cache: blocks of the class, counted through. */
  #keyOf(block: number): number {
    return slabOf(block) * this.#perSlab + numberOf(block);
  }

  /** The view of a block that this thread owns, or is about to; cached or new, not leased. */
  viewOf(block: number): PooledView {
    const kept = this.#views.take(this.#keyOf(block), block);
    return kept ?? this.freshView(block);
  }

  /** A new view of a block that this thread owns, or is about to, not leased; `lease` is where its lease begins, if that is watched. */
  freshView(block: number, lease?: Stack): PooledView {
    const offset = (slabOf(block) - 1) * SLAB_BYTES + numberOf(block) * this.#stride;
    const view = new PooledView(this.processor.data, offset, this, block);
    this.#drops.watch(view, block, lease);
    return view;
  }

  /** Keeps a view whose block leaves this thread. */
  keep(view: PooledView): void {
    this.#views.keep(this.#keyOf(blockOf(view)), view);
  }

  /**
   * Moves the staged blocks into the magazine. Their views are made first; then the magazine grows
   * and the stage is cleared by stores with nothing between them that could be cut. `field` counts them.
   */
  load(field: number): void {
    const { words, stagedAt, stageAt } = this.processor;
    const { tally, slots, top } = this;
    const count = words[stagedAt] as number;
    for (let i = 0; i < count; i++) slots[top + i] = this.viewOf(words[stageAt + i] as number);
    this.top = top + count;
    words[stagedAt] = 0;
    (tally[field] as number) += count;
  }

  /**
   * Moves the newest `count` blocks (at most MAX_CUT) to the stage: copied first, then taken out of
   * the magazine and staged by stores with nothing between them. The caller spills or homes the stage.
   */
  unload(count: number): void {
    const { words, stagedAt, stagedClassAt, stageAt } = this.processor;
    const { tally, slots } = this;
    const rest = this.top - count;
    for (let i = 0; i < count; i++) {
      const view = slots[rest + i] as PooledView;
      words[stageAt + i] = blockOf(view);
      this.keep(view);
    }
    words[stagedClassAt] = this.cls;
    this.top = rest;
    words[stagedAt] = count;
    (tally[counter.RELEASED_BLOCKS] as number) += count;
    // In a loop: for so few, Array.prototype.fill costs more than all the rest.
    for (let i = 0; i < count; i++) slots[rest + i] = undefined;
  }

  /** Blocks that have left the magazine since the thread began: for a user, or for the kernel. */
  get #taken(): number {
    return (this.tally[counter.GETS] as number) + (this.tally[counter.RELEASED_BLOCKS] as number);
  }

  #mark(epoch: number): void {
    this.#epoch = epoch;
    this.#topThen = this.top;
    this.#takenThen = this.#taken;
  }

  /** Whether an epoch has begun that this thread has not noticed yet. */
  get isBehind(): boolean {
    return this.processor.kernel.loadShared(this.cls + C_EPOCH) !== this.#epoch;
  }

  /**
   * How many of the oldest blocks were not needed since the last epoch that this thread has noticed. At
   * least so many, without a mark on the fast path: what left since then came from above, one block each.
   */
  get coldBlocks(): number {
    return Math.max(0, Math.min(this.top, this.#topThen - (this.#taken - this.#takenThen)));
  }

  /** Notices the epoch; its cold blocks are gone by now. */
  noticeEpoch(): void {
    this.#mark(this.processor.kernel.loadShared(this.cls + C_EPOCH));
  }

  /** Turns the magazine over, one swap after the other: a cut leaves another order, and every block. */
  turnOver(): void {
    const { slots } = this;
    for (let low = 0, high = this.top - 1; low < high; low++, high--) {
      const view = slots[low];
      slots[low] = slots[high];
      slots[high] = view;
    }
  }
}
