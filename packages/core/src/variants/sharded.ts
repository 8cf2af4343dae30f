// 256 free lists, a mutex each: the pool of one mutex, cut up so that threads rarely meet.

import { threadId } from 'node:worker_threads';
import { giveLocked, LOOKS, MOST_BLOCKS, takeLocked } from './locked-list.ts';
import { LIST_STRIDE } from './memory.ts';
import type { LockingOptions, Traits, VariantToken } from './options.ts';
import { NONE } from './outcome.ts';
import { VariantPool } from './pool.ts';

const SHARD_BITS = 8;
const SHARDS = 1 << SHARD_BITS;
const TRAITS: Traits = { kind: 'sharded', lists: SHARDS, hasLocks: true, mostBlocks: MOST_BLOCKS };

/** A thread's shard: the top bits of a multiple by the golden ratio, so that neighbouring ids are far apart (Knuth, TAOCP 3, 6.4). */
function shardOf(thread: number): number {
  return Math.imul(thread, 0x9e3779b1) >>> (32 - SHARD_BITS);
}

/**
 * Blocks of shared memory in 256 lists, a mutex each. A thread puts into the list that its id hashes to, and gets from there; when that is empty it
 * looks into the others, one lock after the other.
 *
 * What it lacks: what BoundedPool does, a list at a time. And a get that finds all lists empty has looked at them at different moments: it may say "exhausted" while
 * a block goes from hand to hand behind it.
 *
 * Source: valyala/bytebufferpool and sharded maps have this shape; the mutex is number 2 of Ulrich Drepper, "Futexes Are Tricky" (2011). Unlike those, which pick a
 * shard at random or by key, a thread keeps its own: nobody else's cache has it then.
 */
export class ShardedPool extends VariantPool {
  readonly #shard = shardOf(threadId);

  /**
   * Makes a pool, or attaches to the one that a token names.
   *
   * @throws ERR_SYNCPOOL_INVALID_OPTION; of a token ERR_SYNCPOOL_POOL_MISMATCH (another class's), _LAYOUT_MISMATCH, _TOO_MANY_PROCESSORS
   */
  constructor(from: LockingOptions | VariantToken) {
    super(TRAITS, from);
  }

  #listOf(shard: number): number {
    return this.places.lists + (shard & (SHARDS - 1)) * LIST_STRIDE;
  }

  protected override take(): number {
    const { words, places, plan } = this;
    for (let step = 0; step < SHARDS; step++) {
      const block = takeLocked(words, this.#listOf(this.#shard + step), places.next, LOOKS, plan.lockTimeoutMs);
      if (block !== NONE) return block;
    }
    return NONE;
  }

  protected override give(block: number): number {
    const { words, places, plan } = this;
    return giveLocked(words, this.#listOf(this.#shard), places.next, block, LOOKS, plan.lockTimeoutMs);
  }
}
