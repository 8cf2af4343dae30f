// A limit that moves while many more threads than there are CPUs cut, put, send and release at it: it holds at every
// moment, and a lower one holds from when enough has come home.

import { setImmediate } from 'node:timers/promises';
import { KiB, MiB } from '@syncpool/core';
import { expect, test } from 'vitest';
import { P_CUT, P_RESERVED, UNIT_BYTES } from '../../src/kernel/layout.ts';
import { wholeUnits } from '../../src/options.ts';
import { type Backend, BACKENDS, makeRuntime } from '../support/crew.ts';
import { kernelOf, violations } from '../support/invariants.ts';
import { announceSeed, Xorshift } from '../support/prng.ts';
import { WORDS } from '../support/resize-words.ts';
import { spawn } from '../support/worker.ts';
import type { ResizedJob } from '../workers/resized.ts';

const THREADS = 16;
const SIZES = [4 * KiB, 96 * KiB, 1.5 * MiB];
/** Threads that ask for the largest size, one at a time: runs of slabs stay with their class, and the least limit leaves room for them. */
const RUN_THREADS = 2;
const LEAST = 12 * MiB;
const MOST = 24 * MiB;
const isDeep = process.env.SYNCPOOL_DEEP === '1';
const MOVES = isDeep ? 100 : 2;
const SAMPLES = 200;
/** Small steps in which the limit goes up, each with a rush for what it gives. */
const RAISES = 25;

class Stage {
  readonly words = new Int32Array(new SharedArrayBuffer(4 * (WORDS.turns + THREADS)));
  readonly runtime;
  readonly pool;
  readonly #kernel;
  readonly #at;

  constructor(backend: Backend) {
    this.runtime = makeRuntime(backend, { maxBytes: 64 * MiB, maxProcessors: THREADS + 1, maxClasses: SIZES.length });
    this.pool = this.runtime.pool('p', { sizes: SIZES, maxBytes: MOST, drain: { on: 'manual' }, decayMs: 0 });
    this.#kernel = kernelOf(this.runtime.token);
    this.#at = this.#kernel.poolAt(0);
    this.words[WORDS.high] = MOST;
  }

  get reserved(): number {
    return this.#kernel.loadShared(this.#at + P_RESERVED) * UNIT_BYTES;
  }

  get cut(): number {
    return this.#kernel.loadShared(this.#at + P_CUT) * UNIT_BYTES;
  }

  /** Resolves when every thread has begun another turn: the one that was under way is over, with all that it had seen. */
  async everyoneMovesOn(): Promise<void> {
    const before = this.words.slice(WORDS.turns);
    while (before.some((turns, member) => Atomics.load(this.words, WORDS.turns + member) <= turns))
      await setImmediate();
  }

  /** Looks again and again: what is reserved is within the limit, or within `from` and on its way down. */
  async watch(limit: number, from = limit): Promise<void> {
    let before = from;
    for (let i = 0; i < SAMPLES; i++) {
      const now = this.reserved;
      expect(now).toBeLessThanOrEqual(Math.max(limit, before));
      before = now;
      if (i % 10 === 0) await setImmediate();
    }
  }

  async raiseTo(limit: number): Promise<void> {
    const from = this.pool.maxBytes;
    for (let raise = 1; raise <= RAISES; raise++) {
      const next = wholeUnits(from + ((limit - from) * raise) / RAISES);
      Atomics.store(this.words, WORDS.high, next);
      this.pool.resize(next);
      // Until somebody has come to it.
      const refused = Atomics.load(this.words, WORDS.refused);
      while (Atomics.load(this.words, WORDS.refused) === refused) await setImmediate();
      expect(this.reserved).toBeLessThanOrEqual(next);
    }
    await this.watch(limit);
  }

  async lowerTo(limit: number): Promise<void> {
    this.pool.resize(limit);
    // Cuts that had seen the limit before may count as before the move.
    await this.everyoneMovesOn();
    await this.watch(limit, this.reserved);
    Atomics.store(this.words, WORDS.resting, 1);
    while (this.reserved > limit) {
      this.pool.drain();
      await this.watch(limit, this.reserved);
    }
    Atomics.store(this.words, WORDS.resting, 0);
    Atomics.notify(this.words, WORDS.resting);
    await this.everyoneMovesOn();
    Atomics.store(this.words, WORDS.high, limit);
    await this.watch(limit);
  }
}

test.each(BACKENDS)(`${THREADS} threads never have more than a limit that moves on %s`, async (backend) => {
  const seed = announceSeed(`resize ${backend}`);
  const random = new Xorshift(seed);
  const stage = new Stage(backend);
  const { runtime, pool, words } = stage;
  const failed: unknown[] = [];
  const ends = Array.from({ length: THREADS }, (_, member) => {
    const takesRuns = member < RUN_THREADS;
    const worker = spawn('resized', { runtime: runtime.name, member, seed, takesRuns, words } satisfies ResizedJob);
    worker.on('error', (error) => failed.push(error));
    return new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  });
  try {
    await stage.everyoneMovesOn();
    for (let move = 0; move < MOVES && failed.length === 0; move++) {
      await stage.lowerTo(LEAST + random.below(4 * MiB));
      await stage.raiseTo(MOST - random.below(4 * MiB));
    }
  } finally {
    Atomics.store(words, WORDS.stop, 1);
    await Promise.all(ends);
  }
  expect(failed).toEqual([]);
  const [violated, served, refused] = [WORDS.violations, WORDS.served, WORDS.refused].map((at) => words[at] as number);
  console.log(`${backend}: ${served} gets served, ${refused} refused`);
  expect(violated, 'gets with more out than the limit').toBe(0);
  // They came to the limit, or nothing was tried.
  expect(refused).toBeGreaterThan(MOVES);
  expect(runtime.audit()).toMatchObject({ unaccounted: 0, detached: 0, owned: 0 });
  expect(stage.reserved).toBe(stage.cut);
  expect(pool.stats().reservedBytes).toBeLessThanOrEqual(pool.maxBytes);
  expect(violations(runtime.token)).toEqual([]);
  runtime.close();
});
