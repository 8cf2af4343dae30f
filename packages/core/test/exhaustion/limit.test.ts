// Exhausted means exhausted: a get fails only when no block can be had but for those that other
// threads have at hand, and never are more blocks out than maxBytes allows.

import { KiB, MiB } from '@syncpool/core';
import { describe, expect, test } from 'vitest';
import { capacityOf } from '../../src/magazine.ts';
import { MAX_BATCH } from '../../src/kernel/widths.ts';
import { createBarrier } from '../support/barrier.ts';
import { BACKENDS, makeRuntime, runCrew } from '../support/crew.ts';
import { violations } from '../support/invariants.ts';
import { announceSeed } from '../support/prng.ts';
import type { ExhaustJob, ExhaustResult } from '../workers/exhaust.ts';

const isDeep = process.env.SYNCPOOL_DEEP === '1';
const GETS = isDeep ? 100_000 : 6000;

/** Blocks that one thread may have at hand, out of the others' reach. */
function atHand(size: number, blocks: number, maxProcessors: number): number {
  const capacity = capacityOf(size, blocks * size, maxProcessors);
  return capacity + Math.max(1, Math.min(MAX_BATCH, capacity >> 1));
}

/** Threads, blocks and their size; `spare` more places than threads, which make magazines smaller. */
const CASES = [
  { threads: 1, blocks: 1, size: 256, spare: 1 },
  { threads: 1, blocks: 500, size: 4 * KiB, spare: 1 },
  { threads: 2, blocks: 16, size: 4 * KiB, spare: 14 },
  { threads: 2, blocks: 300, size: 256, spare: 1 },
  { threads: 3, blocks: 64, size: 64 * KiB, spare: 1 },
  { threads: 3, blocks: 12, size: 3 * MiB, spare: 1 },
  { threads: 4, blocks: 2000, size: KiB, spare: 1 },
  { threads: 5, blocks: 40, size: 300 * KiB, spare: 12 },
  { threads: 6, blocks: 24, size: MiB, spare: 1 },
  { threads: 7, blocks: 900, size: 4 * KiB, spare: 1 },
  { threads: 8, blocks: 20, size: 256, spare: 8 },
  { threads: 8, blocks: 4096, size: 4 * KiB, spare: 1 },
];

interface Outcome {
  results: ExhaustResult[];
  mostOut: number;
  mostBytes: number;
  wrong: string[];
}

async function run(
  backend: 'wasm' | 'atomics',
  { threads, blocks, size, spare }: (typeof CASES)[number],
  allowed: number,
): Promise<Outcome> {
  const maxBytes = Math.max(MiB, blocks * size);
  const runtime = makeRuntime(backend, { maxBytes, maxProcessors: threads + spare, maxClasses: 1 });
  const pool = runtime.pool('p', { blockSize: size, maxBytes: blocks * size });
  const leases = new Int32Array(new SharedArrayBuffer(12));
  const seed = announceSeed(`exhaustion ${backend} ${threads} threads, ${blocks} blocks of ${size}`);
  const job = { runtime: runtime.name, parties: threads, barrier: createBarrier(), seed, gets: GETS, leases, allowed };
  let mostBytes = 0;
  const sampling = setInterval(() => {
    const { cutBytes, reservedBytes } = pool.stats();
    mostBytes = Math.max(mostBytes, cutBytes, reservedBytes);
  }, 1);
  const crew = Array.from({ length: threads }, (_, member) => ({ ...job, member }) satisfies ExhaustJob);
  const results = await runCrew<ExhaustResult>('exhaust', crew).finally(() => clearInterval(sampling));
  const wrong = violations(runtime.token);
  runtime.close();
  return { results, mostOut: Atomics.load(leases, 2), mostBytes, wrong };
}

describe.each(BACKENDS)('exhaustion on %s', (backend) => {
  test.each(CASES)(
    'no get fails while enough blocks are left: $threads threads, $blocks blocks of $size',
    async (one) => {
      const allowed = one.blocks - one.threads * atHand(one.size, one.blocks, one.threads + one.spare);
      // With one thread nobody else has any at hand: it may have them all.
      const limit = one.threads === 1 ? one.blocks : allowed;
      expect(limit).toBeGreaterThan(0);
      const { results, mostOut, wrong } = await run(backend, one, limit);
      expect(results.flatMap((result) => result.failed)).toEqual([]);
      expect(mostOut).toBeLessThanOrEqual(limit);
      // In all, not by each: one thread can run through its turns while others hold every lease that is allowed.
      expect(results.reduce((sum, result) => sum + result.served, 0)).toBeGreaterThan(limit);
      expect(wrong).toEqual([]);
    },
  );

  test.each(CASES)(
    'never are more blocks out than maxBytes: $threads threads, $blocks blocks of $size',
    async (one) => {
      const { results, mostOut, mostBytes, wrong } = await run(backend, one, Number.MAX_SAFE_INTEGER);
      expect(mostOut).toBeLessThanOrEqual(one.blocks);
      expect(mostBytes).toBeLessThanOrEqual(one.blocks * one.size);
      for (const message of results.flatMap((result) => result.failed)) expect(message).toContain('has no block of');
      expect(results.reduce((sum, result) => sum + result.served, 0)).toBeGreaterThan(0);
      expect(wrong).toEqual([]);
    },
  );

  test.each([256, 4 * KiB, 300 * KiB, MiB, 3 * MiB])(
    'one thread gets exactly floor(maxBytes / %i), each time',
    (size) => {
      for (const maxProcessors of [1, 64]) {
        const maxBytes = 7 * MiB + 128 * KiB;
        const runtime = makeRuntime(backend, { maxBytes, maxProcessors });
        const pool = runtime.pool('p', { blockSize: size, maxBytes });
        for (let round = 0; round < 3; round++) {
          const held = Array.from({ length: Math.floor(maxBytes / size) }, () => pool.get());
          expect(() => pool.get()).toThrow(
            expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED', leased: held.length }),
          );
          expect(pool.stats().cutBytes).toBe(held.length * size);
          for (const buffer of held) pool.put(buffer);
        }
        expect(violations(runtime.token)).toEqual([]);
        runtime.close();
      }
    },
  );
});
