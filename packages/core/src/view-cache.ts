// Views of blocks that are in the pool, kept so that a block that comes back needs no new object.
// Bounded and direct-mapped: a block has one place, and a newcomer replaces what stands there. Only
// views that nobody holds are here: a leased view is its user's alone.

import { blockOf, type PooledView } from './buffer.ts';

const CHUNK_SHIFT = 8;
const CHUNK = 1 << CHUNK_SHIFT;
/** What a view costs on the heap, about, with what watches for its end (drops.ts). */
const VIEW_BYTES = 260;
/** What a typed array over the same block adds, about. */
const TWIN_BYTES = 200;
const LEAST_VIEWS = 1024;

export class ViewCache {
  readonly #blocks: number;
  readonly #bytes: number;
  #mask: number;
  /** Chunks of places, made when first needed. */
  readonly #chunks: ((PooledView | undefined)[] | undefined)[] = [];

  /** Room for `blocks` views, but for no more than a sixteenth of the pool's bytes (at least 1,024). */
  constructor(blocks: number, poolBytes: number) {
    this.#blocks = blocks;
    this.#bytes = poolBytes / 16;
    this.#mask = this.#placesFor(0) - 1;
  }

  /** Places for views that have so many twins each, a power of two. */
  #placesFor(twins: number): number {
    const limit = Math.max(LEAST_VIEWS, Math.floor(this.#bytes / (VIEW_BYTES + twins * TWIN_BYTES)));
    return 2 ** Math.floor(Math.log2(Math.min(limit, Math.max(CHUNK, 2 * this.#blocks))));
  }

  /** From now on views may have so many twins each (typed-array.ts), never fewer than before. What is kept beyond the new bound is dropped. */
  expectTwins(twins: number): void {
    // A view at a place that is left has the same place under the shorter mask.
    this.#mask = this.#placesFor(twins) - 1;
    this.#chunks.length = Math.min(this.#chunks.length, (this.#mask >> CHUNK_SHIFT) + 1);
  }

  /** Most views it can hold. */
  get capacity(): number {
    return this.#mask + 1;
  }

  /** Removes and returns the view of `block` at place `key`, if it is there. */
  take(key: number, block: number): PooledView | undefined {
    const chunk = this.#chunks[(key & this.#mask) >> CHUNK_SHIFT];
    if (chunk === undefined) return undefined;
    const place = key & this.#mask & (CHUNK - 1);
    const view = chunk[place];
    if (view === undefined || blockOf(view) !== block) return undefined;
    chunk[place] = undefined;
    return view;
  }

  /** Keeps a view at place `key`; whatever stood there is dropped. */
  keep(key: number, view: PooledView): void {
    const at = (key & this.#mask) >> CHUNK_SHIFT;
    let chunk = this.#chunks[at];
    if (chunk === undefined) {
      chunk = new Array<PooledView | undefined>(CHUNK).fill(undefined);
      this.#chunks[at] = chunk;
    }
    chunk[key & this.#mask & (CHUNK - 1)] = view;
  }
}
