import { expect, test } from 'vitest';
import { announceSeed, Xorshift } from './prng.ts';

test('the generator gives the published xorshift32 sequence', () => {
  // Marsaglia 2003, triple (13, 17, 5), from state 1.
  const random = new Xorshift(1);
  expect([random.next(), random.next(), random.next()]).toEqual([270369, 67634689, 2647435461]);
});

test('the same seed repeats, another seed differs, and 0 is a seed like any other', () => {
  const draw = (seed: number) => {
    const random = new Xorshift(seed);
    return Array.from({ length: 8 }, () => random.below(1000));
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(new Set(draw(0)).size).toBeGreaterThan(1);
});

test('below and pick reach every value and nothing else', () => {
  const random = new Xorshift(3);
  expect([...new Set(Array.from({ length: 200 }, () => random.below(5)))].sort()).toEqual([0, 1, 2, 3, 4]);
  expect(new Set(Array.from({ length: 200 }, () => random.pick(['a', 'b'])))).toEqual(new Set(['a', 'b']));
  expect(() => random.pick([])).toThrow('nothing to pick from');
});

test('SEED overrides the seed of a run', () => {
  const before = process.env.SEED;
  process.env.SEED = '1234';
  try {
    expect(announceSeed('test')).toBe(1234);
  } finally {
    if (before === undefined) delete process.env.SEED;
    else process.env.SEED = before;
  }
});
