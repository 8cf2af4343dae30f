// Mending what a step has left of bytes that was cut inside: slabs of a run that nobody finished, and accounts of a
// pool that do not add up. Drivers of the audit; a look (look.ts) says what is wrong.
//
// Both stay as they are while others go on: slabs given out to runs are nobody's but their run's, and the accounts are off by
// constants, whatever is added to them meanwhile.

import { ENTRY_READY } from './entry.ts';
import {
  blockAt,
  C_POOL,
  C_RUN_SLABS,
  C_UNITS,
  classAt,
  H_FRONTIER,
  H_MAX_POOLS,
  H_SLAB_COUNT,
  P_CLASS_COUNT,
  P_CUT,
  P_ENTRY,
  P_FIRST_CLASS,
  P_RESERVED,
  poolAt,
  S_WORD,
  slabAt,
} from './layout.ts';
import { tagOf } from './line.ts';
import { activities, isAnyoneInside } from './look.ts';
import { sendHome } from './mend.ts';
import { DONE, EMPTY, RETRY } from './outcome.ts';
import { wakePool } from './reclaim.ts';
import { freshOf, highOf, SLAB_ACTIVE, SLAB_FREE, SLAB_PURGING, slabClassOf, slabTagOf } from './slab.ts';
import { correctAccounts, finishRun } from './steps.ts';
import { imul, loadPlain, loadShared } from './word.ts';

/** Units of the pool's blocks that are cut; RETRY while a slab is in release, whose units are in the accounts until its releaser or who recovers that one has ended it. */
function unitsOf(pool: i32): i32 {
  let units = 0;
  for (let slab = 1; slab <= loadPlain(H_SLAB_COUNT); slab++) {
    const word = loadShared(slabAt(slab) + S_WORD);
    if (slabTagOf(word) === SLAB_PURGING) return RETRY;
    if (slabTagOf(word) === SLAB_ACTIVE) {
      const cls = classAt(slabClassOf(word));
      if (loadPlain(cls + C_POOL) === pool) units = units + imul(freshOf(word), loadPlain(cls + C_UNITS));
    }
  }
  return units;
}

/** The first slab of those given out to runs that is in no run, 0 if there is none. */
function firstGap(): i32 {
  let slab = highOf(loadShared(H_FRONTIER));
  while (slab <= loadPlain(H_SLAB_COUNT)) {
    const word = loadShared(slabAt(slab) + S_WORD);
    if (slabTagOf(word) !== SLAB_ACTIVE) return slab;
    slab = slab + loadPlain(classAt(slabClassOf(word)) + C_RUN_SLABS);
  }
  return 0;
}

/** Slabs from `gap` on that are in no run. */
function lengthOfGap(gap: i32): i32 {
  let end = gap;
  while (end <= loadPlain(H_SLAB_COUNT) && loadShared(slabAt(end) + S_WORD) === SLAB_FREE) end = end + 1;
  return end - gap;
}

/** The pool's class with the longest run, of at most `most` slabs, whose bytes are reserved and not cut; 0 if there is none. */
function missingRunOf(pool: i32, most: i32): i32 {
  const units = unitsOf(pool);
  if (units < 0) return 0;
  const missing = loadShared(pool + P_RESERVED) - units;
  const first = loadPlain(pool + P_FIRST_CLASS);
  const end = first + loadPlain(pool + P_CLASS_COUNT);
  let longest = 0;
  let best = 0;
  for (let id = first; id < end; id++) {
    const slabs = loadPlain(classAt(id) + C_RUN_SLABS);
    if (slabs > longest && slabs <= most && loadPlain(classAt(id) + C_UNITS) <= missing) {
      longest = slabs;
      best = classAt(id);
    }
  }
  return best;
}

/**
 * A class whose run may begin at the first gap, 0 if there is no gap. Which class's run was being cut there nobody knows any
 * more; one of any pool will do that has the bytes of one reserved, and each gap has brought its own reservation.
 */
function classOfGap(gap: i32): i32 {
  if (gap === 0) return 0;
  const most = lengthOfGap(gap);
  for (let index = 0; index < loadPlain(H_MAX_POOLS); index++) {
    const pool = poolAt(index);
    const cls = tagOf(loadShared(pool + P_ENTRY)) === ENTRY_READY ? missingRunOf(pool, most) : 0;
    if (cls !== 0) return cls;
  }
  return 0;
}

/** Finishes one run that was cut before it had a class, and sends its block home. DONE, EMPTY if there is none, or RETRY. */
export function regainRun(row: i32): i32 {
  const before = activities();
  if (isAnyoneInside(row)) return RETRY;
  const gap = firstGap();
  const cls = classOfGap(gap);
  if (activities() !== before) return RETRY;
  if (cls === 0) return EMPTY;
  finishRun(cls, gap);
  sendHome(row, blockAt(gap, 0));
  return DONE;
}

/**
 * Makes a pool's accounts say what is cut. Returns the units that were reserved for nothing, 0 or more, or RETRY; also
 * while there is a run to finish, whose units those are.
 */
export function balance(row: i32, pool: i32): i32 {
  const before = activities();
  if (isAnyoneInside(row)) return RETRY;
  const units = unitsOf(pool);
  const cut = units - loadShared(pool + P_CUT);
  const reserved = units - loadShared(pool + P_RESERVED);
  const isSettled = units >= 0 && classOfGap(firstGap()) === 0;
  if (activities() !== before || !isSettled) return RETRY;
  if (cut !== 0 || reserved !== 0) {
    correctAccounts(pool, cut, reserved);
    wakePool(pool);
  }
  return -reserved;
}
