// A thread is cut at every point of what a scope sees, and goes on: the scope's end puts each block once, and nobody else's.

import { KiB, MiB, type BufferPool, type PooledBuffer, type PoolOptions } from '@syncpool/core';
import { describe, expect, test } from 'vitest';
import { BACKENDS } from './support/crew.ts';
import { importCuttable, isCut } from './support/cut-points.ts';

const SIZE = 4 * KiB;
const BLOCKS = 32;
/** More than any of these calls has. */
const MOST_POINTS = 300;
const cuttable = await importCuttable();

const KINDS: [string, Partial<PoolOptions>][] = [
  ['plain', {}],
  ['wiped at put', { wipe: 'put' }],
  ['adaptive', { adaptive: true }],
];
let made = 0;

describe.each(BACKENDS)('on %s', (kernel) => {
  describe.each(KINDS)('a pool that is %s', (_, options) => {
    function open() {
      made += 1;
      const runtime = cuttable.createRuntime({ name: `scope-cut-${made}`, kernel, maxBytes: MiB, maxProcessors: 2 });
      const pool = runtime.pool('p', {
        sizes: [SIZE],
        maxBytes: BLOCKS * SIZE,
        drain: { on: 'manual' },
        ...options,
      } as PoolOptions);
      return { runtime, pool };
    }

    /** This thread can lease every block, each once; what it then holds goes back. */
    function expectWhole(pool: BufferPool): void {
      const all = Array.from({ length: BLOCKS }, () => pool.get(SIZE));
      expect(new Set(all.map(({ byteOffset }) => byteOffset)).size).toBe(BLOCKS);
      expect(pool.stats().totals.leased).toBe(BLOCKS);
      for (const buffer of all) pool.put(buffer);
    }

    /** Cuts the call at its first point, its second, and so on until it is done uncut; how many there were. */
    function atEveryPoint(once: (isCutAt: (call: () => void) => boolean) => void): void {
      let points = 0;
      for (let wasCut = true; wasCut && points < MOST_POINTS; ) {
        points += 1;
        once((call) => {
          wasCut = isCut(points, call);
          return wasCut;
        });
      }
      expect(points).toBeGreaterThan(5);
      expect(points).toBeLessThan(MOST_POINTS);
    }

    test('a get', () => {
      const { runtime, pool } = open();
      atEveryPoint((isCutAt) => {
        const scope = runtime.scope();
        isCutAt(() => scope.run(() => pool.get(SIZE)));
        // Leased by nobody's scope meanwhile, perhaps the same block.
        const outside = pool.get(SIZE);
        scope.end();
        expect(runtime.poolOf(outside)).toBe(pool);
        pool.put(outside);
        expect(pool.stats().totals.leased).toBe(0);
      });
      expectWhole(pool);
      runtime.close();
    });

    test('a put, a detach, and the end', () => {
      const { runtime, pool } = open();
      for (const end of ['put', 'detach', 'end'] as const) {
        atEveryPoint((isCutAt) => {
          const scope = runtime.scope();
          const buffers = scope.run(() => [pool.get(SIZE), pool.get(SIZE)]);
          const first = buffers[0] as PooledBuffer;
          let message: unknown;
          isCutAt(() => {
            if (end === 'end') scope.end();
            else if (end === 'put') pool.put(first);
            else message = pool.detach(first);
          });
          if (message !== undefined) pool.discard(message as number);
          const others = [pool.get(SIZE), pool.get(SIZE)];
          scope.end();
          for (const other of others) expect(runtime.poolOf(other)).toBe(pool);
          // What a cut has taken out of the scope before its lease had ended is its user's to put.
          for (const buffer of buffers) if (!others.includes(buffer)) buffer[Symbol.dispose]();
          for (const other of others) pool.put(other);
          expect(pool.stats().totals.leased).toBe(0);
        });
      }
      expectWhole(pool);
      runtime.close();
    });

    test('an adopt', () => {
      const { runtime, pool } = open();
      let lost = 0;
      atEveryPoint((isCutAt) => {
        const message = pool.detach(pool.get(SIZE));
        const scope = runtime.scope();
        isCutAt(() => scope.run(() => pool.adopt(message)));
        scope.end();
        pool.discard(message);
        // As a get of a watched pool: between the lease and the scope it is nobody's, until the thread ends.
        lost = Math.max(lost, pool.stats().totals.leased);
      });
      expect(lost).toBeLessThan(BLOCKS / 2);
      runtime.close();
    });
  });
});
