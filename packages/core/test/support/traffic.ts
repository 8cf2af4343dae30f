// Requests in virtual time, for tests of how large a pool becomes: they come by chance, hold a buffer of some size for a
// while, and epochs end by the virtual clock. The pool is a real one; nothing waits.

import type { BufferPool, PooledBuffer } from '@syncpool/core';
import type { Xorshift } from './prng.ts';

export interface Load {
  /** Requests per second on average. */
  readonly perSecond: number;
  readonly holdMs: number;
  /** Peak rate over average rate: requests come at the peak rate for a part of the time, and not at all in between. */
  readonly burst: number;
  /** How holding times are spread about their average. */
  readonly holding: keyof typeof HOLDING;
  readonly sizes: readonly { readonly bytes: number; readonly weight: number }[];
}

/** How long a burst and the pause after it take together. */
const BURST_CYCLE_MS = 3000;

/** A number from 0 (included) to 1 (excluded). */
function fraction(random: Xorshift): number {
  return (random.next() - 1) / 2 ** 32;
}

/** Exponentially distributed, average 1. */
function exponential(random: Xorshift): number {
  return -Math.log(1 - fraction(random));
}

/** Holding times, average 1. */
const HOLDING = {
  constant: () => 1,
  exponential,
  /** Nine of ten requests are short, one is 18 times as long as they are. */
  mixed: (random: Xorshift) => (fraction(random) < 0.9 ? 1 / 2.7 : 18 / 2.7) * exponential(random),
} as const;

function pickSize(random: Xorshift, { sizes }: Load): number {
  let left = fraction(random) * sizes.reduce((sum, { weight }) => sum + weight, 0);
  for (const { bytes, weight } of sizes) {
    left -= weight;
    if (left < 0) return bytes;
  }
  throw new Error('the weights do not add up');
}

/** Moments of arrivals up to `untilMs`. Time passes only during bursts; the pauses are put in between. */
function arrivals(random: Xorshift, load: Load, untilMs: number): number[] {
  const perMs = (load.perSecond * load.burst) / 1000;
  const busyMs = BURST_CYCLE_MS / load.burst;
  const moments: number[] = [];
  let busy = 0;
  for (;;) {
    busy += exponential(random) / perMs;
    const moment = Math.floor(busy / busyMs) * BURST_CYCLE_MS + (busy % busyMs);
    if (moment >= untilMs) return moments;
    moments.push(moment);
  }
}

interface Event {
  readonly atMs: number;
  readonly run: () => void;
}

/** Events of requests for `untilMs`, each in a thread by chance, in the order of time. */
function requests(random: Xorshift, load: Load, pools: readonly BufferPool[], untilMs: number): Event[] {
  const events: Event[] = [];
  for (const atMs of arrivals(random, load, untilMs)) {
    const pool = random.pick(pools);
    const bytes = pickSize(random, load);
    let buffer: PooledBuffer | undefined;
    events.push({
      atMs,
      run: () => {
        buffer = pool.get(bytes);
      },
    });
    const leaves = atMs + load.holdMs * HOLDING[load.holding](random);
    events.push({ atMs: leaves, run: () => pool.put(buffer as PooledBuffer) });
  }
  return events;
}

export interface Measured {
  /** Most bytes that were leased, stashed and retained at one time in the last epoch. */
  readonly inventoryBytes: number;
  /** The same of what was ever cut and not given back, in all epochs. */
  readonly cutBytes: number;
  readonly exhausted: number;
  /** Gets of the last two epochs that found nothing in magazines and deques, per get. */
  readonly coldRate: number;
}

/** Lets the load run for so many epochs, in as many threads as there are pools (of one runtime), and ends each with a drain. */
export function simulate(
  random: Xorshift,
  load: Load,
  pools: readonly BufferPool[],
  epochs: number,
  everyMs: number,
): Measured {
  const [first] = pools as readonly [BufferPool];
  const events = requests(random, load, pools, epochs * everyMs);
  let inventoryBytes = 0;
  let mostCut = 0;
  let before = first.stats().totals;
  // Between drains the inventory only grows, so its most is what it is at their ends.
  for (let epoch = 1; epoch <= epochs; epoch++) {
    events.push({
      atMs: epoch * everyMs,
      run: () => {
        const { classes, totals, cutBytes } = first.stats();
        mostCut = Math.max(mostCut, cutBytes);
        const bytes = classes.reduce((sum, one) => sum + (one.leased + one.stashed + one.retained) * one.size, 0);
        inventoryBytes = bytes;
        if (epoch === epochs - 2) before = totals;
        for (const pool of pools) pool.drain();
      },
    });
  }
  for (const { run } of events.sort((a, b) => a.atMs - b.atMs)) run();
  const { totals } = first.stats();
  const cold = totals.hits.fresh + totals.hits.slab - before.hits.fresh - before.hits.slab;
  return {
    inventoryBytes,
    cutBytes: mostCut,
    exhausted: totals.exhausted,
    coldRate: cold / (totals.gets - before.gets),
  };
}
