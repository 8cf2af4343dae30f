// What an adaptive pool chooses by the lengths that were counted.

import { describe, expect, test } from 'vitest';
import { choose, describeLengths, dueByEpoch, dueByPuts } from '../../src/calibration.ts';
import { PARTS } from '../../src/lengths.ts';
import { fc, upTo } from '../support/property.ts';

const SIZES = [1024, 2048, 4096, 65536, 1048576];

function chosen(...weights: number[]): [standard: number, largest: number] {
  const { standard, largest } = choose(SIZES.slice(0, weights.length), weights);
  return [SIZES[standard] as number, SIZES[largest] as number];
}

describe('the size of a get', () => {
  test('is the only one that is used', () => {
    expect(chosen(0, 0, 7)).toEqual([4096, 4096]);
    expect(chosen(0.001, 0, 0)).toEqual([1024, 1024]);
  });

  test('is not the most frequent one, if that is too small for most lengths', () => {
    expect(chosen(40, 35, 25)[0]).toBe(4096);
    expect(chosen(30, 25, 25, 20)[0]).toBe(4096);
    // bytebufferpool says 1,024 here: 59 % of its gets are too small.
    expect(chosen(41, 39, 20)[0]).toBe(2048);
  });

  test('is not a much larger one, if most lengths are small', () => {
    expect(chosen(70, 0, 0, 0, 30)).toEqual([1024, 1048576]);
    expect(chosen(55, 0, 0, 45)[0]).toBe(1024);
  });

  test('costs least, in bytes handed out and twice those of a second buffer, of all that hold half of the lengths', () => {
    fc.assert(
      fc.property(fc.array(upTo(1000), { minLength: 5, maxLength: 5 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        fc.pre(total > 0);
        const { standard, largest } = choose(SIZES, weights);
        const heldBy = (index: number) => weights.slice(0, index + 1).reduce((sum, weight) => sum + weight, 0) / total;
        const costOf = (index: number) =>
          (SIZES[index] as number) +
          (2 * SIZES.reduce((sum, size, i) => sum + (i > index ? size * (weights[i] as number) : 0), 0)) / total;
        expect(heldBy(standard)).toBeGreaterThanOrEqual(0.5);
        expect(heldBy(largest)).toBeGreaterThanOrEqual(0.95);
        expect(largest === 0 || heldBy(largest - 1) < 0.95).toBe(true);
        expect(standard).toBeLessThanOrEqual(largest);
        for (let i = 0; i <= largest; i++) {
          if (heldBy(i) >= 0.5) expect(costOf(standard)).toBeLessThanOrEqual(costOf(i) + 1e-6);
        }
      }),
    );
  });
});

test('the percentile is by length: what is rarer than 1 in 20 is not kept, however its frequency compares with that of others', () => {
  // By frequency the largest size comes before the second largest, and is kept.
  expect(chosen(30, 30, 31, 4.2, 4.8)[1]).toBe(65536);
  expect(chosen(95, 0, 0, 0, 5)[1]).toBe(1024);
  expect(chosen(94, 0, 0, 0, 6)[1]).toBe(1048576);
});

test('calibrations come after 64 lengths, then more and more; with an epoch after the first one, then after 16', () => {
  expect([0, 1, 2, 10, 11, 4_000_000].map(dueByPuts)).toEqual([64, 128, 256, 65536, 65536, 65536]);
  expect([0, 1, 2, 4_000_000].map(dueByEpoch)).toEqual([1, 16, 16, 16]);
});

test('the histogram names the longest length of each part; the percentile is that of a part, the fill that of middles', () => {
  const parts = (...filled: [part: number, weight: number][]) =>
    Array.from({ length: PARTS }, (_, part) => filled.find(([one]) => one === part)?.[1] ?? 0);
  const classes = [parts([0, 50], [5, 40]), parts([11, 10])].map((one) => ({
    parts: one,
    weight: one.reduce((sum, weight) => sum + weight, 0),
    count: 100,
    fresh: 1,
  }));
  expect(describeLengths([1200, 2400], classes)).toEqual({
    percentileLength: 2400,
    fill: (50 * 50 + 40 * 550 + 10 * 2350) / (90 * 1200 + 10 * 2400),
    lengths: 200,
    freshLengths: 2,
    histogram: [
      { upTo: 100, weight: 50 },
      { upTo: 600, weight: 40 },
      { upTo: 2400, weight: 10 },
    ],
  });
});
