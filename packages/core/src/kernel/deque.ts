// One processor's deque of a class: a bounded ring of block indexes with one producer and many
// consumers. The owner pushes and pops at the head, anyone steals at the tail.
//
// Source: Go's sync/poolqueue.go (poolDequeue), a design of Dmitry Vyukov. Differences: batches;
// 16-bit indexes in one 32-bit word instead of 32 in 64; block indexes instead of pointers; a fixed
// ring that overflows to the slabs instead of a chain that doubles; a thief takes half.
//
//   headTail   31........16 15.........0
//              head         tail          size = (head - tail) mod 2^16, at most the ring's slots (<= 2^15)
//
// headTail   written by the owner (push: add; pop: CAS) and by thieves (CAS). Never reset.
// slot       0: the owner's, to fill. Block: its consumer's once claimed, until handed back as 0.
//            The owner fills it plainly and publishes with push's add; a consumer reads it plainly
//            after its claim. A thief hands it back with a shared store, which push's load of the slot
//            observes. The owner, when it pops, is both: it clears the slot plainly, and nobody waits for that.
//
// Claim, then read: a consumer CASes headTail first and reads the slots after. What it claimed
// follows from the very word that its CAS replaced, so the CAS may succeed after any number of
// laps: with 16-bit indexes the same word can return after 65,536 pushes, and then the claimed
// range is right for the present lap, because nothing read before the claim is used but that word.
// Reading first and claiming after was shipped in a peer and withdrawn (CVE-2021-32810).
//
// A claimed slot that is not yet handed back can come round again to the producer: push checks
// each slot for 0 and reports FULL rather than wait.

import {
  bitOf,
  bitWordAt,
  C_NON_EMPTY,
  D_HEAD_TAIL,
  H_RING_SLOTS,
  R_INDEX,
  R_SOURCE,
  R_STAGED,
  R_VICTIM,
} from './layout.ts';
import { noteLow } from './epoch.ts';
import { inDeque, setState } from './line.ts';
import { DONE, EMPTY, FULL, RETRY } from './outcome.ts';
import { commitStaged, stage, staged } from './staging.ts';
import { wakeIfWaiting } from './wait.ts';
import { HEAD_SHIFT, INDEX_MASK, MAX_BATCH } from './widths.ts';
import { addShared, andShared, casShared, loadPlain, loadShared, orShared, storePlain, storeShared } from './word.ts';

export const SOURCE_DEQUE: i32 = 1;
export const SOURCE_STEAL: i32 = 2;

/* @inline */ export function headOf(headTail: i32): i32 {
  return (headTail >>> HEAD_SHIFT) & INDEX_MASK;
}

/* @inline */ export function tailOf(headTail: i32): i32 {
  return headTail & INDEX_MASK;
}

/* @inline */ export function packHeadTail(head: i32, tail: i32): i32 {
  return (head << HEAD_SHIFT) | (tail & INDEX_MASK);
}

/** Blocks in a deque whose word this is. */
/* @inline */ export function sizeOf(headTail: i32): i32 {
  return (headOf(headTail) - tailOf(headTail)) & INDEX_MASK;
}

/** Address of the slot that an index stands for. */
/* @inline */ export function slotAt(ring: i32, index: i32): i32 {
  return ring + ((index & (loadPlain(H_RING_SLOTS) - 1)) << 2);
}

/* @inline */ function least(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

/* @inline */ function isHandedBack(ring: i32, head: i32, i: i32, count: i32): boolean {
  return i >= count || loadShared(slotAt(ring, head + i)) === 0;
}

/** This passes ownership of staged block `first + i` and its slot to the claim of pop or steal, with push's add. */
/* @inline */ function fill(row: i32, ring: i32, head: i32, first: i32, i: i32, count: i32, state: i32): void {
  if (i < count) {
    const block = staged(row, first + i);
    setState(block, state);
    storePlain(slotAt(ring, head + i), block);
  }
}

/** Reads a claimed slot, makes its block the row's, and hands the slot back to another thread's push. */
/* @inline */ function receive(row: i32, ring: i32, from: i32, i: i32, count: i32): void {
  if (i < count) {
    const slot = slotAt(ring, from + i);
    stage(row, i, loadPlain(slot));
    storeShared(slot, 0);
  }
}

/* @inline */ function receiveAll(row: i32, ring: i32, from: i32, count: i32): void {
  receive(row, ring, from, 0, count);
  receive(row, ring, from, 1, count);
  receive(row, ring, from, 2, count);
  receive(row, ring, from, 3, count);
  receive(row, ring, from, 4, count);
  receive(row, ring, from, 5, count);
  receive(row, ring, from, 6, count);
  receive(row, ring, from, 7, count);
}

/** The same of a slot of the row's own deque: there is nobody to hand it to, and a plain store is a twentieth of the price. */
/* @inline */ function takeBack(row: i32, ring: i32, from: i32, i: i32, count: i32): void {
  if (i < count) {
    const slot = slotAt(ring, from + i);
    stage(row, i, loadPlain(slot));
    storePlain(slot, 0);
  }
}

/* @inline */ function takeBackAll(row: i32, ring: i32, from: i32, count: i32): void {
  takeBack(row, ring, from, 0, count);
  takeBack(row, ring, from, 1, count);
  takeBack(row, ring, from, 2, count);
  takeBack(row, ring, from, 3, count);
  takeBack(row, ring, from, 4, count);
  takeBack(row, ring, from, 5, count);
  takeBack(row, ring, from, 6, count);
  takeBack(row, ring, from, 7, count);
}

// The non-empty bit is a hint. It is set after a publish if it is found clear. Whoever takes the
// last block clears it, and then looks again: a push that found the bit still set before the clear
// had published by then, so the second look sees its blocks and sets the bit back.

/* @inline */ function raiseBit(cls: i32, row: i32): void {
  const at = bitWordAt(cls + C_NON_EMPTY, row);
  if ((loadShared(at) & bitOf(row)) === 0) orShared(at, bitOf(row));
}

/* @inline */ function lowerBit(cls: i32, row: i32, deque: i32): void {
  const at = bitWordAt(cls + C_NON_EMPTY, row);
  andShared(at, ~bitOf(row));
  if (sizeOf(loadShared(deque + D_HEAD_TAIL)) !== 0) orShared(at, bitOf(row));
}

/**
 * Moves the last MAX_BATCH staged blocks, or as many as there are, to the head of the row's own
 * deque. DONE, or FULL if they do not fit or a slot is not handed back yet: send them home then.
 */
export function push(row: i32, cls: i32, deque: i32, ring: i32): i32 {
  const total = loadPlain(row + R_STAGED);
  const count = least(total, MAX_BATCH);
  const seen = loadShared(deque + D_HEAD_TAIL);
  // Only this thread moves the head; thieves only move the tail on, so the room seen can only grow.
  if (sizeOf(seen) + count > loadPlain(H_RING_SLOTS)) return FULL;
  const head = headOf(seen);
  if (
    !isHandedBack(ring, head, 0, count) ||
    !isHandedBack(ring, head, 1, count) ||
    !isHandedBack(ring, head, 2, count) ||
    !isHandedBack(ring, head, 3, count) ||
    !isHandedBack(ring, head, 4, count) ||
    !isHandedBack(ring, head, 5, count) ||
    !isHandedBack(ring, head, 6, count) ||
    !isHandedBack(ring, head, 7, count)
  ) {
    return FULL;
  }
  const first = total - count;
  const index = loadPlain(row + R_INDEX);
  const state = inDeque(index);
  storePlain(row + R_STAGED, first);
  fill(row, ring, head, first, 0, count, state);
  fill(row, ring, head, first, 1, count, state);
  fill(row, ring, head, first, 2, count, state);
  fill(row, ring, head, first, 3, count, state);
  fill(row, ring, head, first, 4, count, state);
  fill(row, ring, head, first, 5, count, state);
  fill(row, ring, head, first, 6, count, state);
  fill(row, ring, head, first, 7, count, state);
  const before = addShared(deque + D_HEAD_TAIL, count << HEAD_SHIFT);
  noteLow(cls, deque, sizeOf(before));
  raiseBit(cls, index);
  wakeIfWaiting(cls);
  return DONE;
}

/** Hands back a slot whose consumer was cut before it could. Its caller knows that the slot is in no deque and in nobody's hands (mend.ts). */
export function vacate(ring: i32, slot: i32): i32 {
  storeShared(slotAt(ring, slot), 0);
  return DONE;
}

/** Takes up to `want` (at most MAX_BATCH) of the newest blocks of the row's own deque: their number, EMPTY or RETRY. */
export function pop(row: i32, cls: i32, deque: i32, ring: i32, want: i32): i32 {
  const seen = loadShared(deque + D_HEAD_TAIL);
  const size = sizeOf(seen);
  if (size === 0) return EMPTY;
  const count = least(size, want);
  // The claim: [head - count, head) is this thread's from here on.
  if (casShared(deque + D_HEAD_TAIL, seen, (seen - (count << HEAD_SHIFT)) | 0) !== seen) return RETRY;
  takeBackAll(row, ring, headOf(seen) - count, count);
  if (count === size) lowerBit(cls, loadPlain(row + R_INDEX), deque);
  storePlain(row + R_SOURCE, SOURCE_DEQUE);
  return commitStaged(row, cls, count);
}

/** Claims the `count` oldest blocks of a deque whose word is `seen`, and makes them the row's: their number, or RETRY. */
/* @inline */ function takeOldest(row: i32, cls: i32, victim: i32, deque: i32, ring: i32, seen: i32, count: i32): i32 {
  // The claim: [tail, tail + count) is this thread's from here on.
  if (casShared(deque + D_HEAD_TAIL, seen, packHeadTail(headOf(seen), tailOf(seen) + count)) !== seen) return RETRY;
  receiveAll(row, ring, tailOf(seen), count);
  if (count === sizeOf(seen)) lowerBit(cls, victim, deque);
  storePlain(row + R_SOURCE, SOURCE_STEAL);
  storePlain(row + R_VICTIM, victim);
  return commitStaged(row, cls, count);
}

/**
 * Takes half of the victim's blocks, rounded up and at most `want` (at most MAX_BATCH), oldest
 * first: their number, EMPTY, or RETRY if the victim or another thief moved in between.
 */
export function steal(row: i32, cls: i32, victim: i32, deque: i32, ring: i32, want: i32): i32 {
  const seen = loadShared(deque + D_HEAD_TAIL);
  const size = sizeOf(seen);
  if (size === 0) return EMPTY;
  return takeOldest(row, cls, victim, deque, ring, seen, least((size + 1) >> 1, want));
}

/**
 * Takes the victim's oldest blocks, at most MAX_BATCH, until its tail has come to `target`: their number, RETRY, or EMPTY
 * once it has. Also EMPTY when the owner has come down below the target: what is left is in use after all.
 */
export function trim(row: i32, cls: i32, victim: i32, deque: i32, ring: i32, target: i32): i32 {
  const seen = loadShared(deque + D_HEAD_TAIL);
  // How far the target is ahead. Once thieves have passed it, that is more than any deque holds.
  const due = (target - tailOf(seen)) & INDEX_MASK;
  if (due === 0 || due > sizeOf(seen)) return EMPTY;
  return takeOldest(row, cls, victim, deque, ring, seen, least(due, MAX_BATCH));
}
