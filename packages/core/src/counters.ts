// The counters of one row and class: float64 fields in control memory, written by the row's thread
// alone (by who recovers it, once that is dead: the row is RECOVERING then) and read by anybody, racily: each is one aligned 64-bit word, at most a moment old, and
// nothing but statistics rests on it. The fast path of get and put adds 1 to one of them, on a line that no
// other thread writes.

import type { Kernel } from './host/backend.ts';
import { COUNTER_STRIDE, H_COUNTERS, H_MAX_CLASSES, H_MAX_PROCESSORS, H_STEALS, STEAL_BYTES } from './kernel/layout.ts';

export const GETS = 0;
export const PUTS = 1;
export const ADOPTS = 2;
export const DETACHES = 3;
/** Gets that found the magazine empty, by the tier that served them. */
export const DEQUE_HITS = 4;
export const STEAL_HITS = 5;
export const SLAB_HITS = 6;
export const FRESH_HITS = 7;
/** Blocks that came into this thread, by tier. */
export const DEQUE_BLOCKS = 8;
export const STEAL_BLOCKS = 9;
export const SLAB_BLOCKS = 10;
export const FRESH_BLOCKS = 11;
/** Blocks that this thread sent to its deque or home. */
export const RELEASED_BLOCKS = 12;
export const EXHAUSTED = 13;
export const HEAP_GETS = 14;
export const HEAP_PUTS = 15;
/** Most blocks that this thread had leased at one time, to within a batch. */
export const HIGH_WATER = 16;
/** Detached blocks that this thread discarded. */
export const DISCARDS = 17;
/** Blocks that were leased by threads of this row when they died, or dropped without put and taken back. */
export const LOST = 18;
/** Leased buffers that the garbage collector found dropped without put. */
export const DROPPED = 19;
/** Watched blocks that somebody wrote to after their put. */
export const WRITES_AFTER_PUT = 20;
/** Blocks that this thread has sent home because nobody needed them for an epoch. */
export const DRAINED = 21;
/** Bytes of memory that this thread has given back to the operating system. */
export const RETURNED_BYTES = 22;
/** Blocks that came from siblings, by how far away those were; the rest of STEAL_BLOCKS: from where nobody knows. */
export const STOLEN_CPU = 23;
export const STOLEN_SMT = 24;
export const STOLEN_CLUSTER = 25;
export const STOLEN_LLC = 26;
export const STOLEN_NODE = 27;
export const STOLEN_REMOTE = 28;
/** How many fields there are. */
export const FIELDS = 29;

/** Byte address of a row and class's counters. */
export function countersAt(kernel: Kernel, row: number, id: number): number {
  return kernel.loadPlain(H_COUNTERS) + kernel.cell(row, id) * COUNTER_STRIDE;
}

/** Byte address of a thief's counters of blocks stolen in a class, one for each victim's row. */
export function stealsAt(kernel: Kernel, thief: number, id: number): number {
  const rowsBefore = thief * kernel.loadPlain(H_MAX_CLASSES) + id;
  return kernel.loadPlain(H_STEALS) + rowsBefore * kernel.loadPlain(H_MAX_PROCESSORS) * STEAL_BYTES;
}
