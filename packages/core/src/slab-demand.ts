// How many slabs a pool may need: what a runtime must have left before it can promise the pool its bytes.

import { SLAB_BYTES } from './kernel/layout.ts';
import { footprint } from './options.ts';

/** Blocks of a size in a slab. */
export function perSlabOf(size: number): number {
  return Math.max(1, Math.floor(SLAB_BYTES / footprint(size)));
}

/** Slabs of a block that is a run, 0 for one that shares a slab. */
export function runSlabsOf(size: number): number {
  return size > SLAB_BYTES ? Math.ceil(size / SLAB_BYTES) : 0;
}

function inSlabs(sizes: readonly number[]): number[] {
  return sizes.filter((size) => runSlabsOf(size) === 0);
}

/**
 * Slabs that a pool may need at worst: all its bytes in the class that fills slabs worst, one partly
 * cut slab for each class; and, because slabs and runs do not change into each other, all its bytes in
 * runs too. Runs of several sizes can fill the bytes better than any one of them does, so there no
 * rounding down to whole blocks helps: the bound is the worst slabs per byte, for every byte.
 */
export function slabDemand(sizes: readonly number[], maxBytes: number): number {
  const slabsFor = (size: number): number => Math.ceil(Math.floor(maxBytes / footprint(size)) / perSlabOf(size));
  const runSlabsFor = (size: number): number => Math.floor((maxBytes * runSlabsOf(size)) / footprint(size));
  const small = inSlabs(sizes);
  return Math.max(0, ...small.map(slabsFor)) + small.length + Math.max(0, ...sizes.map(runSlabsFor));
}

/** On a machine with more NUMA nodes than this, some share slabs. */
const MOST_OPEN_SLABS = 8;

/** What a runtime may still be asked for by pools that are not opened yet. */
export interface Unpromised {
  readonly bytes: number;
  readonly classes: number;
}

/**
 * How many slabs with room each class of a pool may have at one time, 1 or more, so that threads of different NUMA nodes do not cut from
 * the same one. Of the `left` slabs that are promised to nobody those are for this that others will hardly need: at most 2
 * a MiB, and one a class. (Other pools of blocks above 1 MiB and smaller ones may need more; they have the less to ask for.)
 */
export function openSlabs(sizes: readonly number[], left: number, others: Unpromised): number {
  const spare = left - 2 * Math.ceil(others.bytes / SLAB_BYTES) - others.classes;
  const classes = inSlabs(sizes).length;
  if (classes === 0) return 1;
  return Math.max(1, Math.min(MOST_OPEN_SLABS, 1 + Math.floor(spare / classes)));
}

/** The slabs that a pool needs for that, above what its bytes need. */
export function spareDemand(sizes: readonly number[], open: number): number {
  return (open - 1) * inSlabs(sizes).length;
}
