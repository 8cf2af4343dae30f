import { createRuntime, estimatePool, type EstimateInput, KiB, MiB } from '@syncpool/core';
import { describe, expect, test } from 'vitest';
import { chooseClasses, type Share } from '../../src/estimate-sizes.ts';
import { highWaterOf, logFactorial, poisson, type Traffic } from '../../src/estimate-traffic.ts';
import { announceSeed, Xorshift } from '../support/prng.ts';
import { expectThrow } from '../support/refusal.ts';

const seed = announceSeed('estimates');

function traffic(mean: number, arrivals: number, most = Number.POSITIVE_INFINITY): Traffic {
  return { mean, arrivals, most };
}

describe('the arithmetic', () => {
  test('of factorials is right to 12 digits', () => {
    let sum = 0;
    for (let k = 1; k <= 1000; k++) {
      sum += Math.log(k);
      expect(logFactorial(k)).toBeCloseTo(sum, 8);
    }
    expect([logFactorial(0), logFactorial(1)].map((x) => Math.abs(x) < 1e-9)).toEqual([true, true]);
  });

  test.each([0.01, 1, 10, 1000, 100_000])('of Poisson numbers adds up to 1, average %d', (mean) => {
    let sum = 0;
    let average = 0;
    for (let k = 0; k < mean + 20 * Math.sqrt(mean) + 20; k++) {
      sum += poisson(mean, k);
      average += k * poisson(mean, k);
    }
    expect(sum).toBeCloseTo(1, 6);
    expect(average / mean).toBeCloseTo(1, 6);
  });

  test.each([
    [0.001, 10],
    [1, 100],
    [100, 10_000],
    [100, 10_000_000],
    [10_000, 1_000_000],
  ])('of high waters gives the least that misses seldom enough: average %d, %d arrivals', (mean, arrivals) => {
    const missOf = (k: number) => {
      let tail = 0;
      for (let more = k + 1; more < k + 1 + 20 * Math.sqrt(mean) + 50; more++) tail += poisson(mean, more);
      return tail + arrivals * poisson(mean, k);
    };
    for (const miss of [0.1, 0.001, 1e-9]) {
      const most = highWaterOf(traffic(mean, arrivals), miss);
      expect(missOf(most)).toBeLessThanOrEqual(miss * (1 + 1e-6));
      // The tail's bound is a little above the tail, and nothing in use is never the answer.
      if (most > mean + 2) expect(missOf(most - 2)).toBeGreaterThan(miss);
      expect(highWaterOf(traffic(mean, arrivals, most - 1), miss)).toBe(most - 1);
    }
  });

  test('of sizes finds what trying every way finds', () => {
    const random = new Xorshift(seed);
    for (let round = 0; round < 50; round++) {
      const count = 1 + random.below(7);
      const weights = Array.from({ length: count }, () => 1 + random.below(100));
      const all = weights.reduce((a, b) => a + b);
      let bytes = 0;
      const shares = weights.map((weight) => {
        bytes += 64 * (1 + random.below(100));
        return { bytes, share: weight / all };
      });
      const load = traffic(1 + random.below(1000), 100_000);
      const most = 1 + random.below(4);
      const costOf = (classes: readonly Share[]) =>
        classes.reduce((sum, one) => {
          const part = traffic(load.mean * one.share, load.arrivals * one.share);
          return sum + highWaterOf(part, 0.001) * one.bytes;
        }, 0);
      const chosen = chooseClasses(shares, load, 0.001, most);
      let least = Number.POSITIVE_INFINITY;
      for (let cuts = 0; cuts < 2 ** (count - 1); cuts++) {
        const classes: { bytes: number; share: number }[] = [];
        let share = 0;
        shares.forEach((one, i) => {
          share += one.share;
          if (i < count - 1 && (cuts & (1 << i)) === 0) return;
          classes.push({ bytes: one.bytes, share });
          share = 0;
        });
        if (classes.length <= most) least = Math.min(least, costOf(classes));
      }
      expect(chosen.length).toBeLessThanOrEqual(most);
      expect(chosen.reduce((sum, one) => sum + one.share, 0)).toBeCloseTo(1, 9);
      expect(costOf(chosen) / least).toBeCloseTo(1, 2);
    }
  });
});

describe('an estimate', () => {
  test('of a known concurrency has no reserve but magazines', () => {
    const estimate = estimatePool({ concurrency: 1000, bytesPerRequest: 64 * KiB, threads: 4 });
    const [only] = estimate.classes;
    expect(only).toMatchObject({
      size: 64 * KiB,
      share: 1,
      inUse: 1000,
      highWater: 1000,
      blocks: 1000 + (only?.inMagazines ?? 0),
    });
    expect(estimate.options.sizes).toEqual([64 * KiB]);
    expect(estimate.options.maxBytes).toBe(estimate.options.retainBytes);
    expect(estimate.inventoryBytes).toBe((only?.blocks ?? 0) * 64 * KiB);
    // The magazines of all threads take a quarter of the pool at most.
    expect(estimate.options.maxBytes).toBeLessThanOrEqual((1000 * 64 * KiB * 4) / 3);
  });

  test('knows the magazines that a pool of these options has', () => {
    const estimate = estimatePool({
      concurrency: 2000,
      bytesPerRequest: [2000, { bytes: 9000, weight: 3 }],
      maxProcessors: 8,
    });
    const runtime = createRuntime({ name: 'estimated', maxBytes: 64 * MiB, maxProcessors: 8 });
    const pool = runtime.pool('p', { ...estimate.options, drain: { on: 'never' } });
    // A full magazine makes room by a batch, so it is full now and then.
    const mostStashed = estimate.classes.map(({ size, highWater }, i) => {
      const leased = Array.from({ length: highWater }, () => pool.get(size));
      return Math.max(
        ...leased.map((buffer) => {
          pool.put(buffer);
          return pool.stats().classes[i]?.stashed ?? 0;
        }),
      );
    });
    expect(mostStashed).toEqual(estimate.classes.map(({ inMagazines }) => inMagazines));
    expect(Math.min(...mostStashed)).toBeGreaterThan(0);
    const stats = pool.stats();
    expect(stats.totals).toMatchObject({ exhausted: 0 });
    // Nothing that was in use at one time went home for want of room.
    expect(stats.homeBytes).toBeLessThan(16 * 9024);
    runtime.close();
  });

  test('of traffic follows Little’s law, and its peak', () => {
    const at = (rate: object) =>
      estimatePool({ concurrency: { perSecond: 500, holdMs: 200, ...rate }, bytesPerRequest: 4096 });
    expect(at({}).classes[0]?.inUse).toBeCloseTo(100, 9);
    expect(at({ burst: 4 }).classes[0]?.inUse).toBeCloseTo(400, 9);
    expect(at({ perSecond: 2000, holdMs: 50 }).classes[0]?.inUse).toBeCloseTo(100, 9);
    const highWater = (rate: object) => at(rate).classes[0]?.highWater ?? 0;
    expect(highWater({})).toBeGreaterThan(130);
    expect(highWater({})).toBeLessThan(170);
    // The same number at a time, and more of them in the same time.
    expect(highWater({ perSecond: 50_000, holdMs: 2 })).toBeGreaterThan(highWater({}));
  });

  test('leaves room in maxBytes for what is 1,000 times as rare', () => {
    const { options, classes } = estimatePool({ concurrency: { perSecond: 500, holdMs: 200 }, bytesPerRequest: 4096 });
    // Two epochs of ten seconds: 10,000 arrivals.
    const rare = highWaterOf(traffic(100, 10_000), 0.000_001) - highWaterOf(traffic(100, 10_000), 0.001);
    expect(rare).toBeGreaterThan(5);
    expect(classes[0]?.highWater).toBe(highWaterOf(traffic(100, 10_000), 0.001));
    expect(options.maxBytes - options.retainBytes).toBe(rare * 4096);
  });

  test('grows with confidence, threads and the length of epochs', () => {
    const input = { concurrency: { perSecond: 500, holdMs: 200 }, bytesPerRequest: 4096 } as const;
    const bytes = (more: Partial<EstimateInput>) => estimatePool({ ...input, ...more }).inventoryBytes;
    expect(bytes({ confidence: 0.99999 })).toBeGreaterThan(bytes({}));
    expect(bytes({ confidence: 0.5 })).toBeLessThan(bytes({}));
    expect(bytes({ threads: 8 })).toBeGreaterThan(bytes({}));
    expect(bytes({ everyMs: 600_000 })).toBeGreaterThan(bytes({}));
  });

  test('proposes sizes that cover every request, and no more than were asked for', () => {
    const bytesPerRequest = Array.from({ length: 100 }, (_, i) => ({ bytes: 500 * (i + 1), weight: 100 - i }));
    for (const mostSizes of [1, 3, 8]) {
      const { options, classes } = estimatePool({ concurrency: 5000, bytesPerRequest, mostSizes });
      expect(options.sizes.length).toBe(mostSizes);
      expect(options.sizes.at(-1)).toBe(Math.ceil(50_000 / 64) * 64);
      expect(classes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    }
    expect(estimatePool({ concurrency: 1, bytesPerRequest: 1 }).options.sizes).toEqual([256]);
  });

  test('explains each term', () => {
    const { explanation, classes } = estimatePool({ concurrency: 100, bytesPerRequest: [1000, 100_000] });
    for (const { size, blocks } of classes) {
      expect(explanation.some((line) => line.startsWith(`${size} B`) && line.includes(`${blocks} blocks`))).toBe(true);
    }
    for (const term of ['in use', 'inventory', 'slabs', 'retainBytes', 'maxBytes']) {
      expect(explanation.filter((line) => line.startsWith(`${term}: `))).toHaveLength(1);
    }
  });
});

describe('an input that is refused', () => {
  const good = { concurrency: 10, bytesPerRequest: 4096 };
  const rate = { perSecond: 10, holdMs: 10 };
  test.each<[what: string, input: unknown, type: typeof TypeError | typeof RangeError, names: string[]]>([
    ['none', undefined, TypeError, ['estimatePool', 'undefined']],
    ['an unknown option', { ...good, size: 1 }, TypeError, ['"size"']],
    ['no concurrency', { bytesPerRequest: 1 }, TypeError, ['concurrency', 'undefined']],
    ['a concurrency of 0', { ...good, concurrency: 0 }, RangeError, ['concurrency', '0', '10000000']],
    ['a rate of 0', { ...good, concurrency: { ...rate, perSecond: 0 } }, RangeError, ['perSecond', 'more than 0']],
    [
      'an endless rate',
      { ...good, concurrency: { ...rate, perSecond: Infinity } },
      RangeError,
      ['perSecond', 'Infinity'],
    ],
    ['no holding time', { ...good, concurrency: { perSecond: 1 } }, TypeError, ['holdMs', 'undefined']],
    ['a burst below 1', { ...good, concurrency: { ...rate, burst: 0.5 } }, RangeError, ['burst', '0.5']],
    ['NaN', { ...good, concurrency: { ...rate, burst: Number.NaN } }, RangeError, ['burst', 'NaN']],
    ['too many at one time', { ...good, concurrency: { perSecond: 1e9, holdMs: 1e6 } }, RangeError, ['at one time']],
    ['no sizes', { ...good, bytesPerRequest: [] }, RangeError, ['bytesPerRequest', '256']],
    ['a hole', { ...good, bytesPerRequest: new Array(2) }, TypeError, ['bytesPerRequest', 'undefined']],
    ['a fractional size', { ...good, bytesPerRequest: [1.5] }, RangeError, ['bytesPerRequest', '1.5']],
    ['no weight', { ...good, bytesPerRequest: [{ bytes: 1 }] }, TypeError, ['weight', 'undefined']],
    ['a weight of 0', { ...good, bytesPerRequest: [{ bytes: 1, weight: 0 }] }, RangeError, ['weight', '0']],
    ['no threads', { ...good, threads: 0 }, RangeError, ['threads', '0', '1024']],
    ['more threads than processors', { ...good, threads: 9, maxProcessors: 8 }, RangeError, ['maxProcessors', '9']],
    ['certainty', { ...good, confidence: 1 }, RangeError, ['confidence', '1', '0.999999']],
    ['an epoch of 0', { ...good, everyMs: 0 }, RangeError, ['everyMs', '0']],
    ['33 sizes', { ...good, mostSizes: 33 }, RangeError, ['mostSizes', '33', '32']],
    [
      'more than a runtime holds',
      { concurrency: 10_000, bytesPerRequest: MiB },
      RangeError,
      ['maxBytes', '4293918720'],
    ],
  ])('%s', (_, input, type, names) => {
    expectThrow(() => estimatePool(input as EstimateInput), { code: 'ERR_SYNCPOOL_INVALID_OPTION', type, names });
  });
});
