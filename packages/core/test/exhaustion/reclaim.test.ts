// A pool at its limit, all of its bytes in free blocks of one size, still gives blocks of another.

import { KiB, MiB, type PooledBuffer } from '@syncpool/core';
import { describe, expect, test } from 'vitest';
import { capacityOf } from '../../src/magazine.ts';
import { createBarrier } from '../support/barrier.ts';
import { BACKENDS, makeRuntime, runCrew } from '../support/crew.ts';
import { violations } from '../support/invariants.ts';
import type { ReclaimJob } from '../workers/reclaim.ts';

const SMALL = 4 * KiB;
const isDeep = process.env.SYNCPOOL_DEEP === '1';
const ROUNDS = isDeep ? 2000 : 100;

describe.each(BACKENDS)('reclaim on %s', (backend) => {
  test.each([
    [SMALL, MiB],
    [MiB, SMALL],
  ])('a pool full of free blocks of %i bytes gives all its bytes in blocks of %i', (first, second) => {
    for (const maxProcessors of [1, 16]) {
      const runtime = makeRuntime(backend, { maxBytes: 8 * MiB, maxProcessors });
      const pool = runtime.pool('p', { sizes: [SMALL, MiB], maxBytes: 8 * MiB });
      const all = (size: number) => {
        const held = Array.from({ length: (8 * MiB) / size }, () => pool.get(size));
        expect(() => pool.get(size)).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED' }));
        for (const buffer of held) pool.put(buffer);
      };
      for (let round = 0; round < 3; round++) {
        all(first);
        all(second);
      }
      expect(violations(runtime.token)).toEqual([]);
      runtime.close();
    }
  });

  test('a slab with one block still leased is passed over, the others are not', () => {
    const runtime = makeRuntime(backend, { maxBytes: 4 * MiB, maxProcessors: 4 });
    const pool = runtime.pool('p', { sizes: [SMALL, MiB], maxBytes: 4 * MiB });
    const held = Array.from({ length: 1024 }, () => pool.get(SMALL));
    const kept = held.pop() as PooledBuffer;
    for (const buffer of held) pool.put(buffer);
    const large = [pool.get(MiB), pool.get(MiB), pool.get(MiB)];
    expect(() => pool.get(MiB)).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED' }));
    pool.put(kept);
    large.push(pool.get(MiB));
    expect(new Set(large.map((buffer) => buffer.byteOffset)).size).toBe(4);
    expect(violations(runtime.token)).toEqual([]);
    runtime.close();
  });

  test.each([2, 4, 8])('%i threads that all reclaim at once all get their share', async (parties) => {
    // So many places that no magazine holds anything: what a thread lacks, no other thread keeps at hand.
    const runtime = makeRuntime(backend, { maxBytes: 8 * MiB, maxProcessors: 600, maxClasses: 2 });
    runtime.pool('p', { sizes: [SMALL, MiB], maxBytes: 8 * MiB });
    expect(capacityOf(SMALL, 8 * MiB, 600)).toBe(0);
    const rounds = Array.from({ length: ROUNDS }, (_, round) => {
      const size = round % 2 === 0 ? SMALL : MiB;
      return { size, count: (8 * MiB) / size / parties };
    });
    const barriers = () => Array.from({ length: ROUNDS }, createBarrier);
    const job = { runtime: runtime.name, parties, starts: barriers(), ends: barriers(), rounds };
    const failed = (
      await runCrew<string[]>(
        'reclaim',
        Array.from({ length: parties }, () => job satisfies ReclaimJob),
      )
    ).flat();
    expect(failed.slice(0, 3), `${failed.length} gets failed`).toEqual([]);
    expect(violations(runtime.token)).toEqual([]);
    runtime.close();
  });
});
