// The stress test's body, for ordinary and deep runs alike.

import { MiB } from '@syncpool/core';
import { expect } from 'vitest';
import type { StressJob, StressResult } from '../workers/stress.ts';
import { createBarrier } from './barrier.ts';
import { Claims } from './claims.ts';
import { type Backend, makeRuntime, runCrew } from './crew.ts';
import { censusOf, violations } from './invariants.ts';
import { announceSeed } from './prng.ts';

const SMALL = 1024;
const LARGE = 16384;
const MAX_BYTES = 4 * MiB;

/** Runs `parties` threads for a time over two classes of one pool, and checks everything that can be checked after. */
export async function stress(backend: Backend, parties: number, forMs: number): Promise<void> {
  const seed = announceSeed(`stress ${backend} ${parties} threads`);
  const runtime = makeRuntime(backend, { maxBytes: 8 * MiB, maxProcessors: parties + 1, maxClasses: 2 });
  const pool = runtime.pool('p', { sizes: [SMALL, LARGE], maxBytes: MAX_BYTES });
  const claims = Claims.memoryFor(runtime.token.data);
  const mailbox = new BigInt64Array(new SharedArrayBuffer(32 * 8));
  const job = { runtime: runtime.name, parties, barrier: createBarrier(), seed, forMs, claims, mailbox };
  const crew = Array.from({ length: parties }, (_, i) => ({ ...job, holder: i + 1 }) satisfies StressJob);
  // maxBytes is exact at every moment, not only at the end.
  let most = 0;
  const sampling = setInterval(() => {
    const { cutBytes, reservedBytes } = pool.stats();
    most = Math.max(most, cutBytes, reservedBytes);
  }, 1);
  const results = await runCrew<StressResult>('stress', crew).finally(() => clearInterval(sampling));
  const sum = (field: 'operations' | 'exhausted' | 'adopted' | 'outrun') =>
    results.reduce((total, one) => total + one[field], 0);
  const { classes } = pool.stats();
  const cutEver = classes.reduce((total, one) => total + one.freshBlocks * one.size, 0);
  console.log(
    `${backend} x${parties}: ${sum('operations')} operations, ${sum('exhausted')} exhausted, ${sum('adopted')} adopted, ` +
      `${sum('outrun')} outrun, memory cut ${(cutEver / MAX_BYTES).toFixed(1)} times over`,
  );

  expect(results.flatMap((one) => one.wrong)).toEqual([]);
  expect(most).toBeLessThanOrEqual(MAX_BYTES);
  expect(violations(runtime.token)).toEqual([]);
  // What is still posted is all that anybody holds, and all that is detached.
  const posted = mailbox.filter((handle) => handle !== 0n).length;
  const census = censusOf(runtime.token);
  expect(census.reduce((total, one) => total + one.detached, 0)).toBe(posted);
  classes.forEach((one, i) => {
    const places = census[i];
    expect({ leased: one.leased, owned: one.stashed, deque: one.retained, detached: one.detached }).toEqual({
      leased: 0,
      owned: places?.owned,
      deque: places?.deque,
      detached: places?.detached,
    });
  });
  // The test is worth nothing if it did not get into the corners that it is about.
  expect(sum('exhausted')).toBeGreaterThan(0);
  expect(sum('adopted')).toBeGreaterThan(0);
  expect(cutEver).toBeGreaterThan(MAX_BYTES);
  expect(classes.reduce((total, one) => total + one.stolenBlocks, 0)).toBeGreaterThan(0);

  for (const handle of mailbox) if (handle !== 0n) expect(pool.discard(Number(handle))).toBe(true);
  expect(violations(runtime.token)).toEqual([]);
  runtime.close();
}
