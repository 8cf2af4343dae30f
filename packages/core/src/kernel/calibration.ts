// What an adaptive pool has made of the lengths that its threads have counted (lengths.ts of the host), in one word, so
// that nobody ever sees half of a choice:
//
//   P_CALIBRATED   31.........10   9......5   4......0
//                  calibration     largest    standard
//
//   calibration   how many there have been, modulo 2^22; at the top, so that its carry falls off
//   largest       index of the largest size that stays pooled
//   standard      index of the size of a get that names none; never above `largest`
//
// 0 -> (0, all, smallest)   whoever makes the pool, plainly, before its entry is READY
// any -> next calibration   calibrate, CAS by any thread, from the word that it read before it read the counts
//
// Read racily by every get and put of the pool: by a word of a moment ago a get is served with the size of a moment ago, or a
// block stays pooled that need not. A calibrator that dies leaves the word as it was, or complete: there is nothing to recover.
//
// ABA: two calibrators that read the same word and counts choose for the same calibration, and one of them loses. One that
// is stopped between its read and its CAS while exactly 2^22 others follow (2^26 lengths counted, at 16 for each at
// least) publishes a choice of the past: a valid one, in its turn, and the next corrects it.

import { P_CALIBRATED } from './layout.ts';
import { DONE, RETRY } from './outcome.ts';
import { casShared } from './word.ts';

/** A pool has 32 sizes at most. */
const SIZE_BITS: i32 = 5;
const SIZE_MASK: i32 = (1 << SIZE_BITS) - 1;
const CALIBRATION_SHIFT: i32 = SIZE_BITS + SIZE_BITS;
const CALIBRATION_MASK: i32 = (1 << (32 - CALIBRATION_SHIFT)) - 1;

/* @inline */ export function packCalibration(calibration: i32, largest: i32, standard: i32): i32 {
  return (calibration << CALIBRATION_SHIFT) | (largest << SIZE_BITS) | standard;
}

/* @inline */ export function calibrationOf(word: i32): i32 {
  return (word >>> CALIBRATION_SHIFT) & CALIBRATION_MASK;
}

/* @inline */ export function largestOf(word: i32): i32 {
  return (word >>> SIZE_BITS) & SIZE_MASK;
}

/* @inline */ export function standardOf(word: i32): i32 {
  return word & SIZE_MASK;
}

/** How many calibrations lie between two, of which `earlier` was first; below 0 if it was not. */
export function calibrationsBetween(earlier: i32, later: i32): i32 {
  return ((later - earlier) << CALIBRATION_SHIFT) >> CALIBRATION_SHIFT;
}

/** Publishes a choice that rests on the counts as they were after the word was `seen`. DONE; RETRY if somebody else has calibrated since. */
export function calibrate(pool: i32, seen: i32, largest: i32, standard: i32): i32 {
  const next = packCalibration(calibrationOf(seen) + 1, largest, standard);
  return casShared(pool + P_CALIBRATED, seen, next) === seen ? DONE : RETRY;
}
