// Every packed word: what goes in comes out, at the limits too, and no two meanings share a word.

import { afterAll, describe, expect, test, vi } from 'vitest';
import * as handle from '../../src/handle.ts';
import * as calibration from '../../src/kernel/calibration.ts';
import type * as deque from '../../src/kernel/deque.ts';
import { ENTRY_CREATING, ENTRY_FREE, ENTRY_READY } from '../../src/kernel/entry.ts';
import * as layout from '../../src/kernel/layout.ts';
import * as line from '../../src/kernel/line.ts';
import * as row from '../../src/kernel/row.ts';
import * as slab from '../../src/kernel/slab.ts';
import { INDEX_BITS } from '../../src/kernel/widths.ts';
import { MOST_CLASSES, MOST_PROCESSORS, MOST_SLABS } from '../../src/options.ts';
import { fc, upTo } from '../support/property.ts';

const rows = upTo(MOST_PROCESSORS - 1);
const incarnations = upTo(line.INCARNATION_MASK);
const generations = upTo(line.LAST_GENERATION);
const slabs = upTo(MOST_SLABS);
const numbers = upTo(layout.BLOCKS_PER_SLAB - 1);

function isWord(value: number): boolean {
  return (value | 0) === value;
}

describe('a tagged word', () => {
  test('gives back tag, row and incarnation', () => {
    fc.assert(
      fc.property(upTo(line.TAG_MASK), rows, incarnations, (tag, index, incarnation) => {
        const word = line.packTagged(tag, index, incarnation);
        expect(isWord(word)).toBe(true);
        expect([line.tagOf(word), line.rowOf(word), line.incarnationOf(word)]).toEqual([tag, index, incarnation]);
      }),
    );
  });

  test('fills 32 bits with nothing left over', () => {
    expect(line.packTagged(line.TAG_MASK, MOST_PROCESSORS - 1, line.INCARNATION_MASK)).toBe(-1);
    expect(line.packTagged(0, 0, 0)).toBe(0);
  });
});

describe('a calibrated word', () => {
  const indexes = upTo(31);
  const calibrations = upTo(2 ** 22 - 1);

  test('gives back calibration, largest and standard', () => {
    fc.assert(
      fc.property(calibrations, indexes, indexes, (count, largest, standard) => {
        const word = calibration.packCalibration(count, largest, standard);
        expect(isWord(word)).toBe(true);
        const { calibrationOf, largestOf, standardOf } = calibration;
        expect([calibrationOf(word), largestOf(word), standardOf(word)]).toEqual([count, largest, standard]);
      }),
    );
    expect(calibration.packCalibration(2 ** 22 - 1, 31, 31)).toBe(-1);
  });

  test('counts on from 0, and knows how far apart two counts are, behind the last one too', () => {
    expect(calibration.packCalibration(2 ** 22, 3, 2)).toBe(calibration.packCalibration(0, 3, 2));
    fc.assert(
      fc.property(calibrations, fc.integer({ min: -(2 ** 21), max: 2 ** 21 - 1 }), (count, more) => {
        const later = calibration.calibrationOf(calibration.packCalibration(count + more, 0, 0));
        expect(calibration.calibrationsBetween(count, later)).toBe(more);
      }),
    );
  });
});

describe('a block state', () => {
  test('in a deque gives back its row, and is no other state', () => {
    fc.assert(
      fc.property(rows, (index) => {
        const word = line.inDeque(index);
        expect([line.tagOf(word), line.rowOf(word), line.incarnationOf(word)]).toEqual([line.IN_DEQUE, index, 0]);
      }),
    );
  });

  test('detached is another word for every generation, and no other state', () => {
    fc.assert(
      fc.property(generations, generations, (one, other) => {
        const word = line.detached(one);
        expect(line.tagOf(word)).toBe(line.DETACHED);
        expect(isWord(word)).toBe(true);
        expect(word === line.detached(other)).toBe(one === other);
      }),
    );
  });

  test('free is the word of memory that nobody has written', () => {
    expect(line.FREE).toBe(0);
    expect(new Set([line.FREE, line.OWNED, line.IN_DEQUE, line.DETACHED]).size).toBe(4);
  });
});

describe('a row word', () => {
  test('gives back its incarnation, tagged live and without a row', () => {
    fc.assert(
      fc.property(incarnations, (incarnation) => {
        const word = row.packLive(incarnation);
        expect([line.tagOf(word), line.rowOf(word)]).toEqual([row.ROW_LIVE, 0]);
        expect(line.incarnationOf(word)).toBe(incarnation);
      }),
    );
  });

  test('has a tag of its own for each state', () => {
    expect(new Set([row.ROW_FREE, row.ROW_LIVE, row.ROW_RECOVERING]).size).toBe(3);
  });
});

describe('a pool entry', () => {
  test('under construction is the very word that its row owns blocks with', () => {
    fc.assert(
      fc.property(rows, incarnations, (index, incarnation) => {
        const owner = line.packTagged(line.OWNED, index, incarnation);
        expect(line.tagOf(owner)).toBe(ENTRY_CREATING);
        expect([ENTRY_FREE, ENTRY_READY]).not.toContain(owner);
      }),
    );
  });
});

describe('a slab word', () => {
  test('gives back class and fresh blocks, up to a whole slab of the smallest', () => {
    fc.assert(
      fc.property(upTo(MOST_CLASSES - 1), upTo(layout.BLOCKS_PER_SLAB), (id, fresh) => {
        const word = slab.packActive(id, fresh);
        expect([slab.slabTagOf(word), slab.slabClassOf(word), slab.freshOf(word)]).toEqual([
          slab.SLAB_ACTIVE,
          id,
          fresh,
        ]);
        expect(slab.isActive(word, id)).toBe(true);
        expect(slab.isActive(word, id ^ 1)).toBe(false);
      }),
    );
  });

  test('free or in release is active for no class', () => {
    fc.assert(
      fc.property(rows, incarnations, upTo(MOST_CLASSES - 1), (index, incarnation, id) => {
        expect(slab.isActive(line.packTagged(slab.SLAB_PURGING, index, incarnation), id)).toBe(false);
        expect(slab.isActive(slab.SLAB_FREE, id)).toBe(false);
      }),
    );
  });
});

describe('the frontier', () => {
  test('gives back both ends', () => {
    fc.assert(
      fc.property(upTo(0xffff), upTo(0xffff), (low, high) => {
        const word = slab.packFrontier(low, high);
        expect([slab.lowOf(word), slab.highOf(word)]).toEqual([low, high]);
        expect(isWord(word)).toBe(true);
      }),
    );
  });

  test('has room for the slab behind the last', () => {
    expect(slab.highOf(slab.packFrontier(1, MOST_SLABS + 1))).toBe(MOST_SLABS + 1);
  });
});

describe('a block index', () => {
  test('gives back slab and number, and is never 0', () => {
    fc.assert(
      fc.property(slabs, numbers, (at, number) => {
        const block = layout.blockAt(at, number);
        expect([layout.slabOf(block), layout.numberOf(block)]).toEqual([at, number]);
        if (at > 0) expect(block).toBeGreaterThan(0);
      }),
    );
  });

  test('has a bit of its own in a bitmap', () => {
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const isSame =
          layout.bitWordAt(64, one) === layout.bitWordAt(64, other) && layout.bitOf(one) === layout.bitOf(other);
        expect(isSame).toBe(one === other);
        expect(layout.bitWordAt(64, one)).toBe(64 + 4 * Math.floor(one / 32));
      }),
    );
  });
});

describe('a handle', () => {
  test('gives back generation and block as a safe integer', () => {
    fc.assert(
      fc.property(generations, slabs, numbers, (generation, at, number) => {
        const block = layout.blockAt(at, number);
        const packed = handle.packHandle(generation, block);
        expect(Number.isSafeInteger(packed)).toBe(true);
        expect([handle.generationOfHandle(packed), handle.blockOfHandle(packed)]).toEqual([generation, block]);
        const isPlausible = generation >= 1 && at >= 1;
        expect(handle.isPlausible(packed, MOST_SLABS)).toBe(isPlausible);
        expect(handle.isPlausible(packed, at - 1)).toBe(false);
      }),
    );
  });

  test('with every limit at once is the largest safe integer', () => {
    const block = layout.blockAt(MOST_SLABS, layout.BLOCKS_PER_SLAB - 1);
    expect(handle.packHandle(line.LAST_GENERATION, block)).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('is not plausible if it is no positive safe integer', () => {
    for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, Number.MIN_SAFE_INTEGER]) {
      expect(handle.isPlausible(value, MOST_SLABS)).toBe(false);
    }
  });
});

describe.each([INDEX_BITS, 2, 3, 8])('headTail with indexes of %i bits', async (bits) => {
  vi.resetModules();
  vi.doMock('../../src/kernel/widths.ts', async (original) => ({
    ...(await original<typeof import('../../src/kernel/widths.ts')>()),
    INDEX_BITS: bits,
    HEAD_SHIFT: 32 - bits,
    INDEX_MASK: 2 ** bits - 1,
  }));
  const { headOf, packHeadTail, sizeOf, tailOf }: typeof deque = await import('../../src/kernel/deque.ts');
  const indexes = upTo(2 ** bits - 1);
  afterAll(() => {
    vi.doUnmock('../../src/kernel/widths.ts');
  });

  test('gives back head and tail', () => {
    fc.assert(
      fc.property(indexes, indexes, (head, tail) => {
        const word = packHeadTail(head, tail);
        expect([headOf(word), tailOf(word)]).toEqual([head, tail]);
      }),
    );
  });

  test('has one word for each pair, whatever the tail has wrapped past', () => {
    fc.assert(
      fc.property(indexes, indexes, upTo(8), (head, tail, count) => {
        expect(packHeadTail(head, tail + 2 ** bits * count)).toBe(packHeadTail(head, tail));
      }),
    );
  });

  test('lets the carry of a push fall off the top, and a pop take it back', () => {
    fc.assert(
      fc.property(indexes, indexes, upTo(2 ** (bits - 1)), (head, tail, count) => {
        const pushed = (packHeadTail(head, tail) + (count << (32 - bits))) | 0;
        expect([headOf(pushed), tailOf(pushed)]).toEqual([(head + count) % 2 ** bits, tail]);
        expect((pushed - (count << (32 - bits))) | 0).toBe(packHeadTail(head, tail));
      }),
    );
  });

  test('says how many blocks lie between, over the wrap too', () => {
    fc.assert(
      fc.property(indexes, upTo(2 ** (bits - 1)), (tail, size) => {
        expect(sizeOf(packHeadTail((tail + size) % 2 ** bits, tail))).toBe(size);
      }),
    );
  });
});
