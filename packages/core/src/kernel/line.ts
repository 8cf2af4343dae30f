// A block's line: who holds the block, its generation, and the length in use of a detached one.
//
//   state word   31............12 11......2 1 0
//   FREE          0                         0 0   home in its slab's bitmap, or not cut
//   OWNED         incarnation     row       0 1   row's thread alone touches line and bytes
//   IN_DEQUE      0               row       1 0   nobody CASes on it; the deque's claim is what counts
//   DETACHED      generation (30 bits)      1 1   nobody's, until adopt's CAS
//
// The state is written when a block crosses a tier, never by get and put. OWNED -> anything is the
// owner's plain store, published by the atomic that hands the block on; DETACHED -> OWNED is a CAS, and so
// is OWNED by a dead row -> OWNED by the row that recovers it (seize).
// DETACHED names its generation, so that the CAS of an old handle fails even if the block was
// adopted and detached again since its reader looked: there is no ABA on it short of 2^30 detaches,
// and `detach` refuses to make the 2^29th.
//
// The generation only ever goes up, by the owner in `detach`; neither home nor cut resets it.

import {
  L_DETACHED_AT,
  L_GENERATION,
  L_STATE,
  L_USED,
  lineAt,
  R_OWNER,
  R_STAGED,
  R_STAGED_CLASS,
  stageAt,
} from './layout.ts';
import { DONE, FULL, STALE } from './outcome.ts';
import { casShared, loadPlain, loadShared, storePlain, storeShared } from './word.ts';

export const TAG_MASK: i32 = 3;
export const FREE: i32 = 0;
export const OWNED: i32 = 1;
export const IN_DEQUE: i32 = 2;
export const DETACHED: i32 = 3;

const ROW_SHIFT: i32 = 2;
export const ROW_BITS: i32 = 10;
const ROW_MASK: i32 = (1 << ROW_BITS) - 1;
const INCARNATION_SHIFT: i32 = 12;
export const INCARNATION_BITS: i32 = 20;
export const INCARNATION_MASK: i32 = (1 << INCARNATION_BITS) - 1;

/** A handle has 53 bits: 29 of generation above 24 of block index (handle.ts). */
const GENERATION_BITS: i32 = 29;
export const LAST_GENERATION: i32 = (1 << GENERATION_BITS) - 1;

/** Tag, row and incarnation in one word; rows and pool entries under construction use the same packing. */
/* @inline */ export function packTagged(tag: i32, row: i32, incarnation: i32): i32 {
  return (incarnation << INCARNATION_SHIFT) | (row << ROW_SHIFT) | tag;
}

/* @inline */ export function tagOf(word: i32): i32 {
  return word & TAG_MASK;
}

/* @inline */ export function rowOf(word: i32): i32 {
  return (word >> ROW_SHIFT) & ROW_MASK;
}

/* @inline */ export function incarnationOf(word: i32): i32 {
  return (word >> INCARNATION_SHIFT) & INCARNATION_MASK;
}

/* @inline */ export function inDeque(row: i32): i32 {
  return (row << ROW_SHIFT) | IN_DEQUE;
}

/* @inline */ export function detached(generation: i32): i32 {
  return (generation << ROW_SHIFT) | DETACHED;
}

/** Stores a state into the line of a block that the caller owns; its next atomic publishes it. */
/* @inline */ export function setState(block: i32, state: i32): void {
  storePlain(lineAt(block) + L_STATE, state);
}

/**
 * Hands an owned block to whoever adopts it first. Returns its new generation; FULL if the
 * generation is used up; STALE if the row does not own the block. The store of the state publishes
 * generation, length and time: it pairs with adopt's CAS.
 */
export function detach(row: i32, block: i32, used: i32, now: i32): i32 {
  const line = lineAt(block);
  if (loadShared(line + L_STATE) !== loadPlain(row + R_OWNER)) return STALE;
  const generation = loadPlain(line + L_GENERATION) + 1;
  if (generation > LAST_GENERATION) return FULL;
  storePlain(line + L_GENERATION, generation);
  storePlain(line + L_USED, used);
  storePlain(line + L_DETACHED_AT, now);
  storeShared(line + L_STATE, detached(generation));
  return generation;
}

/** Takes a detached block for the row, once. Returns the length in use, or STALE if the handle's moment has passed. */
export function adopt(row: i32, block: i32, generation: i32): i32 {
  const line = lineAt(block);
  const expected = detached(generation);
  if (casShared(line + L_STATE, expected, loadPlain(row + R_OWNER)) !== expected) return STALE;
  return loadPlain(line + L_USED);
}

/**
 * Takes one block from a dead row for the row that recovers it, and adds it to the staged ones. DONE, or STALE if the
 * state is not `expected`. A CAS, although the dead cannot be in the way: two that recover it, one
 * after the other's death, can.
 */
export function seize(row: i32, cls: i32, block: i32, expected: i32): i32 {
  if (casShared(lineAt(block) + L_STATE, expected, loadPlain(row + R_OWNER)) !== expected) return STALE;
  const count = loadPlain(row + R_STAGED);
  storePlain(stageAt(row, count), block);
  storePlain(row + R_STAGED_CLASS, cls);
  storePlain(row + R_STAGED, count + 1);
  return DONE;
}
