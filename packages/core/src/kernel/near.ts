// Which slabs are near a thread: the memory of a page is on the node whose thread touched it first, and fresh blocks are touched
// by who cuts them. So a slab is its first cutter's node's, and threads take and cut from slabs of their own node before others'.
//
//   S_NODE   0 -> node    labelNode, by who cuts from the slab, or takes a run whose pages were given back
//            node -> 0    forgetNode, by who has given the slab's pages back
//
// Written racily: two first cutters of different nodes may both write, and then one label is what stays. Nothing but the order of
// a search rests on it. A slab without a node is near to everybody, and so is every slab to a thread without a node.

import { R_NODE, S_NODE, slabAt } from './layout.ts';
import { loadPlain, loadRacy, storeRacy } from './word.ts';

/** The node of the calling thread, whose row it is: 1 + its id, or 0. */
/* @inline */ export function nodeOf(row: i32): i32 {
  return loadPlain(row + R_NODE);
}

/* @inline */ export function isNear(slab: i32, node: i32): boolean {
  if (node === 0) return true;
  const label = loadRacy(slabAt(slab) + S_NODE);
  return label === 0 || label === node;
}

/** The row's thread is about to touch memory of the slab: it is its node's, if it was nobody's. */
export function labelNode(row: i32, slab: i32): void {
  const node = nodeOf(row);
  if (node !== 0 && loadRacy(slabAt(slab) + S_NODE) === 0) storeRacy(slabAt(slab) + S_NODE, node);
}

/** The slab's pages are given back: its memory is nobody's until it is touched. */
export function forgetNode(slab: i32): void {
  storeRacy(slabAt(slab) + S_NODE, 0);
}
