// Where blocks are, as anybody can read it while the others go on: a block that moves meanwhile may be seen where it
// was, where it is, or in no place.

import type { Kernel } from './host/backend.ts';
import { sizeOf, tailOf } from './kernel/deque.ts';
import {
  bitOf,
  BLOCKS_PER_SLAB,
  D_HEAD_TAIL,
  H_MAX_CLASSES,
  H_MAX_PROCESSORS,
  H_RING_SLOTS,
  H_SLAB_COUNT,
  L_STATE,
  R_WORD,
  S_BITMAP,
  S_WORD,
} from './kernel/layout.ts';
import { DETACHED, FREE, IN_DEQUE, incarnationOf, rowOf, tagOf } from './kernel/line.ts';
import { ROW_FREE } from './kernel/row.ts';
import { freshOf, SLAB_ACTIVE, slabClassOf, slabTagOf } from './kernel/slab.ts';

export type Place = 'home' | 'retained' | 'owned' | 'detached' | 'unaccounted';

/** Calls `visit` with every block there is, and its class. */
export function walk(kernel: Kernel, visit: (block: number, id: number) => void): void {
  for (let slab = 1; slab <= kernel.loadPlain(H_SLAB_COUNT); slab++) {
    const word = kernel.loadShared(kernel.slabAt(slab) + S_WORD);
    if (slabTagOf(word) !== SLAB_ACTIVE) continue;
    for (let number = 0; number < freshOf(word); number++) visit(slab * BLOCKS_PER_SLAB + number, slabClassOf(word));
  }
}

function isHome(kernel: Kernel, block: number): boolean {
  const number = block % BLOCKS_PER_SLAB;
  const slab = kernel.slabAt(Math.floor(block / BLOCKS_PER_SLAB));
  return (kernel.loadShared(slab + S_BITMAP + (number >> 5) * 4) & bitOf(number)) !== 0;
}

/** Whether the state names the present incarnation of its row. */
function hasOwner(kernel: Kernel, state: number): boolean {
  const word = kernel.loadShared(kernel.rowAt(rowOf(state)) + R_WORD);
  return tagOf(word) !== ROW_FREE && incarnationOf(word) === incarnationOf(state);
}

/** Where a block is, as its state says; `retained` whether or not a deque has it. */
export function placeOf(kernel: Kernel, block: number): Place {
  const state = kernel.loadShared(kernel.lineAt(block) + L_STATE);
  switch (tagOf(state)) {
    case FREE:
      return isHome(kernel, block) ? 'home' : 'unaccounted';
    case IN_DEQUE:
      return 'retained';
    case DETACHED:
      return 'detached';
    default:
      return hasOwner(kernel, state) ? 'owned' : 'unaccounted';
  }
}

/** Calls `visit` for every deque of the classes, with its row, class and headTail. */
export function walkDeques(
  kernel: Kernel,
  ids: Iterable<number>,
  visit: (row: number, id: number, headTail: number) => void,
): void {
  for (const id of ids) {
    for (let row = 0; row < kernel.loadPlain(H_MAX_PROCESSORS); row++) {
      visit(row, id, kernel.loadShared(kernel.dequeAt(row, id) + D_HEAD_TAIL));
    }
  }
}

/** Blocks that the deques say they hold. */
export function sizeOfDeques(kernel: Kernel): number {
  let size = 0;
  const ids = Array.from({ length: kernel.loadPlain(H_MAX_CLASSES) }, (_, id) => id);
  walkDeques(kernel, ids, (_row, _id, headTail) => {
    size += sizeOf(headTail);
  });
  return size;
}

/** The blocks in the deques of the classes. */
export function blocksInDeques(kernel: Kernel, ids: Iterable<number>): Set<number> {
  const blocks = new Set<number>();
  const last = kernel.loadPlain(H_RING_SLOTS) - 1;
  walkDeques(kernel, ids, (row, id, headTail) => {
    const ring = kernel.ringAt(row, id);
    for (let i = 0; i < sizeOf(headTail); i++) {
      blocks.add(kernel.loadShared(ring + ((tailOf(headTail) + i) & last) * 4));
    }
  });
  return blocks;
}

/** Slots of a deque that are filled although they are outside of what its headTail says it holds. */
export function straySlots(kernel: Kernel, row: number, id: number, headTail: number): number[] {
  const slots = kernel.loadPlain(H_RING_SLOTS);
  const ring = kernel.ringAt(row, id);
  const filled: number[] = [];
  for (let i = sizeOf(headTail); i < slots; i++) {
    const slot = (tailOf(headTail) + i) & (slots - 1);
    if (kernel.loadShared(ring + slot * 4) !== 0) filled.push(slot);
  }
  return filled;
}
