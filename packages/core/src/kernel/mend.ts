// Mending what a step has left that was cut inside, which only the Atomics binding allows: blocks in no place, and slots
// of deques that nobody will hand back. Drivers of the audit; a look (look.ts) says what is lost.
//
// Lost stays lost. Only who holds a block moves it, so nobody but an auditor reaches one that nobody
// holds: there is no take without its bit and no claim without its slot, its slab keeps its class because no
// releaser can own it, and a slot is nobody's to fill while it is not 0. So what a look has found can be
// given back after the look, while the others are at work again.
//
// What is lost in a pool that wipes at put (wiping.ts of the host) holds nothing of a lease: it was lost on its way home, into a deque
// or out of one, and whatever takes that way was wiped before. Only what a thread still owned was not; the host does that.
//
// An auditor that is cut or dies before it has given something back leaves it lost, for the next one to find.

import { slotAt, sizeOf, tailOf } from './deque.ts';
import {
  bitOf,
  bitWordAt,
  classAt,
  D_HEAD_TAIL,
  dequeAt,
  H_RING_SLOTS,
  L_STATE,
  lineAt,
  numberOf,
  R_STAGED,
  R_STAGED_CLASS,
  R_WORD,
  ringAt,
  rowAt,
  S_BITMAP,
  S_WORD,
  slabAt,
  slabOf,
  stageAt,
} from './layout.ts';
import { FREE, IN_DEQUE, incarnationOf, OWNED, rowOf, tagOf } from './line.ts';
import { activities, isAnyoneInside } from './look.ts';
import { DONE, RETRY } from './outcome.ts';
import { homeStaged } from './release.ts';
import { ROW_FREE } from './row.ts';
import { freshOf, SLAB_ACTIVE, slabClassOf, slabTagOf } from './slab.ts';
import { staged } from './staging.ts';
import { seize, vacate } from './steps.ts';
import { loadPlain, loadShared, loadUnowned, storePlain } from './word.ts';

function isHome(block: i32): boolean {
  const bits = loadShared(bitWordAt(slabAt(slabOf(block)) + S_BITMAP, numberOf(block)));
  return (bits & bitOf(numberOf(block))) !== 0;
}

/** Whether the deque that the state names has the block. */
function isInDeque(state: i32, id: i32, block: i32): boolean {
  const headTail = loadShared(dequeAt(rowOf(state), id) + D_HEAD_TAIL);
  const ring = ringAt(rowOf(state), id);
  const size = sizeOf(headTail);
  for (let i = 0; i < size; i++) if (loadUnowned(slotAt(ring, tailOf(headTail) + i)) === block) return true;
  return false;
}

/** Whether a block is in no place and nobody's, if nobody is inside. */
function isLost(block: i32): boolean {
  const word = loadShared(slabAt(slabOf(block)) + S_WORD);
  if (slabTagOf(word) !== SLAB_ACTIVE || numberOf(block) >= freshOf(word)) return false;
  const state = loadUnowned(lineAt(block) + L_STATE);
  const tag = tagOf(state);
  if (tag === FREE) return !isHome(block);
  return tag === IN_DEQUE && !isInDeque(state, slabClassOf(word), block);
}

// The suspects of a look are in the row's staging words while nothing is staged. One that is found lost
// is replaced by its complement, which is negative.

/* @inline */ function condemn(row: i32, i: i32): void {
  storePlain(stageAt(row, i), ~staged(row, i));
}

/** Stages a lost block, whatever its state says, and sends it home. */
export function sendHome(row: i32, block: i32): void {
  storePlain(stageAt(row, 0), block);
  storePlain(row + R_STAGED_CLASS, classAt(slabClassOf(loadShared(slabAt(slabOf(block)) + S_WORD))));
  storePlain(row + R_STAGED, 1);
  homeStaged(row);
}

/** Sends the condemned home, by way of the first staging word: its suspect is the first to go. */
function sendCondemnedHome(row: i32, count: i32): i32 {
  let sent = 0;
  for (let i = 0; i < count; i++) {
    const found = staged(row, i);
    if (found < 0) {
      sendHome(row, ~found);
      sent = sent + 1;
    }
  }
  return sent;
}

/**
 * Sends home those of `count` blocks that are in no place. They are in the row's staging words, each once, and
 * nothing is staged. The number sent home, or RETRY if others were inside.
 */
export function regain(row: i32, count: i32): i32 {
  const before = activities();
  if (isAnyoneInside(row)) return RETRY;
  for (let i = 0; i < count; i++) if (isLost(staged(row, i))) condemn(row, i);
  return activities() === before ? sendCondemnedHome(row, count) : RETRY;
}

/**
 * Stages a block that a thread owned to its end and nobody will recover: one that was cut inside a step, went on, and left. The
 * number, 0 if it is not such a one. This needs no look, because it is the CAS that takes it: whoever recovers an earlier
 * incarnation of that row takes what that owned by the same.
 */
export function regainLeft(row: i32, block: i32): i32 {
  const word = loadShared(slabAt(slabOf(block)) + S_WORD);
  if (slabTagOf(word) !== SLAB_ACTIVE || numberOf(block) >= freshOf(word)) return 0;
  const state = loadUnowned(lineAt(block) + L_STATE);
  if (tagOf(state) !== OWNED) return 0;
  const owner = loadShared(rowAt(rowOf(state)) + R_WORD);
  if (tagOf(owner) !== ROW_FREE && incarnationOf(owner) === incarnationOf(state)) return 0;
  return seize(row, classAt(slabClassOf(word)), block, state) === DONE ? 1 : 0;
}

/** Whether a slot outside of what its deque holds is not handed back, if nobody is inside. */
function isStuck(headTail: i32, ring: i32, slot: i32): boolean {
  const place = (slot - tailOf(headTail)) & (loadPlain(H_RING_SLOTS) - 1);
  return place >= sizeOf(headTail) && loadUnowned(slotAt(ring, slot)) !== 0;
}

/** Hands back the condemned slots. */
function vacateCondemned(row: i32, ring: i32, count: i32): i32 {
  let vacated = 0;
  for (let i = 0; i < count; i++) {
    const found = staged(row, i);
    if (found < 0) {
      vacate(ring, ~found);
      vacated = vacated + 1;
    }
  }
  return vacated;
}

/**
 * Hands back those of `count` slots of a deque that a consumer has not, or that a producer has filled and not published.
 * Their numbers are in the row's staging words. The number of slots handed back, or RETRY.
 */
export function vacateSlots(row: i32, index: i32, id: i32, count: i32): i32 {
  const before = activities();
  if (isAnyoneInside(row)) return RETRY;
  const headTail = loadShared(dequeAt(index, id) + D_HEAD_TAIL);
  const ring = ringAt(index, id);
  for (let i = 0; i < count; i++) if (isStuck(headTail, ring, staged(row, i))) condemn(row, i);
  return activities() === before ? vacateCondemned(row, ring, count) : RETRY;
}
