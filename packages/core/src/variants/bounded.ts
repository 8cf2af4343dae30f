// A free list under one mutex: the bounded LIFO pool that is written first, in any language.

import { giveLocked, LOOKS, MOST_BLOCKS, takeLocked } from './locked-list.ts';
import type { LockingOptions, Traits, VariantToken } from './options.ts';
import { VariantPool } from './pool.ts';

const TRAITS: Traits = { kind: 'bounded', lists: 1, hasLocks: true, mostBlocks: MOST_BLOCKS };

/**
 * Blocks of shared memory under one mutex, the block put last first. Every thread reaches every block, so "exhausted" is exact. Threads that get and put at
 * the same time wait for each other, asleep in the worst case.
 *
 * What it lacks: a thread that is killed or cut inside leaves the mutex locked, for everybody and for ever (ERR_SYNCPOOL_TIMEOUT), and what a dead thread
 * had leased does not come back.
 *
 * Source: the mutex is number 2 of Ulrich Drepper, "Futexes Are Tricky" (2011).
 */
export class BoundedPool extends VariantPool {
  /**
   * Makes a pool, or attaches to the one that a token names.
   *
   * @throws ERR_SYNCPOOL_INVALID_OPTION; of a token ERR_SYNCPOOL_POOL_MISMATCH (another class's), _LAYOUT_MISMATCH, _TOO_MANY_PROCESSORS
   */
  constructor(from: LockingOptions | VariantToken) {
    super(TRAITS, from);
  }

  protected override take(): number {
    const { words, places, plan } = this;
    return takeLocked(words, places.lists, places.next, LOOKS, plan.lockTimeoutMs);
  }

  protected override give(block: number): number {
    const { words, places, plan } = this;
    return giveLocked(words, places.lists, places.next, block, LOOKS, plan.lockTimeoutMs);
  }
}
