// One free list without locks.

import { LIST_HEAD } from './memory.ts';
import type { Traits, VariantOptions, VariantToken } from './options.ts';
import { VariantPool } from './pool.ts';
import { giveTagged, MOST_BLOCKS, takeTagged } from './tagged-list.ts';

const TRAITS: Traits = { kind: 'freelist', lists: 1, hasLocks: false, mostBlocks: MOST_BLOCKS };

/** Bits that the numbers 0 to `blocks` need. */
function indexBitsOf(blocks: number): number {
  return 32 - Math.clz32(blocks);
}

/**
 * Blocks of shared memory on one stack without locks, at most 4,095 of them. No thread ever waits for another: one that is killed or cut inside loses at most the block that
 * it was about to have. Threads that get and put at the same time all swap the same word, and most of them in vain.
 *
 * What it lacks: what a dead thread had leased does not come back. And the tag that tells a list from one that merely looks the same has 20 bits at the
 * least, 32 less those that the number of blocks needs: a thread that stands still inside a get while others make exactly 2^20 gets, or a multiple,
 * can put the list in disorder (tagged-list.ts has the reckoning).
 *
 * Source: R. Kent Treiber, "Systems Programming: Coping with Parallelism" (1986).
 */
export class FreelistPool extends VariantPool {
  readonly #head: number;
  readonly #indexBits: number;

  /**
   * Makes a pool, or attaches to the one that a token names.
   *
   * @throws ERR_SYNCPOOL_INVALID_OPTION; of a token ERR_SYNCPOOL_POOL_MISMATCH (another class's), _LAYOUT_MISMATCH, _TOO_MANY_PROCESSORS
   */
  constructor(from: VariantOptions | VariantToken) {
    super(TRAITS, from);
    this.#head = this.places.lists + LIST_HEAD;
    this.#indexBits = indexBitsOf(this.plan.blocks);
  }

  protected override take(): number {
    return takeTagged(this.words, this.#head, this.places.next, this.#indexBits);
  }

  protected override give(block: number): number {
    giveTagged(this.words, this.#head, this.places.next, this.#indexBits, block);
    return block;
  }
}
