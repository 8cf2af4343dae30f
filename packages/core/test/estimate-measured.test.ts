// The estimate against real pools under simulated traffic: by chance and in bursts, with holding times of several
// distributions, one size and several, one thread and two. It may be exceeded as rarely as it says, and must not say much more than is needed.

import { KiB, MiB, estimatePool, type PoolEstimate } from '@syncpool/core';
import { afterAll, describe, expect, test } from 'vitest';
import { makeRuntime } from './support/crew.ts';
import { importStranger } from './support/package-copy.ts';
import { announceSeed, Xorshift } from './support/prng.ts';
import { type Load, type Measured, simulate } from './support/traffic.ts';

const SEEDS = process.env.SYNCPOOL_DEEP === '1' ? 200 : 12;
const EPOCHS = 4;
const EVERY_MS = 10_000;
const PROCESSORS = 16;
const stranger = await importStranger();

const seed = announceSeed('simulated traffic');
const figures: string[] = [];
afterAll(() => console.log(figures.join('\n')));

const UPLOADS = [
  { bytes: 1500, weight: 50 },
  { bytes: 3000, weight: 20 },
  { bytes: 15_000, weight: 20 },
  { bytes: 60_000, weight: 8 },
  { bytes: 200_000, weight: 2 },
];
const ONE_SIZE = [{ bytes: 16 * KiB, weight: 1 }];
const steady = { perSecond: 500, holdMs: 200, burst: 1, holding: 'exponential', sizes: ONE_SIZE } as const;

const LOADS: [what: string, load: Load, threads: number, mostFactor: number][] = [
  ['100 at a time by chance', steady, 1, 1.5],
  ['the same, all held equally long', { ...steady, holding: 'constant' }, 1, 1.5],
  ['the same, one of ten held much longer', { ...steady, holding: 'mixed' }, 1, 1.5],
  ['the same in two threads', steady, 2, 1.5],
  ['4 at a time', { ...steady, perSecond: 20 }, 1, 2.5],
  ['bursts of 5 times the average rate', { ...steady, perSecond: 200, burst: 5 }, 1, 1.7],
  ['bursts of 5 times in two threads', { ...steady, perSecond: 200, burst: 5 }, 2, 1.7],
  ['uploads of five sizes', { ...steady, sizes: UPLOADS }, 1, 2.2],
  ['uploads in bursts, in two threads', { ...steady, perSecond: 200, burst: 3, sizes: UPLOADS }, 2, 3],
];

function measure(load: Load, threads: number, { options }: PoolEstimate, random: Xorshift): Measured {
  const runtime = makeRuntime('wasm', {
    maxBytes: Math.ceil(options.maxBytes / MiB) * MiB,
    maxProcessors: PROCESSORS,
    maxClasses: 8,
  });
  const pool = runtime.pool('p', { ...options, drain: { on: 'manual' } });
  const other = threads > 1 ? stranger.attachRuntime(runtime.token) : undefined;
  const pools = other === undefined ? [pool] : [pool, other.pool('p')];
  try {
    return simulate(random, load, pools, EPOCHS, EVERY_MS);
  } finally {
    other?.leave();
    runtime.close();
  }
}

describe(`in ${SEEDS} runs`, () => {
  test.each(LOADS)('%s', (what, load, threads, mostFactor) => {
    const { sizes: bytesPerRequest, ...concurrency } = load;
    const { perSecond, holdMs, burst } = concurrency;
    const estimate = estimatePool({
      concurrency: { perSecond, holdMs, burst },
      bytesPerRequest,
      threads,
      maxProcessors: PROCESSORS,
      everyMs: EVERY_MS,
    });
    const runs = Array.from({ length: SEEDS }, (_, run) => measure(load, threads, estimate, new Xorshift(seed + run)));
    const factors = runs.map(({ inventoryBytes }) => estimate.inventoryBytes / inventoryBytes).sort((a, b) => a - b);
    const median = factors[SEEDS >> 1] ?? 0;
    const exceeded = factors.filter((factor) => factor < 1).length;
    figures.push(
      `${what}: estimate ${(estimate.inventoryBytes / MiB).toFixed(2)} MiB, over measured: least ${factors[0]?.toFixed(2)}, ` +
        `median ${median.toFixed(2)}, most ${factors.at(-1)?.toFixed(2)}, exceeded ${exceeded} times; limit over cut: ` +
        `${(estimate.options.maxBytes / Math.max(...runs.map(({ cutBytes }) => cutBytes))).toFixed(2)}; ` +
        `cold ${Math.max(...runs.map(({ coldRate }) => coldRate)).toFixed(4)}`,
    );
    // One in 1,000 may be more, by the confidence asked for: here 2 in 100, so that chance does not fail a test.
    expect(exceeded).toBeLessThanOrEqual(Math.max(1, SEEDS * 0.02));
    expect(factors.at(-1)).toBeLessThan(mostFactor);
    for (const { cutBytes, exhausted, coldRate } of runs) {
      expect(exhausted).toBe(0);
      expect(cutBytes).toBeLessThanOrEqual(estimate.options.maxBytes);
      // What is not pooled because too little may be; with two threads also what drains from one and is needed in the other.
      expect(coldRate).toBeLessThan(threads === 1 ? 0.02 : 0.1);
    }
  });
});
