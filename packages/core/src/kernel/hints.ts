// Walking a hint bitmap from a place of one's own on: the upper part of the start's word, the words
// after it, and round to the lower part of the start's word. So no bit is everybody's first.

import { bitWordAt } from './layout.ts';
import { loadRacy } from './word.ts';

/** Number of the first bit of the word that the walk reads at `step`, 0 to `words`. */
/* @inline */ export function walkBase(start: i32, step: i32, words: i32): i32 {
  const base = (start & ~31) + (step << 5);
  return base >= words << 5 ? base - (words << 5) : base;
}

/** The hint bits that the walk sees at `step`. Racy: a hint decides only where to look. */
/* @inline */ export function walkBits(bitmap: i32, start: i32, step: i32, words: i32): i32 {
  const bits = loadRacy(bitWordAt(bitmap, walkBase(start, step, words)));
  const upper = -1 << (start & 31);
  if (step === 0) return bits & upper;
  return step === words ? bits & ~upper : bits;
}
