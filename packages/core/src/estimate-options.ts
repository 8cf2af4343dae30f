// What estimatePool may be asked, checked before anything is computed.

import { SMALLEST_BLOCK } from './kernel/layout.ts';
import { footprint, integerOption, invalid, knownOptions, MOST_PROCESSORS } from './options.ts';
import type { Share } from './estimate-sizes.ts';
import type { Traffic } from './estimate-traffic.ts';
import { LARGEST_BLOCK, LONGEST_PERIOD_MS, MOST_SIZES } from './pool-options.ts';

const MOST_IN_USE = 10_000_000;
const MOST_PER_SECOND = 1_000_000_000;
const MOST_BURST = 10_000;
const MOST_REQUEST_SIZES = 256;
/** How often each of a given number of buffers is taken in two epochs: of a known peak nothing but the mix of sizes is chance. */
const USES_OF_EACH = 10_000;

/** Requests as they come. */
export interface Rate {
  /** Requests per second on average, more than 0. */
  readonly perSecond: number;
  /** How long a request holds its buffer on average, in milliseconds, more than 0. */
  readonly holdMs: number;
  /** Peak rate over average rate, 1 to 10,000. Default 1. */
  readonly burst?: number;
}

/** A size of requests, and how frequent it is compared with the others. */
export interface WeightedSize {
  /** 1 B to 1 GiB. */
  readonly bytes: number;
  /** More than 0. */
  readonly weight: number;
}

export interface EstimateInput {
  /** Buffers in use at one time at most, if that is known (`highWater` in the counters); else requests as they come. */
  concurrency: number | Rate;
  /** Bytes that a request asks for, or all sizes that occur, at most 256; numbers weigh 1. */
  bytesPerRequest: number | readonly (number | WeightedSize)[];
  /** Threads that use the pool. Default 1. */
  threads?: number;
  /** The runtime's `maxProcessors`, by which magazines are made small. Default: 16, or `threads` if that is more. */
  maxProcessors?: number;
  /** Probability that two epochs need no more than the estimate, 0.5 to 0.999999. Default 0.999. */
  confidence?: number;
  /** The pool's `drain.everyMs`. Default 10,000. */
  everyMs?: number;
  /** Block sizes to propose at most, 1 to 32. Default 8. */
  mostSizes?: number;
}

/** The input after validation. */
export interface EstimatePlan {
  /** All sizes together, in two epochs, at the peak rate. */
  readonly traffic: Traffic;
  /** Ascending, summing up to 1. */
  readonly shares: readonly Share[];
  /** What a request asks for on average. */
  readonly meanBytes: number;
  readonly threads: number;
  readonly maxProcessors: number;
  /** Probability that two epochs may need more. */
  readonly miss: number;
  readonly mostSizes: number;
}

/** Returns `value` if it is a number above 0 (or from `least` on) and up to `most`. */
function numberOption(name: string, value: unknown, most: number, least = 0): number {
  if (typeof value === 'number' && value <= most && (least === 0 ? value > 0 : value >= least)) return value;
  const wanted = least === 0 ? `more than 0 and at most ${most}` : `a number from ${least} to ${most}`;
  throw invalid(name, value, wanted, typeof value === 'number');
}

function trafficOption(concurrency: unknown, everyMs: number): Traffic {
  if (typeof concurrency !== 'object' || concurrency === null) {
    const most = integerOption('concurrency', concurrency, 1, MOST_IN_USE);
    return { mean: most, arrivals: most * USES_OF_EACH, most };
  }
  knownOptions('concurrency', concurrency, ['perSecond', 'holdMs', 'burst']);
  const { perSecond, holdMs, burst = 1 }: { perSecond?: unknown; holdMs?: unknown; burst?: unknown } = concurrency;
  const average = numberOption('concurrency.perSecond', perSecond, MOST_PER_SECOND);
  const heldMs = numberOption('concurrency.holdMs', holdMs, LONGEST_PERIOD_MS);
  const perMs = (average * numberOption('concurrency.burst', burst, MOST_BURST, 1)) / 1000;
  const mean = numberOption('perSecond x holdMs x burst (requests at one time)', perMs * heldMs, MOST_IN_USE);
  return { mean, arrivals: perMs * 2 * everyMs, most: Number.POSITIVE_INFINITY };
}

function weightedSize(given: unknown): WeightedSize {
  if (typeof given !== 'object' || given === null) {
    return { bytes: integerOption('each of bytesPerRequest', given, 1, LARGEST_BLOCK), weight: 1 };
  }
  knownOptions('each of bytesPerRequest', given, ['bytes', 'weight']);
  const { bytes, weight }: { bytes?: unknown; weight?: unknown } = given;
  return {
    bytes: integerOption('bytes', bytes, 1, LARGEST_BLOCK),
    weight: numberOption('weight', weight, Number.MAX_SAFE_INTEGER),
  };
}

function sizesOption(given: unknown): WeightedSize[] {
  if (!Array.isArray(given)) return [weightedSize(given)];
  if (given.length < 1 || given.length > MOST_REQUEST_SIZES)
    throw invalid('the length of bytesPerRequest', given.length, `1 to ${MOST_REQUEST_SIZES}`, true);
  // Array.from, because map passes holes by.
  return Array.from(given, weightedSize);
}

/** Sizes of blocks that just fit, each once. */
function sharesOf(sizes: readonly WeightedSize[]): Share[] {
  const all = sizes.reduce((sum, { weight }) => sum + weight, 0);
  const byBlock = new Map<number, number>();
  for (const { bytes, weight } of sizes) {
    const block = Math.max(SMALLEST_BLOCK, footprint(bytes));
    byBlock.set(block, (byBlock.get(block) ?? 0) + weight / all);
  }
  return [...byBlock].map(([bytes, share]) => ({ bytes, share })).sort((a, b) => a.bytes - b.bytes);
}

const INPUT = [
  'concurrency',
  'bytesPerRequest',
  'threads',
  'maxProcessors',
  'confidence',
  'everyMs',
  'mostSizes',
] as const satisfies readonly (keyof EstimateInput)[];

/** @throws ERR_SYNCPOOL_INVALID_OPTION */
export function planEstimate(input: EstimateInput): EstimatePlan {
  knownOptions('estimatePool', input, INPUT);
  const { threads = 1, confidence = 0.999, everyMs = 10_000, mostSizes = 8 } = input;
  const sizes = sizesOption(input.bytesPerRequest);
  const shares = sharesOf(sizes);
  const all = sizes.reduce((sum, { weight }) => sum + weight, 0);
  integerOption('threads', threads, 1, MOST_PROCESSORS);
  return {
    traffic: trafficOption(input.concurrency, integerOption('everyMs', everyMs, 1, LONGEST_PERIOD_MS)),
    shares,
    meanBytes: sizes.reduce((sum, { bytes, weight }) => sum + (bytes * weight) / all, 0),
    threads,
    maxProcessors: integerOption(
      'maxProcessors',
      input.maxProcessors ?? Math.max(16, threads),
      threads,
      MOST_PROCESSORS,
    ),
    miss: 1 - numberOption('confidence', confidence, 0.999999, 0.5),
    mostSizes: integerOption('mostSizes', mostSizes, 1, MOST_SIZES),
  };
}
