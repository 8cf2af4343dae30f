// What a pool may ask of the runtime: the slabs it needs at worst, and what its magazines keep.

import { describe, expect, test } from 'vitest';
import { slabDemand } from '../../src/slab-demand.ts';
import { SLAB_BYTES } from '../../src/kernel/layout.ts';
import { capacityOf } from '../../src/magazine.ts';
import { footprint, KiB, MiB, MOST_BYTES, MOST_PROCESSORS } from '../../src/options.ts';
import { fc } from '../support/property.ts';

const smallSize = fc.oneof(
  fc.integer({ min: 256, max: MiB }),
  fc.constantFrom(256, 4 * KiB, 512 * KiB, 512 * KiB + 1, MiB),
);
const runSize = fc.oneof(fc.integer({ min: MiB + 1, max: 8 * MiB }), fc.constantFrom(MiB + 1, 2 * MiB, 3 * MiB + 1));

/** Sizes, and how many blocks of each are cut at one time. */
function mixOf(size: fc.Arbitrary<number>): fc.Arbitrary<[size: number, blocks: number][]> {
  const one = fc.tuple(size, fc.integer({ min: 1, max: 40 }));
  return fc.uniqueArray(one, { minLength: 1, maxLength: 6, selector: ([of]) => of });
}

/** Slabs that a mix takes: whole ones for each class of at most 1 MiB, a run for each larger block. */
function slabsOf(mix: readonly (readonly [size: number, blocks: number])[]): number {
  return mix.reduce((sum, [size, blocks]) => {
    if (size > SLAB_BYTES) return sum + blocks * Math.ceil(size / SLAB_BYTES);
    return sum + Math.ceil(blocks / Math.floor(SLAB_BYTES / footprint(size)));
  }, 0);
}

function bytesOf(mix: readonly (readonly [size: number, blocks: number])[]): number {
  return mix.reduce((sum, [size, blocks]) => sum + blocks * footprint(size), 0);
}

function demandOf(mix: readonly (readonly [size: number, blocks: number])[]): number {
  const sizes = mix.map(([size]) => size);
  return slabDemand(sizes, bytesOf(mix));
}

describe('the slabs that a pool may need', () => {
  test('are enough for any mix of classes within its bytes', () => {
    fc.assert(
      fc.property(mixOf(smallSize), (mix) => {
        expect(demandOf(mix)).toBeGreaterThanOrEqual(slabsOf(mix));
      }),
    );
  });

  test('are enough for any mix of blocks above 1 MiB within its bytes', () => {
    fc.assert(
      fc.property(mixOf(runSize), (mix) => {
        expect(demandOf(mix)).toBeGreaterThanOrEqual(slabsOf(mix));
      }),
    );
  });

  test('are enough for one block of 1.5 MiB and one of 2.1 MiB', () => {
    const mix = [[1.5 * MiB, 1] as const, [2.1 * MiB - ((2.1 * MiB) % 64), 1] as const];
    expect(slabsOf(mix)).toBe(5);
    expect(demandOf(mix)).toBeGreaterThanOrEqual(5);
  });

  test('are enough for all bytes in slabs that were freed and all bytes in runs', () => {
    expect(slabDemand([64 * KiB, 2 * MiB], 64 * MiB)).toBeGreaterThanOrEqual(64 + 64);
  });

  test('are exact for one class that divides 1 MiB, but for the slab that is partly cut', () => {
    expect(slabDemand([64 * KiB], 64 * MiB)).toBe(65);
    expect(slabDemand([256], MiB)).toBe(2);
  });

  test('are twice the bytes and a little at worst, for each kind', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(smallSize, runSize), { minLength: 1, maxLength: 6 }), (sizes) => {
        expect(slabDemand(sizes, 512 * MiB)).toBeLessThanOrEqual(2 * 512 + 2 * 512 + sizes.length + 1);
      }),
    );
  });
});

describe('the capacity of a magazine', () => {
  test('is 128 blocks, 1 MiB or a share of a quarter of the pool, whichever is least', () => {
    expect(capacityOf(256, MOST_BYTES, 1)).toBe(128);
    expect(capacityOf(64 * KiB, MOST_BYTES, 1)).toBe(16);
    expect(capacityOf(64 * KiB, 64 * MiB, 16)).toBe(16);
    expect(capacityOf(64 * KiB, 63 * MiB, 16)).toBe(15);
    expect(capacityOf(4 * KiB, 16 * MiB, 16)).toBe(64);
  });

  test('is 0 for blocks above 1 MiB, and where there are fewer blocks than would do', () => {
    expect(capacityOf(MiB + 1, MOST_BYTES, 1)).toBe(0);
    expect(capacityOf(MiB, MOST_BYTES, 1)).toBe(1);
    expect(capacityOf(4 * KiB, 4 * KiB * 4 * MOST_PROCESSORS - 1, MOST_PROCESSORS)).toBe(0);
    expect(capacityOf(4 * KiB, 4 * KiB * 4 * MOST_PROCESSORS, MOST_PROCESSORS)).toBe(1);
  });

  test('leaves three quarters of the blocks outside all magazines, whatever the limits', () => {
    fc.assert(
      fc.property(
        fc.oneof(smallSize, runSize),
        fc.integer({ min: MiB, max: MOST_BYTES }),
        fc.integer({ min: 1, max: MOST_PROCESSORS }),
        (size, poolBytes, maxProcessors) => {
          const capacity = capacityOf(size, poolBytes, maxProcessors);
          const blocks = Math.floor(poolBytes / footprint(size));
          expect(Number.isInteger(capacity) && capacity >= 0 && capacity <= 128).toBe(true);
          expect(capacity * maxProcessors * 4).toBeLessThanOrEqual(blocks);
          expect(capacity * footprint(size)).toBeLessThanOrEqual(MiB);
          // And no less than that allows.
          const next = capacity + 1;
          expect(next > 128 || next * maxProcessors * 4 > blocks || next * footprint(size) > MiB).toBe(true);
        },
      ),
    );
  });
});
