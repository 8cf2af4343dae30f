// What the deques of a pool may hold: less than its limits on pooled bytes by what all magazines can, because nobody
// can count those. Asked at each flush of a magazine, by each thread for itself: two that flush at the same
// moment may each go over by a batch.

import type { CatalogEntry } from './catalog.ts';
import { C_UNITS, P_MAX_UNITS, P_RESERVED, UNIT_BYTES } from './kernel/layout.ts';
import type { Magazine } from './magazine.ts';

export class Retention {
  readonly #entry: CatalogEntry;
  /** Where the pool's own limit is no more than this, there is nothing to ask. */
  readonly #leastBytes: number;
  /** Bytes that the deques of each size may hold, and those of all sizes together. */
  readonly #sizeBytes: readonly number[];
  readonly #poolBytes: number;
  /** The largest size that may stay pooled at all. An adaptive pool lowers it, and raises it again (adaptive-pool.ts). */
  largest = Number.POSITIVE_INFINITY;

  constructor(entry: CatalogEntry, magazines: readonly Magazine[]) {
    this.#entry = entry;
    const inMagazines = magazines.map((one) => one.capacity * one.processor.maxProcessors * bytesOf(one));
    this.#sizeBytes = entry.sizeRetainBytes.map((bytes, i) => bytes - (inMagazines[i] ?? 0));
    this.#poolBytes = entry.retainBytes - inMagazines.reduce((sum, bytes) => sum + bytes, 0);
    this.#leastBytes = Math.min(entry.retainBytes, ...entry.sizeRetainBytes);
  }

  /** Whether `count` blocks more are too many for the deques. */
  isReached(magazine: Magazine, count: number): boolean {
    if (magazine.size > this.largest) return true;
    const { siblings, processor } = magazine;
    // The limit of the moment: it moves. By a plain read, as below.
    const limit = processor.kernel.loadPlain(this.#entry.at + P_MAX_UNITS) * UNIT_BYTES;
    if (limit <= this.#leastBytes) return false;
    const pooled = siblings.map((one) => one.processor.kernel.blocksInDeques(one.cls) * bytesOf(one));
    const more = count * bytesOf(magazine);
    const index = siblings.indexOf(magazine);
    if ((pooled[index] ?? 0) + more > (this.#sizeBytes[index] ?? 0)) return true;
    return pooled.reduce((sum, bytes) => sum + bytes, more) > this.#poolBytes;
  }

  /** Whether the pool has more than its limit, which was lowered. Plain reads: it is asked again at the next flush. */
  isOverLimit({ processor: { kernel } }: Magazine): boolean {
    const { at } = this.#entry;
    return kernel.loadPlain(at + P_RESERVED) > kernel.loadPlain(at + P_MAX_UNITS);
  }
}

function bytesOf({ processor: { kernel }, cls }: Magazine): number {
  return kernel.loadPlain(cls + C_UNITS) * UNIT_BYTES;
}
