// Recovery: what a dead thread held becomes everybody's again. Drivers.
//
// The states in the block lines are the only authority on who owns a block: the dead row's staging
// words, notes and magazines are not read. Everything else that it may have held names its row and
// incarnation in a shared word too: rows that it was recovering, a slab in PURGING, a pool's
// releaser, an entry of the pool table. A wake is nobody's, and reservations are whole within a step.
//
// Whoever recovers may die or be cut at any point: the dead row then is RECOVERING by it. Its own
// recoverer takes over every row that it was recovering, before anything else; a thread that was
// cut goes on at its next slow path, because R_RECOVERING says so. Nothing here is done twice with
// effect, so it may all begin again.
//
// That a thread is dead must be certain: after the Worker's 'exit' event, or when the operating
// system knows no such thread any more. Until then I/O may still be writing into its blocks.

import { sizeOf } from './deque.ts';
import { ENTRY_FREE } from './entry.ts';
import {
  blockAt,
  classAt,
  D_HEAD_TAIL,
  dequeAt,
  H_MAX_CLASSES,
  H_MAX_POOLS,
  H_ROW_COUNT,
  H_SLAB_COUNT,
  L_STATE,
  lineAt,
  P_ENTRY,
  poolAt,
  R_INDEX,
  R_RECOVERING,
  R_STAGED,
  R_WORD,
  rowAt,
  S_WORD,
  slabAt,
} from './layout.ts';
import { incarnationOf, OWNED, packTagged, rowOf, tagOf } from './line.ts';
import { DONE, RETRY, STALE } from './outcome.ts';
import { purgingBy } from './purge.ts';
import { completeRelease, wakePool } from './reclaim.ts';
import { homeStaged } from './release.ts';
import { recoveringBy, ROW_LIVE, ROW_RECOVERING } from './row.ts';
import { freshOf, SLAB_ACTIVE, slabClassOf, slabTagOf } from './slab.ts';
import { stealFrom } from './steal.ts';
import { claimRecovery, expelReleaser, seize, settleEntry } from './steps.ts';
import { MAX_BATCH } from './widths.ts';
import { loadPlain, loadRacy, loadShared, storePlain } from './word.ts';

/** Whether a row is being recovered by `row`. */
function isMine(row: i32, other: i32): boolean {
  const word = loadShared(rowAt(other) + R_WORD);
  return word === recoveringBy(loadPlain(row + R_INDEX), incarnationOf(word));
}

/** Takes over the rows that those in this row's hands were recovering when they died. Their number. */
function takeOver(row: i32): i32 {
  let taken = 0;
  for (let index = 0; index < loadPlain(H_ROW_COUNT); index++) {
    const word = loadShared(rowAt(index) + R_WORD);
    if (tagOf(word) === ROW_RECOVERING && rowOf(word) !== loadPlain(row + R_INDEX) && isMine(row, rowOf(word))) {
      if (claimRecovery(row, rowAt(index), word) === DONE) taken = taken + 1;
    }
  }
  return taken;
}

/** Gives up the entries of the pool table that a dead row was making. */
function giveUpEntries(owner: i32): void {
  for (let pool = 0; pool < loadPlain(H_MAX_POOLS); pool++) {
    if (loadShared(poolAt(pool) + P_ENTRY) === owner) settleEntry(poolAt(pool), ENTRY_FREE);
  }
}

/** Completes the releases that a dead row had claimed slabs for. */
function completeReleases(owner: i32): void {
  for (let slab = 1; slab <= loadPlain(H_SLAB_COUNT); slab++) {
    if (loadShared(slabAt(slab) + S_WORD) === purgingBy(owner)) completeRelease(slab);
  }
}

/** Sends home what lies in a dead row's deques. */
function drainDeques(row: i32, index: i32): void {
  for (let id = 0; id < loadPlain(H_MAX_CLASSES); id++) {
    while (sizeOf(loadShared(dequeAt(index, id) + D_HEAD_TAIL)) !== 0) {
      stealFrom(row, classAt(id), index, MAX_BATCH);
      homeStaged(row);
    }
  }
}

/** Takes from a dead row what it owned in one slab, and sends it home. The number of blocks. */
function sweepSlab(row: i32, slab: i32, word: i32, owner: i32): i32 {
  const cls = classAt(slabClassOf(word));
  const fresh = freshOf(word);
  let seized = 0;
  for (let number = 0; number < fresh; number++) {
    const block = blockAt(slab, number);
    // Racy, and right: its thread has ended, so nobody writes the dead row's OWNED any more.
    if (loadRacy(lineAt(block) + L_STATE) === owner) {
      if (seize(row, cls, block, owner) === DONE) seized = seized + 1;
      if (loadPlain(row + R_STAGED) >= MAX_BATCH) homeStaged(row);
    }
  }
  homeStaged(row);
  return seized;
}

/** Takes from a dead row every block that it owned. Their number. */
function sweepStates(row: i32, owner: i32): i32 {
  let seized = 0;
  for (let slab = 1; slab <= loadPlain(H_SLAB_COUNT); slab++) {
    const word = loadShared(slabAt(slab) + S_WORD);
    if (slabTagOf(word) === SLAB_ACTIVE) seized = seized + sweepSlab(row, slab, word, owner);
  }
  return seized;
}

/** Ends a dead row's time as the releaser of a pool; its blocks are home by now. */
function expelReleasers(owner: i32): void {
  for (let pool = 0; pool < loadPlain(H_MAX_POOLS); pool++) {
    if (expelReleaser(poolAt(pool), owner) === DONE) wakePool(poolAt(pool));
  }
}

/** Claims the row of a dead thread. DONE; RETRY if another is recovering it; STALE if it is not that incarnation's any more. */
export function beginRecovery(row: i32, index: i32, incarnation: i32): i32 {
  const word = loadShared(rowAt(index) + R_WORD);
  if (incarnationOf(word) !== incarnation) return STALE;
  if (tagOf(word) === ROW_LIVE) return claimRecovery(row, rowAt(index), word);
  return tagOf(word) === ROW_RECOVERING ? RETRY : STALE;
}

/**
 * Recovers every row that this one has claimed, and those that they had. Returns the number of
 * blocks. The rows stay RECOVERING until the host has settled their counters and calls endRecovery.
 */
export function recoverClaimed(row: i32): i32 {
  // What a cut has left staged goes home first: seize adds to the stage, and steal replaces it.
  homeStaged(row);
  let taken = takeOver(row);
  while (taken > 0) taken = takeOver(row);
  let blocks = 0;
  for (let index = 0; index < loadPlain(H_ROW_COUNT); index++) {
    if (isMine(row, index)) {
      const owner = packTagged(OWNED, index, incarnationOf(loadShared(rowAt(index) + R_WORD)));
      giveUpEntries(owner);
      completeReleases(owner);
      drainDeques(row, index);
      blocks = blocks + sweepStates(row, owner);
      expelReleasers(owner);
    }
  }
  return blocks;
}

/** Notes that nothing is left to recover: the rows have been freed. */
export function recoveryDone(row: i32): void {
  storePlain(row + R_RECOVERING, 0);
}
