// A handle: a detached block as a safe integer, to be posted to another thread.
//
//   52.......24 23......12 11.......0
//   generation  slab       number        the last two are the block's index
//
// The generation is unique among all detaches of that block, and the block says which pool it is of:
// a handle is good once, for one pool, whatever becomes of the block later.

import { LAST_GENERATION } from './kernel/line.ts';
import { BLOCKS_PER_SLAB } from './kernel/layout.ts';
import { MOST_SLABS } from './options.ts';

/** A detached block's name. Opaque; a safe integer. */
export type Handle = number;

const INDEX_SPACE = (MOST_SLABS + 1) * BLOCKS_PER_SLAB;

export function packHandle(generation: number, block: number): Handle {
  return generation * INDEX_SPACE + block;
}

export function blockOfHandle(handle: Handle): number {
  // Exact, as INDEX_SPACE is a power of two. The remainder of two doubles would be a call of four times the time.
  return handle - generationOfHandle(handle) * INDEX_SPACE;
}

export function generationOfHandle(handle: Handle): number {
  return Math.floor(handle / INDEX_SPACE);
}

/** Whether `handle` could have come from a runtime with that many slabs. */
export function isPlausible(handle: number, slabs: number): boolean {
  if (!Number.isSafeInteger(handle) || handle <= 0) return false;
  const slab = Math.floor(blockOfHandle(handle) / BLOCKS_PER_SLAB);
  const generation = generationOfHandle(handle);
  return slab >= 1 && slab <= slabs && generation >= 1 && generation <= LAST_GENERATION;
}
