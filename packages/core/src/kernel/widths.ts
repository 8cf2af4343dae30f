// How wide things are, and how often they are tried. Kept apart so that the interleaving explorer can swap this one
// file for narrow widths (2-bit indexes, rings of 2) and reach wraps and full laps in a few steps.

/**
 * Bits of a deque index. `headTail` packs head and tail into 32 bits, so an index has at most 16;
 * the head sits at the very top of the word at every width, so that its carry falls off and each
 * pair (head, tail) has exactly one word.
 */
export const INDEX_BITS: i32 = 16;
export const HEAD_SHIFT: i32 = 32 - INDEX_BITS;
export const INDEX_MASK: i32 = (1 << INDEX_BITS) - 1;

/** Blocks that one push, pop, steal, take or home step moves at most: those steps are unrolled this far. */
export const MAX_BATCH: i32 = 8;

/** Blocks that one cut step makes at most: 16 x 256 B fill a page, so two threads rarely share one. */
export const MAX_CUT: i32 = 16;

/** Rescans in a row that others' attempts in flight may spoil before the thread naps between them. */
export const BUSY_RESCANS: i32 = 64;

/** Naps of a millisecond, at most, before such an attempt counts as one that will never end. */
export const MOST_NAPS: i32 = 1000;

/** Slabs of other nodes that a search for one of its own passes over at most: some 10 ns each. */
export const MOST_PASSES: i32 = 64;
