// Whole slabs back to FREE, so that another class of the pool may have their bytes: what a get does
// before it concludes "exhausted". Drivers.
//
// Notes in the row say what is under way. R_RELEASE_POOL: this row is the pool's releaser.
// R_RELEASING: it gathers that slab. It then owns some of the slab's blocks, or all, and holds none
// of them in any other way, because it begins only when every block was seen at home. So after a
// cut, whatever the row owns in that slab is the release's to undo. R_CLAIMED_FROM and R_CLAIMED_END: the slabs that it
// has gathered and claimed lie between them, several at one time so that the memory of neighbours goes back at one call.

import { sizeOf } from './deque.ts';
import { cutFresh } from './fresh.ts';
import {
  blockAt,
  C_BITMAP_WORDS,
  C_ID,
  C_POOL,
  C_RUN_SLABS,
  classAt,
  D_HEAD_TAIL,
  dequeAt,
  H_FRONTIER,
  H_MAX_PROCESSORS,
  L_STATE,
  lineAt,
  P_CLASS_COUNT,
  P_FIRST_CLASS,
  R_CLAIMED_END,
  R_CLAIMED_FROM,
  R_OWNER,
  R_RELEASE_POOL,
  R_RELEASING,
  R_STAGED,
  R_STAGED_CLASS,
  S_BITMAP,
  S_PURGE_CLASS,
  S_PURGE_FRESH,
  S_WORD,
  slabAt,
  stageAt,
} from './layout.ts';
import { DONE, EMPTY, RETRY } from './outcome.ts';
import { purgingBy } from './purge.ts';
import { homeStaged } from './release.ts';
import { freshOf, isActive, lowOf, SLAB_ACTIVE, slabClassOf, slabTagOf } from './slab.ts';
import { stealFrom } from './steal.ts';
import { beginRelease, claimReleaser, deactivate, disown, dropReleaser, endRelease, take, wakeClass } from './steps.ts';
import { MAX_BATCH } from './widths.ts';
import { loadPlain, loadRacy, loadShared, storePlain } from './word.ts';

/** The bitmap word of a slab of which the first `fresh` blocks are all home. */
/* @inline */ function allHome(fresh: i32, word: i32): i32 {
  const left = fresh - (word << 5);
  if (left >= 32) return -1;
  return left <= 0 ? 0 : ((1 << left) - 1) | 0;
}

/** Whether the bitmap has the slab's first `fresh` blocks all at home. */
function isWholeAtHome(slab: i32, fresh: i32, words: i32): boolean {
  for (let word = 0; word < words; word++) {
    if (loadShared(slabAt(slab) + S_BITMAP + (word << 2)) !== allHome(fresh, word)) return false;
  }
  return true;
}

/** Takes every home block of the slab into the release; returns their number. */
function gather(row: i32, cls: i32, slab: i32, words: i32): i32 {
  let total = 0;
  for (let word = 0; word < words; word++) {
    let got = take(row, cls, slab, word, MAX_BATCH);
    while (got > 0) {
      total = total + got;
      storePlain(row + R_STAGED, 0);
      got = take(row, cls, slab, word, MAX_BATCH);
    }
  }
  return total;
}

/**
 * Sends home whatever the row owns in a slab, when its release is given up. The slab is ACTIVE: only
 * a releaser could have claimed it, and this row is the one. Others may have cut more and sent that home
 * since the release began, so what was gathered can lie beyond the blocks that were seen then.
 */
function putBack(row: i32, cls: i32, slab: i32): void {
  const fresh = freshOf(loadShared(slabAt(slab) + S_WORD));
  for (let number = 0; number < fresh; number++) {
    const block = blockAt(slab, number);
    // Racy, but only this thread ever writes its own OWNED: a stale value of another's never equals it.
    if (loadRacy(lineAt(block) + L_STATE) === loadPlain(row + R_OWNER)) {
      storePlain(stageAt(row, 0), block);
      storePlain(row + R_STAGED_CLASS, cls);
      storePlain(row + R_STAGED, 1);
      homeStaged(row);
    }
  }
}

/** Completes a release whose slab is PURGING, by its releaser or by who recovers that one. */
export function completeRelease(slab: i32): void {
  const cls = classAt(loadPlain(slabAt(slab) + S_PURGE_CLASS));
  const fresh = loadPlain(slabAt(slab) + S_PURGE_FRESH);
  for (let number = 0; number < fresh; number++) disown(slab, number);
  endRelease(slab, cls, loadPlain(cls + C_POOL));
}

/** Bytes of the pool are free again: whoever waits for any of its classes may cut. */
export function wakePool(pool: i32): void {
  const first = loadPlain(pool + P_FIRST_CLASS);
  const end = first + loadPlain(pool + P_CLASS_COUNT);
  for (let id = first; id < end; id++) wakeClass(classAt(id));
}

/**
 * Frees the slabs that beginPurge has claimed since the last time, for any class of any pool. After a cut some are
 * free already, or others' by now: their words say so.
 */
export function endPurge(row: i32): void {
  const end = loadPlain(row + R_CLAIMED_END);
  if (end === 0) return;
  for (let slab = loadPlain(row + R_CLAIMED_FROM); slab < end; slab++) {
    if (loadShared(slabAt(slab) + S_WORD) === purgingBy(loadPlain(row + R_OWNER))) completeRelease(slab);
  }
  storePlain(row + R_CLAIMED_END, 0);
}

/** Finishes or undoes what a cut has interrupted, if the row is a releaser. The thread's next slow path calls it first. */
export function settleRelease(row: i32): void {
  const pool = loadPlain(row + R_RELEASE_POOL);
  if (pool === 0) return;
  const slab = loadPlain(row + R_RELEASING);
  if (slab !== 0) {
    const word = loadShared(slabAt(slab) + S_WORD);
    if (word === purgingBy(loadPlain(row + R_OWNER))) completeRelease(slab);
    else if (slabTagOf(word) === SLAB_ACTIVE) putBack(row, classAt(slabClassOf(word)), slab);
    storePlain(row + R_RELEASING, 0);
  }
  endPurge(row);
  wakePool(pool);
  dropReleaser(row, pool);
}

/** Notes a slab that has just been claimed. Where it begins is noted first: before the end is, it means nothing. */
function noteClaim(row: i32, slab: i32): void {
  if (loadPlain(row + R_CLAIMED_END) === 0) storePlain(row + R_CLAIMED_FROM, slab);
  storePlain(row + R_CLAIMED_END, slab + 1);
}

/**
 * Takes every block of an ACTIVE slab of the class and claims the slab, for the pool's releaser. DONE: until endPurge the
 * slab and its memory are this thread's alone. EMPTY if not all of its blocks are home; RETRY if somebody took one meanwhile.
 * Several may be claimed before one endPurge, by ascending numbers.
 */
export function beginPurge(row: i32, cls: i32, slab: i32): i32 {
  const word = loadShared(slabAt(slab) + S_WORD);
  const fresh = freshOf(word);
  const words = loadPlain(cls + C_BITMAP_WORDS);
  if (!isActive(word, loadPlain(cls + C_ID)) || fresh === 0 || !isWholeAtHome(slab, fresh, words)) return EMPTY;
  storePlain(row + R_RELEASING, slab);
  let outcome = RETRY;
  if (gather(row, cls, slab, words) === fresh) outcome = beginRelease(row, slab, word);
  if (outcome === DONE) noteClaim(row, slab);
  else putBack(row, cls, slab);
  storePlain(row + R_RELEASING, 0);
  return outcome;
}

/**
 * Frees a slab of the class if all of its blocks are home, for the pool's releaser. DONE; EMPTY if
 * they are not; RETRY if somebody took one meanwhile.
 */
function releaseSlab(row: i32, cls: i32, slab: i32): i32 {
  const word = loadShared(slabAt(slab) + S_WORD);
  if (isActive(word, loadPlain(cls + C_ID)) && freshOf(word) === 0) return deactivate(slab, word);
  const outcome = beginPurge(row, cls, slab);
  if (outcome === DONE) endPurge(row);
  return outcome;
}

/** Sends home the blocks that the deques of a class hold just now, every row's. EMPTY, or RETRY if some got away. */
export function emptyDeques(row: i32, cls: i32): i32 {
  const id = loadPlain(cls + C_ID);
  let outcome = EMPTY;
  for (let victim = 0; victim < loadPlain(H_MAX_PROCESSORS); victim++) {
    let left = sizeOf(loadShared(dequeAt(victim, id) + D_HEAD_TAIL));
    while (left > 0) {
      const got = stealFrom(row, cls, victim, MAX_BATCH);
      if (got === RETRY) outcome = RETRY;
      left = got > 0 ? left - got : 0;
      homeStaged(row);
    }
  }
  return outcome;
}

/** Frees one slab after another of a class, until that lets a block of `wanted` be cut. The number staged, EMPTY or RETRY. */
function reclaimClass(row: i32, cls: i32, wanted: i32): i32 {
  let outcome = emptyDeques(row, cls);
  const low = lowOf(loadShared(H_FRONTIER));
  for (let slab = 1; slab < low; slab++) {
    const released = releaseSlab(row, cls, slab);
    if (released === DONE) {
      const got = cutFresh(row, wanted, 1);
      wakePool(loadPlain(cls + C_POOL));
      if (got > 0) return got;
    }
    if (released !== EMPTY) outcome = RETRY;
  }
  return outcome;
}

/** Whether the class's slabs may become another class's: runs never do. */
/* @inline */ function isReclaimable(cls: i32, wanted: i32): boolean {
  return cls !== wanted && loadPlain(cls + C_RUN_SLABS) === 0;
}

function hasReclaimableSibling(first: i32, end: i32, wanted: i32): boolean {
  for (let id = first; id < end; id++) if (isReclaimable(classAt(id), wanted)) return true;
  return false;
}

/**
 * Frees slabs of the pool's other classes until one block of `wanted` can be cut. The number of
 * blocks staged; EMPTY if there is nothing to be gained; RETRY if others were in the way, or a slab
 * was freed and its bytes went elsewhere.
 */
export function reclaimSiblingClasses(row: i32, wanted: i32): i32 {
  const pool = loadPlain(wanted + C_POOL);
  const first = loadPlain(pool + P_FIRST_CLASS);
  const end = first + loadPlain(pool + P_CLASS_COUNT);
  if (!hasReclaimableSibling(first, end, wanted)) return EMPTY;
  if (claimReleaser(row, pool) === RETRY) return RETRY;
  let outcome = EMPTY;
  for (let id = first; id < end && outcome <= 0; id++) {
    if (isReclaimable(classAt(id), wanted)) {
      const got = reclaimClass(row, classAt(id), wanted);
      if (got !== EMPTY) outcome = got;
    }
  }
  dropReleaser(row, pool);
  return outcome;
}
