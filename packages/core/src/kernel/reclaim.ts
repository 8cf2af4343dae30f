// Whole slabs back to FREE, so that another class of the pool may have their bytes: what a get does
// once before it concludes "exhausted". Drivers.
//
// While a release is under way R_RELEASING names its slab. The row then owns some of the slab's
// blocks, or all, and holds none of them in any other way: the release begins only when every block
// was seen at home. So after a cut, whatever the row owns in that slab is the release's to undo.

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
  R_INDEX,
  R_OWNER,
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
import { sizeOf } from './deque.ts';
import { incarnationOf, packTagged } from './line.ts';
import { DONE, EMPTY } from './outcome.ts';
import { homeStaged } from './release.ts';
import { freshOf, isActive, lowOf, SLAB_ACTIVE, SLAB_PURGING, slabClassOf, slabTagOf } from './slab.ts';
import { stealFrom } from './steal.ts';
import { beginRelease, deactivate, disown, endRelease, take, wakeClass } from './steps.ts';
import { MAX_BATCH } from './widths.ts';
import { loadPlain, loadShared, storePlain } from './word.ts';

/** The bitmap word of a slab of which the first `fresh` blocks are all home. */
/* @inline */ function allHome(fresh: i32, word: i32): i32 {
  const left = fresh - (word << 5);
  if (left >= 32) return -1;
  return left <= 0 ? 0 : (1 << left) - 1;
}

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

/** Sends home whatever the row owns in a slab, when its release is given up. */
function putBack(row: i32, cls: i32, slab: i32): void {
  const fresh = freshOf(loadShared(slabAt(slab) + S_WORD));
  for (let number = 0; number < fresh; number++) {
    const block = blockAt(slab, number);
    if (loadPlain(lineAt(block) + L_STATE) === loadPlain(row + R_OWNER)) {
      storePlain(stageAt(row, 0), block);
      storePlain(row + R_STAGED_CLASS, cls);
      storePlain(row + R_STAGED, 1);
      homeStaged(row);
    }
  }
}

/** Completes a release whose slab the row has claimed. */
function completeRelease(slab: i32): void {
  const cls = classAt(loadPlain(slabAt(slab) + S_PURGE_CLASS));
  const fresh = loadPlain(slabAt(slab) + S_PURGE_FRESH);
  for (let number = 0; number < fresh; number++) disown(slab, number);
  endRelease(slab, cls, loadPlain(cls + C_POOL));
}

/** Finishes or undoes the release that a cut has interrupted, if any. The thread's next slow path calls it first. */
export function settleRelease(row: i32): void {
  const slab = loadPlain(row + R_RELEASING);
  if (slab === 0) return;
  const word = loadShared(slabAt(slab) + S_WORD);
  const mine = packTagged(SLAB_PURGING, loadPlain(row + R_INDEX), incarnationOf(loadPlain(row + R_OWNER)));
  if (word === mine) completeRelease(slab);
  else if (slabTagOf(word) === SLAB_ACTIVE) putBack(row, classAt(slabClassOf(word)), slab);
  storePlain(row + R_RELEASING, 0);
}

/** Frees a slab of the class if all of its blocks are home and stay there. DONE or EMPTY. */
export function releaseSlab(row: i32, cls: i32, slab: i32): i32 {
  const word = loadShared(slabAt(slab) + S_WORD);
  if (!isActive(word, loadPlain(cls + C_ID))) return EMPTY;
  const fresh = freshOf(word);
  if (fresh === 0) return deactivate(slab, word) === DONE ? DONE : EMPTY;
  const words = loadPlain(cls + C_BITMAP_WORDS);
  if (!isWholeAtHome(slab, fresh, words)) return EMPTY;
  storePlain(row + R_RELEASING, slab);
  let outcome = EMPTY;
  if (gather(row, cls, slab, words) === fresh && beginRelease(row, slab, word) === DONE) {
    completeRelease(slab);
    outcome = DONE;
  } else {
    putBack(row, cls, slab);
  }
  storePlain(row + R_RELEASING, 0);
  return outcome;
}

/** Sends home the blocks that the deques of a class hold just now, every row's. */
function emptyDeques(row: i32, cls: i32): void {
  const id = loadPlain(cls + C_ID);
  for (let victim = 0; victim < loadPlain(H_MAX_PROCESSORS); victim++) {
    let left = sizeOf(loadShared(dequeAt(victim, id) + D_HEAD_TAIL));
    while (left > 0) {
      const got = stealFrom(row, cls, victim, MAX_BATCH);
      left = got > 0 ? left - got : 0;
      homeStaged(row);
    }
  }
}

/** Frees one slab after another of a class, until that lets a block of `wanted` be cut. The number staged, or EMPTY. */
function reclaimClass(row: i32, cls: i32, wanted: i32): i32 {
  emptyDeques(row, cls);
  const low = lowOf(loadShared(H_FRONTIER));
  for (let slab = 1; slab < low; slab++) {
    if (releaseSlab(row, cls, slab) === DONE) {
      const got = cutFresh(row, wanted, 1);
      if (got > 0) return got;
    }
  }
  return EMPTY;
}

/**
 * Frees slabs of the pool's other classes until one block of `wanted` can be cut. Runs of slabs
 * keep their class and are passed over. The number of blocks staged, or EMPTY.
 */
export function reclaimSiblingClasses(row: i32, wanted: i32): i32 {
  const pool = loadPlain(wanted + C_POOL);
  const first = loadPlain(pool + P_FIRST_CLASS);
  const end = first + loadPlain(pool + P_CLASS_COUNT);
  let got = EMPTY;
  for (let id = first; id < end && got <= 0; id++) {
    const cls = classAt(id);
    if (cls !== wanted && loadPlain(cls + C_RUN_SLABS) === 0) got = reclaimClass(row, cls, wanted);
  }
  // The bytes of slabs freed beyond what was cut are anybody's of this pool.
  for (let id = first; id < end; id++) wakeClass(classAt(id));
  return got;
}
