// How large a pool should be, before there is one: the sizing rule of Go's sync.Pool, "the high-water mark of concurrent
// uses since the last two collections, twice for two generations", with this pool's draining. Two epochs count here too,
// but a block that was needed in both is one block and not two: what stays is the most that either needed, so there is
// no factor of two. In its place comes what magazines may hold. docs/sizing.md has the terms, and what was measured against them.

import { slabDemand } from './slab-demand.ts';
import { type EstimateInput, type EstimatePlan, planEstimate } from './estimate-options.ts';
import { chooseClasses, type Share } from './estimate-sizes.ts';
import { highWaterOf, partOf } from './estimate-traffic.ts';
import { SLAB_BYTES } from './kernel/layout.ts';
import { capacityOf } from './magazine.ts';
import { invalid, MiB, MOST_BYTES } from './options.ts';

/** What `maxBytes` leaves for the exception: it is exceeded so many times less often than the estimate. */
const RARER = 1000;

/** What one size of blocks will hold. */
export interface ClassEstimate {
  /** Bytes of a block. */
  readonly size: number;
  /** Of all requests, 0 to 1. */
  readonly share: number;
  /** Blocks in use on average, at the peak rate. */
  readonly inUse: number;
  /** Blocks in use at one time at most in two epochs, with the confidence asked for. */
  readonly highWater: number;
  /** Blocks that the magazines of all threads may hold, out of each other's reach. */
  readonly inMagazines: number;
  /** Leased, stashed and retained together at most: the sum of the two. */
  readonly blocks: number;
  readonly bytes: number;
}

export interface PoolEstimate {
  /** For `runtime.pool`. */
  readonly options: { readonly sizes: readonly number[]; readonly maxBytes: number; readonly retainBytes: number };
  readonly classes: readonly ClassEstimate[];
  /** What the pool will hold, leased and pooled, at most: the classes' bytes together. */
  readonly inventoryBytes: number;
  /** Address space for that in whole slabs. Memory is used from the first touch of a page on, so it is no more than the inventory. */
  readonly slabBytes: number;
  /** Every term, as sentences. */
  readonly explanation: readonly string[];
}

/** A class before its magazines are known. */
interface Sized extends Share {
  readonly inUse: number;
  readonly highWater: number;
  /** As highWater, for maxBytes. */
  readonly rareHighWater: number;
}

function sizeClasses({ shares, traffic, miss, mostSizes }: EstimatePlan): Sized[] {
  // Each class may miss so seldom that all together miss as seldom as asked.
  const missOfEach = miss / Math.min(mostSizes, shares.length);
  return chooseClasses(shares, traffic, missOfEach, mostSizes).map((one) => {
    const part = partOf(traffic, one.share);
    return {
      ...one,
      inUse: part.mean,
      highWater: highWaterOf(part, missOfEach),
      rareHighWater: highWaterOf(part, missOfEach / RARER),
    };
  });
}

/**
 * What magazines hold depends on `retainBytes`, and that on what they hold: the least that fits itself. Magazines take a quarter
 * of it at most, so each round adds a quarter of what the last one added, and rounding down to blocks ends it.
 */
function settleMagazines(
  classes: readonly Sized[],
  maxProcessors: number,
): { retainBytes: number; capacities: number[] } {
  let retainBytes = 0;
  let capacities = classes.map(() => 0);
  const needed = () =>
    classes.reduce(
      (sum, { bytes, highWater }, i) => sum + (highWater + (capacities[i] ?? 0) * maxProcessors) * bytes,
      0,
    );
  while (needed() > retainBytes) {
    retainBytes = needed();
    capacities = classes.map(({ bytes }) => capacityOf(bytes, retainBytes / classes.length, maxProcessors));
  }
  return { retainBytes, capacities };
}

function inMiB(bytes: number): string {
  return `${(bytes / MiB).toFixed(bytes < 10 * MiB ? 2 : 0)} MiB`;
}

function explain(plan: EstimatePlan, estimate: Omit<PoolEstimate, 'explanation'>): string[] {
  const { traffic, threads, miss, meanBytes, maxProcessors } = plan;
  const { options, classes, inventoryBytes, slabBytes } = estimate;
  const arrives = Number.isFinite(traffic.most) ? '' : ' (peak rate x holding time, Little’s law)';
  return [
    `in use: ${traffic.mean.toFixed(1)} buffers at one time${Number.isFinite(traffic.most) ? ' at most, as given' : ` on average${arrives}`}`,
    ...classes.map(
      ({ size, share, highWater, inMagazines, blocks, bytes }) =>
        `${size} B: ${(100 * share).toFixed(1)} % of requests; ${highWater} in use at most in two epochs, and ${inMagazines} in ` +
        `magazines of ${threads} thread(s): ${blocks} blocks, ${inMiB(bytes)}`,
    ),
    `inventory: ${inMiB(inventoryBytes)}, more in two epochs with probability ${miss.toPrecision(1)} at most; twice ` +
      `${traffic.mean.toFixed(1)} x ${Math.ceil(meanBytes)} B, Go’s rule, would be ${inMiB(2 * traffic.mean * meanBytes)}`,
    `slabs: ${inMiB(slabBytes)} of address space, each class in slabs of its own`,
    `retainBytes: ${inMiB(options.retainBytes)}, the high waters and ${maxProcessors} full magazines of each size, as the pool counts them`,
    `maxBytes: ${inMiB(options.maxBytes)}, the same for high waters ${RARER} times as rare`,
  ];
}

/**
 * Says how large a pool for given traffic should be, and how much it will hold. A pure function: it neither needs nor makes a pool.
 *
 * @throws ERR_SYNCPOOL_INVALID_OPTION for an input out of range, or that asks for more than a runtime can have
 */
export function estimatePool(input: EstimateInput): PoolEstimate {
  const plan = planEstimate(input);
  const sized = sizeClasses(plan);
  const { retainBytes, capacities } = settleMagazines(sized, plan.maxProcessors);
  const rarelyMore = sized.reduce(
    (sum, { bytes, highWater, rareHighWater }) => sum + (rareHighWater - highWater) * bytes,
    0,
  );
  const maxBytes = retainBytes + rarelyMore;
  if (maxBytes > MOST_BYTES) {
    throw invalid(
      'maxBytes for this input',
      maxBytes,
      `at most ${MOST_BYTES}, which is the most that a runtime can have`,
      true,
    );
  }
  const classes = sized.map(({ bytes: size, share, inUse, highWater }, i) => {
    const inMagazines = (capacities[i] ?? 0) * plan.threads;
    const blocks = highWater + inMagazines;
    return { size, share, inUse, highWater, inMagazines, blocks, bytes: blocks * size };
  });
  const estimate = {
    options: { sizes: classes.map(({ size }) => size), maxBytes, retainBytes },
    classes,
    inventoryBytes: classes.reduce((sum, { bytes }) => sum + bytes, 0),
    slabBytes: classes.reduce((sum, { size, bytes }) => sum + slabDemand([size], bytes) * SLAB_BYTES, 0),
  };
  return { ...estimate, explanation: explain(plan, estimate) };
}
