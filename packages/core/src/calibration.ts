// What an adaptive pool makes of the lengths that were counted: the size of a get that names none, and the largest size
// that stays pooled. After valyala/bytebufferpool, which takes the most frequent power of two for the one and, of the most
// frequent ones that hold 95 % of its puts, the largest for the other. Differences:
//
// - The most frequent size can be too small for most lengths: many that are empty, and the others spread over
//   several sizes (its issue 15). Here the size of a get holds half of the lengths at least, and among those that do, costs
//   least: the bytes handed out, and twice the bytes of the second buffer for each length that does not fit, because
//   that one is filled by copying.
// - The percentile is by length here, so that a rare small length does not count as one above it.
// - There, 42,000 puts in one bin are needed, and then nothing before them counts. Here the first calibration comes after 64, later ones
//   after more, or with the epochs of the drain; old lengths count half as much each time (lengths.ts).

import { type ClassLengths, PARTS } from './lengths.ts';

const PERCENTILE = 0.95;
/** The least share of the lengths that the size of a get must hold. */
const LEAST_HELD = 0.5;
/** What a length that does not fit costs, in bytes of its second buffer. */
const MISS = 2;

/** Lengths after which an epoch's end calibrates; the very first time one is enough. */
const FEWEST = 16;
/** Lengths after which a put calibrates: so many the first time, and twice as many each time up to the limit. */
const FIRST = 64;
const MOST_DOUBLINGS = 10;

/** Lengths since the last calibration that are enough for the next, whatever the clock says. */
export function dueByPuts(calibration: number): number {
  return FIRST << Math.min(calibration, MOST_DOUBLINGS);
}

/** Lengths since the last calibration that are enough for the next when an epoch ends. */
export function dueByEpoch(calibration: number): number {
  return calibration === 0 ? 1 : FEWEST;
}

/** Indexes of a pool's sizes. */
export interface Choice {
  readonly standard: number;
  readonly largest: number;
}

/** Index of the first class up to which a share of the weight lies. */
function firstHolding(weights: readonly number[], share: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let held = 0;
  return weights.findIndex((weight) => {
    held += weight;
    return held >= share * total;
  });
}

/** Chooses by the weight of the lengths in each class; at least one has some. */
export function choose(sizes: readonly number[], weights: readonly number[]): Choice {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const largest = firstHolding(weights, PERCENTILE);
  const costOf = (index: number): number => {
    const missed = sizes.reduce((sum, size, i) => (i > index ? sum + size * (weights[i] as number) : sum), 0);
    return (sizes[index] as number) + (MISS * missed) / total;
  };
  let standard = firstHolding(weights, LEAST_HELD);
  // Of two that cost the same the larger, which more lengths fit.
  for (let index = standard + 1; index <= largest; index++) if (costOf(index) <= costOf(standard)) standard = index;
  return { standard, largest };
}

/** One bar of the histogram: lengths above the last one's `upTo`, or above 0, and up to this one. */
export interface LengthBar {
  readonly upTo: number;
  /** Lengths, those counted before the last calibration for a half, before the one before that for a quarter, and so on. */
  readonly weight: number;
}

/** What an adaptive pool has calibrated, and on what grounds. */
export interface CalibrationStats {
  /** Bytes of a get that names no size. */
  readonly defaultSize: number;
  /** The largest size that stays pooled: larger buffers go home when they are put. */
  readonly largestRetained: number;
  /** 95 % of the lengths are at most so long, to within a twelfth of a size; 0 if none was counted. */
  readonly percentileLength: number;
  /**
   * Part of its buffer that a length fills, 0 to 1, where each is in the smallest that fits it; estimated from the histogram. Low: sizes nearer to that waste
   * less. 1 if no length was counted.
   */
  readonly fill: number;
  /** Calibrations since the pool was made, modulo 2^22. */
  readonly calibrations: number;
  /** Lengths counted since the pool was made, and since the last calibration. */
  readonly lengths: number;
  readonly freshLengths: number;
  /** The lengths that were counted, from the shortest; parts without any are left out. */
  readonly histogram: readonly LengthBar[];
}

interface Part extends LengthBar {
  readonly middle: number;
}

function partsOf(sizes: readonly number[], classes: readonly ClassLengths[]): Part[] {
  return classes.flatMap(({ parts }, i) => {
    const floor = sizes[i - 1] ?? 0;
    const width = ((sizes[i] as number) - floor) / PARTS;
    return parts.map((weight, part) => ({
      weight,
      upTo: floor + Math.ceil((part + 1) * width),
      middle: floor + (part + 0.5) * width,
    }));
  });
}

/** The numbers of `CalibrationStats` that the counted lengths give. */
export function describeLengths(
  sizes: readonly number[],
  classes: readonly ClassLengths[],
): Pick<CalibrationStats, 'percentileLength' | 'fill' | 'lengths' | 'freshLengths' | 'histogram'> {
  const parts = partsOf(sizes, classes).filter(({ weight }) => weight > 0);
  const weights = parts.map(({ weight }) => weight);
  const used = parts.reduce((sum, { weight, middle }) => sum + weight * middle, 0);
  const room = classes.reduce((sum, { weight }, i) => sum + weight * (sizes[i] as number), 0);
  return {
    percentileLength: parts[firstHolding(weights, PERCENTILE)]?.upTo ?? 0,
    fill: room === 0 ? 1 : used / room,
    lengths: classes.reduce((sum, { count }) => sum + count, 0),
    freshLengths: classes.reduce((sum, { fresh }) => sum + fresh, 0),
    histogram: parts.map(({ upTo, weight }) => ({ upTo, weight })),
  };
}
