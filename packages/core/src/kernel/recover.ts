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
// The host goes through the rows (recovery.ts there): takeOverRows, then for each of claimedFrom recoverRow, seizeBatch until there is none
// left, freeRow. Between seizeBatch and homeStaged a batch is in its hands; cut there, it finds the batch staged.
//
// The heir of a row (inheritRow) recovers what the row's dead incarnations held, as that row: nobody else can, since the row is
// LIVE. If it dies first, its incarnation is one more dead one, of a row that is recovered or inherited as any other. So what
// is looked for is every incarnation of a row. The rows that the dead were recovering are RECOVERING by the row, whichever
// incarnation it has: they are the heir's by its claim.
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
  H_MAX_PROCESSORS,
  H_SLAB_COUNT,
  L_STATE,
  lineAt,
  numberOf,
  P_ENTRY,
  P_RELEASER,
  poolAt,
  R_INDEX,
  R_RECOVERING,
  R_STAGED,
  R_WORD,
  rowAt,
  S_WORD,
  slabAt,
  slabOf,
} from './layout.ts';
import { incarnationOf, OWNED, rowOf, tagOf } from './line.ts';
import { DONE, RETRY, STALE } from './outcome.ts';
import { purgerOf } from './purge.ts';
import { completeRelease, wakePool } from './reclaim.ts';
import { homeStaged } from './release.ts';
import { recoveringBy, RECOVERS_PAST, ROW_LIVE, ROW_RECOVERING } from './row.ts';
import { freshOf, SLAB_ACTIVE, SLAB_PURGING, slabClassOf, slabTagOf } from './slab.ts';
import { stealFrom } from './steal.ts';
import { claimRecovery, endRecovery, expelReleaser, seize, settleEntry } from './steps.ts';
import { MAX_BATCH } from './widths.ts';
import { loadPlain, loadRacy, loadShared, storePlain } from './word.ts';

/** Whether a row is being recovered by `row`. */
function isMine(row: i32, other: i32): boolean {
  const word = loadShared(rowAt(other) + R_WORD);
  return word === recoveringBy(loadPlain(row + R_INDEX), incarnationOf(word));
}

/** Whether the dead of a row are those whose heir it is. */
function isPastOf(row: i32, index: i32): boolean {
  return index === loadPlain(row + R_INDEX) && (loadPlain(row + R_RECOVERING) & RECOVERS_PAST) !== 0;
}

/** Takes over the rows that those in this row's hands were recovering when they died. Their number. */
function takeOver(row: i32): i32 {
  let taken = 0;
  for (let index = 0; index < loadPlain(H_MAX_PROCESSORS); index++) {
    const word = loadShared(rowAt(index) + R_WORD);
    if (tagOf(word) === ROW_RECOVERING && rowOf(word) !== loadPlain(row + R_INDEX) && isMine(row, rowOf(word))) {
      if (claimRecovery(row, rowAt(index), word) === DONE) taken = taken + 1;
    }
  }
  return taken;
}

/**
 * Whether a word is OWNED by the row, by any incarnation of it. All of them are dead, but for that of an heir, which owns nothing
 * before it has recovered its past but what it has staged.
 */
/* @inline */ function isOf(word: i32, index: i32): boolean {
  return tagOf(word) === OWNED && rowOf(word) === index;
}

/** Gives up the entries of the pool table that the dead of a row were making; CREATING is packed as OWNED is. */
function giveUpEntries(index: i32): void {
  for (let pool = 0; pool < loadPlain(H_MAX_POOLS); pool++) {
    if (isOf(loadShared(poolAt(pool) + P_ENTRY), index)) settleEntry(poolAt(pool), ENTRY_FREE);
  }
}

/** Completes the releases that the dead of a row had claimed slabs for. */
function completeReleases(index: i32): void {
  for (let slab = 1; slab <= loadPlain(H_SLAB_COUNT); slab++) {
    const word = loadShared(slabAt(slab) + S_WORD);
    if (slabTagOf(word) === SLAB_PURGING && isOf(purgerOf(word), index)) completeRelease(slab);
  }
}

/** Sends home what lies in a row's deques. */
function drainDeques(row: i32, index: i32): void {
  for (let id = 0; id < loadPlain(H_MAX_CLASSES); id++) {
    while (sizeOf(loadShared(dequeAt(index, id) + D_HEAD_TAIL)) !== 0) {
      stealFrom(row, classAt(id), index, MAX_BATCH);
      homeStaged(row);
    }
  }
}

/** As seizeBatch, in one slab, from the block of that number on. */
function seizeInSlab(row: i32, index: i32, slab: i32, word: i32, first: i32): i32 {
  const cls = classAt(slabClassOf(word));
  const fresh = freshOf(word);
  for (let number = first; number < fresh; number++) {
    const block = blockAt(slab, number);
    // Racy, and right: they have ended, so nobody writes their OWNED any more, and an old one fails in seize.
    const state = loadRacy(lineAt(block) + L_STATE);
    if (isOf(state, index)) {
      seize(row, cls, block, state);
      if (loadPlain(row + R_STAGED) >= MAX_BATCH) return MAX_BATCH;
    }
  }
  return loadPlain(row + R_STAGED);
}

/**
 * Takes blocks that the dead of a row owned, from the block `from` on: a batch at most, all in one slab, so of one class. They
 * are staged, because the host may have to wipe them (wiping.ts there) before it sends them home. Their number; 0 if
 * there are none left.
 */
export function seizeBatch(row: i32, index: i32, from: i32): i32 {
  let first = numberOf(from);
  for (let slab = slabOf(from); slab <= loadPlain(H_SLAB_COUNT); slab++) {
    const word = loadShared(slabAt(slab) + S_WORD);
    if (slabTagOf(word) === SLAB_ACTIVE) {
      const seized = seizeInSlab(row, index, slab, word, first);
      if (seized > 0) return seized;
    }
    first = 0;
  }
  return 0;
}

/** Ends the time of a row's dead as the releaser of a pool; their blocks are home by now. */
function expelReleasers(index: i32): void {
  for (let pool = 0; pool < loadPlain(H_MAX_POOLS); pool++) {
    const releaser = loadShared(poolAt(pool) + P_RELEASER);
    if (isOf(releaser, index) && expelReleaser(poolAt(pool), releaser) === DONE) wakePool(poolAt(pool));
  }
}

/** Claims the row of a dead thread. DONE; RETRY if another is recovering it; STALE if it is not that incarnation's any more. */
export function beginRecovery(row: i32, index: i32, incarnation: i32): i32 {
  const word = loadShared(rowAt(index) + R_WORD);
  if (incarnationOf(word) !== incarnation) return STALE;
  if (tagOf(word) === ROW_LIVE) return claimRecovery(row, rowAt(index), word);
  return tagOf(word) === ROW_RECOVERING ? RETRY : STALE;
}

/** Takes over the rows that those were recovering whom this row recovers, and so on. What a cut has left staged goes home first: steal replaces the stage, and seize adds to it. */
export function takeOverRows(row: i32): void {
  homeStaged(row);
  let taken = takeOver(row);
  while (taken > 0) taken = takeOver(row);
}

/** The first row, from the index on, that is this row's to recover: one that it has claimed, or itself if it was inherited. The number of rows if there is none. */
export function claimedFrom(row: i32, first: i32): i32 {
  let index = first;
  while (index < loadPlain(H_MAX_PROCESSORS) && !isMine(row, index) && !isPastOf(row, index)) index = index + 1;
  return index;
}

/** Finishes what the dead of a row had begun, and sends home what lies in its deques. Then come the blocks that they owned: seizeBatch. */
export function recoverRow(row: i32, index: i32): void {
  giveUpEntries(index);
  completeReleases(index);
  drainDeques(row, index);
}

/**
 * Ends the recovery of a row of which every block was sent home: frees it, unless it is this row itself, which is LIVE and
 * was inherited. DONE if it was freed.
 */
export function freeRow(row: i32, index: i32): i32 {
  expelReleasers(index);
  return endRecovery(row, rowAt(index));
}

/** Notes that nothing is left to recover: the rows have been freed, and this row's past is nobody's. */
export function recoveryDone(row: i32): void {
  storePlain(row + R_RECOVERING, 0);
}
