// Leased buffers that the program has let go of without a put. While a block is leased its user alone
// holds the view, so once the garbage collector has taken a view whose block is still this thread's,
// nobody can put it any more. Views of blocks in the pool are held by a magazine or by the view cache.

import * as counter from './counters.ts';
import { BLOCKS_PER_SLAB, L_STATE, S_WORD } from './kernel/layout.ts';
import { slabClassOf } from './kernel/slab.ts';
import type { Magazine } from './magazine.ts';
import { MOST_SLABS } from './options.ts';
import { reportDrop } from './reports.ts';
import type { Stack } from './traces.ts';
import type { PooledView } from './buffer.ts';
import { wipeStaged } from './wiping.ts';

const CHUNK_SHIFT = 8;
const CHUNK = 1 << CHUNK_SHIFT;
const SERIALS = 2 ** 29;
const BLOCKS = (MOST_SLABS + 1) * BLOCKS_PER_SLAB;

/** Where a watched lease began, and of which view. */
interface WatchedLease {
  readonly tag: number;
  readonly begun: Stack;
}

export class DropWatch {
  readonly #magazine: Magazine;
  /**
   * By block, in chunks: the tag of the last view made for it. A cut can lose a view whose block
   * then gets another one, so only the end of the last view says something of the block. A tag is a number, not an
   * object, because every view has one: a serial number of 29 bits above the block's index.
   */
  readonly #last: (Float64Array | undefined)[] = [];
  readonly #leases = new Map<number, WatchedLease>();
  readonly #registry = new FinalizationRegistry<number>((tag) => this.#ended(tag));
  #serial = 0;

  constructor(magazine: Magazine) {
    this.#magazine = magazine;
  }

  /** Begins with a view just made, whose lease begins at `begun` if it is watched. */
  watch(view: PooledView, block: number, begun?: Stack): void {
    this.#serial = (this.#serial + 1) % SERIALS;
    const tag = this.#serial * BLOCKS + block;
    this.#setLast(block, tag);
    this.#registry.register(view, tag);
    if (begun !== undefined) this.#leases.set(block, { tag, begun });
  }

  #setLast(block: number, tag: number): void {
    let chunk = this.#last[block >> CHUNK_SHIFT];
    if (chunk === undefined) {
      chunk = new Float64Array(CHUNK);
      this.#last[block >> CHUNK_SHIFT] = chunk;
    }
    chunk[block & (CHUNK - 1)] = tag;
  }

  #ended(tag: number): void {
    const block = tag % BLOCKS;
    const lease = this.#leases.get(block);
    if (lease?.tag === tag) this.#leases.delete(block);
    if (this.#last[block >> CHUNK_SHIFT]?.[block & (CHUNK - 1)] !== tag) return;
    const { processor, pool, id } = this.#magazine;
    // What a cut has left settles first: after that, a block of this thread's that has no view was leased.
    if (!processor.tryEnter()) return;
    const { kernel } = processor;
    // Else the cache has let go of the view, or its lease ended with a message.
    if (kernel.loadShared(kernel.lineAt(block) + L_STATE) !== processor.owner) return;
    // Else its slab went home, and to another size or pool, whose lease of the block is none of this one's. While this thread has it, that cannot change.
    if (slabClassOf(kernel.loadShared(kernel.slabAt(Math.floor(block / BLOCKS_PER_SLAB)) + S_WORD)) !== id) return;
    this.#magazine.count(counter.DROPPED);
    if (pool.takesBackDrops) this.#takeBack(block);
    reportDrop(this.#magazine, lease?.tag === tag ? lease.begun : undefined);
  }

  /** Sends a dropped block home. From the count of staged blocks to the last counter nothing can be cut. */
  #takeBack(block: number): void {
    const { processor, cls, tally } = this.#magazine;
    const { words } = processor;
    words[processor.stageAt] = block;
    words[processor.stagedClassAt] = cls;
    words[processor.stagedAt] = 1;
    (tally[counter.LOST] as number) += 1;
    (tally[counter.RELEASED_BLOCKS] as number) += 1;
    wipeStaged(processor);
    processor.kernel.homeStaged(processor.row);
  }
}
