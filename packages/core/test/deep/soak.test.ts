// A service for many minutes: buffers go to workers and come back as others, workers are killed and replaced all the
// while, epochs end. What must be flat is flat: resident memory, what is cut, what is leased and detached.
// SOAK_MINUTES says how long on each kernel.

import { setTimeout } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { type BufferPool, KiB, MiB, type Runtime } from '@syncpool/core';
import { expect, test } from 'vitest';
import { BACKENDS, makeRuntime } from '../support/crew.ts';
import { announceSeed, Xorshift } from '../support/prng.ts';
import { drain } from '../support/mourning.ts';
import { nextMessage, spawn } from '../support/worker.ts';
import type { Parcel } from '../workers/serving.ts';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 5);
const WORKERS = 3;
const IN_FLIGHT = 24;
const LIFE_MS = 150;
const SAMPLE_MS = 500;
const OLD_MS = 2_000;
/** Of resident memory, between the second fifth of the samples and the last. */
const MOST_GROWTH = 0.1;

interface Sample {
  readonly rss: number;
  readonly heap: number;
  readonly cutBytes: number;
  readonly leased: number;
  readonly detached: number;
}

class Service {
  readonly #runtime: Runtime;
  readonly #pool: BufferPool;
  readonly #random: Xorshift;
  readonly #workers: Worker[] = [];
  #isOver = false;
  kills = 0;
  answers = 0;
  regained = 0;
  readonly wrong: string[] = [];

  constructor(runtime: Runtime, pool: BufferPool, seed: number) {
    this.#runtime = runtime;
    this.#pool = pool;
    this.#random = new Xorshift(seed);
  }

  async #hire(place: number): Promise<void> {
    const worker = spawn('serving', { runtime: this.#runtime.name, seed: this.#random.next() });
    await nextMessage(worker);
    worker.on('message', (parcel: Parcel) => this.#answered(place, parcel));
    worker.on('error', (error) => this.wrong.push(String(error)));
    this.#workers[place] = worker;
    for (let i = 0; i < IN_FLIGHT / WORKERS; i++) this.#request(place);
  }

  #request(place: number): void {
    const stamp = 1 + this.#random.below(255);
    const buffer = this.#pool.get(1 + this.#random.below(48 * KiB)).fill(stamp);
    const parcel: Parcel = { message: this.#pool.detach(buffer), stamp };
    this.#workers[place]?.postMessage(parcel);
  }

  #answered(place: number, { message, stamp }: Parcel): void {
    const buffer = this.#pool.tryAdopt(message);
    if (buffer !== undefined) {
      if (stamp < 0 || buffer[0] !== stamp || buffer[buffer.length - 1] !== stamp) this.wrong.push(`stamp ${stamp}`);
      this.#pool.put(buffer);
      this.answers += 1;
    }
    if (!this.#isOver) this.#request(place);
  }

  /** Kills one worker after another and hires another in its place, until `end`. */
  async run(end: number, onSample: () => void): Promise<void> {
    for (let place = 0; place < WORKERS; place++) await this.#hire(place);
    let sampledAt = Date.now();
    while (Date.now() < end) {
      await setTimeout(this.#random.below(2 * LIFE_MS));
      const place = this.#random.below(WORKERS);
      await this.#workers[place]?.terminate();
      this.kills += 1;
      this.regained += this.#runtime.audit({ olderThanMs: OLD_MS }).regained.blocks;
      await this.#hire(place);
      if (Date.now() - sampledAt < SAMPLE_MS) continue;
      sampledAt = Date.now();
      onSample();
    }
    this.#isOver = true;
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function middle(samples: readonly Sample[], key: keyof Sample): number {
  const sorted = samples.map((sample) => sample[key]).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

test.each(BACKENDS)(
  'a service of workers that are killed and replaced stays as it was on %s',
  {
    timeout: MINUTES * 60_000 + 120_000,
  },
  async (backend) => {
    const runtime = makeRuntime(backend, { maxBytes: 64 * MiB, maxProcessors: 8 });
    const drainEvery = { on: 'interval', everyMs: 1_000 } as const;
    const pool = runtime.pool('p', { sizes: [4 * KiB, 64 * KiB], maxBytes: 48 * MiB, drain: drainEvery });
    const service = new Service(runtime, pool, announceSeed(`soak ${backend}`));
    const samples: Sample[] = [];
    await service.run(Date.now() + MINUTES * 60_000, () => {
      const { totals, cutBytes, classes } = pool.stats();
      const { rss, heapUsed: heap } = process.memoryUsage();
      const detached = classes.reduce((sum, one) => sum + one.detached, 0);
      samples.push({ rss, heap, cutBytes, leased: totals.leased, detached });
    });
    const fifth = Math.floor(samples.length / 5);
    const [early, late] = [samples.slice(fifth, 2 * fifth), samples.slice(-fifth)];
    const figures = (of: readonly Sample[]) =>
      `rss ${(middle(of, 'rss') / MiB).toFixed(1)} MiB, heap ${(middle(of, 'heap') / MiB).toFixed(1)} MiB, cut ${(middle(of, 'cutBytes') / MiB).toFixed(1)} MiB, leased ${middle(of, 'leased')}, detached ${middle(of, 'detached')}`;
    console.log(
      `soak ${backend}: ${service.kills} kills, ${service.answers} answers, ${service.regained} regained; early ${figures(early)}; late ${figures(late)}`,
    );
    expect(service.wrong).toEqual([]);
    expect(service.answers).toBeGreaterThan(service.kills);
    expect(middle(late, 'rss')).toBeLessThan((1 + MOST_GROWTH) * middle(early, 'rss'));
    for (const { leased, detached } of samples) {
      expect(leased).toBeLessThan(WORKERS * 25 + IN_FLIGHT);
      expect(detached).toBeLessThan(100 * IN_FLIGHT);
    }
    // Everybody gone: every block is in its place, and all of them can be had.
    runtime.audit({ olderThanMs: 0 });
    expect(runtime.audit()).toMatchObject({ unaccounted: 0, detached: 0 });
    const { totals } = pool.stats();
    expect(totals.leased).toBe(0);
    expect(drain(pool, 64 * KiB).length).toBe((48 * MiB) / (64 * KiB));
    runtime.close();
  },
);
