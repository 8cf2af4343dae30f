// Tier 3, siblings: steal from whoever has blocks. Drivers; all of their steps may be cut between.

import { sizeOf } from './deque.ts';
import { walkBase, walkBits } from './hints.ts';
import {
  bitOf,
  bitWordAt,
  C_ID,
  C_NON_EMPTY,
  D_HEAD_TAIL,
  dequeAt,
  domainAt,
  H_MAX_PROCESSORS,
  R_DOMAINS,
  R_INDEX,
  R_SWEEP,
  R_VICTIM,
  ringAt,
} from './layout.ts';
import { EMPTY, RETRY } from './outcome.ts';
import { steal } from './steps.ts';
import { loadPlain, loadRacy, loadShared, lowestBit, storePlain } from './word.ts';

/** Steals from one row. */
export function stealFrom(row: i32, cls: i32, victim: i32, want: i32): i32 {
  const id = loadPlain(cls + C_ID);
  return steal(row, cls, victim, dequeAt(victim, id), ringAt(victim, id), want);
}

/** Tries the rows whose bits are in `bits`, a word of the bitmap that starts with row `base`. */
function stealFromBits(row: i32, cls: i32, base: i32, bits: i32, want: i32): i32 {
  let outcome = EMPTY;
  while (bits !== 0) {
    const result = stealFrom(row, cls, base + lowestBit(bits), want);
    if (result > 0) return result;
    if (result === RETRY) outcome = RETRY;
    bits = bits & (bits - 1);
  }
  return outcome;
}

/** The bits of a word of the bitmap without the row's own: it steals from others. */
/* @inline */ function withoutOwn(row: i32, base: i32, bits: i32): i32 {
  const self = loadPlain(row + R_INDEX);
  return base === (self & ~31) ? bits & ~bitOf(self) : bits;
}

/** Whether the hints show any sibling with blocks. */
function hasVictim(row: i32, cls: i32): boolean {
  const rows = loadPlain(H_MAX_PROCESSORS);
  for (let base = 0; base < rows; base = base + 32) {
    if (withoutOwn(row, base, loadRacy(bitWordAt(cls + C_NON_EMPTY, base))) !== 0) return true;
  }
  return false;
}

/** Steals from the first sibling whose non-empty bit is set, from `start` on; of a domain (its address) if one is given, else of all. */
function stealAmong(row: i32, cls: i32, domain: i32, start: i32, want: i32): i32 {
  const words = (loadPlain(H_MAX_PROCESSORS) + 31) >> 5;
  let outcome = EMPTY;
  for (let step = 0; step <= words; step++) {
    const base = walkBase(start, step, words);
    let bits = withoutOwn(row, base, walkBits(cls + C_NON_EMPTY, start, step, words));
    if (domain !== 0) bits = bits & loadPlain(bitWordAt(domain, base));
    const result = bits === 0 ? EMPTY : stealFromBits(row, cls, base, bits, want);
    if (result > 0) return result;
    if (result === RETRY) outcome = RETRY;
  }
  return outcome;
}

/**
 * Steals a batch from a sibling whose non-empty bit is set: from the nearest domain in which there is one, if the thread knows of
 * domains, and there from the next one behind the last victim, so that equals take turns. A full miss costs a word for
 * each 32 rows. The number of blocks staged, EMPTY or RETRY.
 */
export function stealFromSiblings(row: i32, cls: i32, want: i32): i32 {
  if (!hasVictim(row, cls)) return EMPTY;
  const start = loadPlain(row + R_SWEEP) >= loadPlain(H_MAX_PROCESSORS) ? 0 : loadPlain(row + R_SWEEP);
  const domains = loadPlain(row + R_DOMAINS);
  let outcome = EMPTY;
  let domain = 0;
  do {
    const among = domains === 0 ? 0 : domainAt(loadPlain(row + R_INDEX), domain);
    const result = stealAmong(row, cls, among, start, want);
    if (result > 0) {
      storePlain(row + R_SWEEP, loadPlain(row + R_VICTIM) + 1);
      return result;
    }
    if (result === RETRY) outcome = RETRY;
    domain = domain + 1;
  } while (domain < domains);
  return outcome;
}

/** Blocks in the deques of the class, as far as the hints show them. */
export function blocksInDeques(cls: i32): i32 {
  const id = loadPlain(cls + C_ID);
  const words = (loadPlain(H_MAX_PROCESSORS) + 31) >> 5;
  let total = 0;
  for (let word = 0; word < words; word++) {
    let bits = loadRacy(bitWordAt(cls + C_NON_EMPTY, word << 5));
    while (bits !== 0) {
      const victim = (word << 5) + lowestBit(bits);
      total = total + sizeOf(loadShared(dequeAt(victim, id) + D_HEAD_TAIL));
      bits = bits & (bits - 1);
    }
  }
  return total;
}

/** Tries every row, its own included, whatever the hints say. EMPTY, RETRY, or the number staged. */
export function stealFromEveryRow(row: i32, cls: i32, want: i32): i32 {
  let outcome = EMPTY;
  const id = loadPlain(cls + C_ID);
  for (let victim = 0; victim < loadPlain(H_MAX_PROCESSORS); victim++) {
    if (sizeOf(loadShared(dequeAt(victim, id) + D_HEAD_TAIL)) !== 0) {
      const result = stealFrom(row, cls, victim, want);
      if (result > 0) return result;
      outcome = RETRY;
    }
  }
  return outcome;
}
