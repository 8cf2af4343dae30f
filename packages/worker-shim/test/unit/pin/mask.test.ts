// Masks: bits and back.

import { expect, test } from 'vitest';
import { cpusOf, emptyMask, maskOf } from '../../../src/pin/mask.ts';
import { fc } from '../../support/property.ts';

test('a mask has the CPUs it was made of, above 1,024 too', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 8191 }), { maxLength: 40 });
  fc.assert(
    fc.property(ids, (cpus) => {
      const ascending = [...cpus].sort((a, b) => a - b);
      expect(cpusOf(maskOf(cpus))).toEqual(ascending);
    }),
  );
});

test('a mask is as long as the system wants it: 1,024 bits at least, and whole 64-bit words', () => {
  expect(maskOf([0]).length).toBe(128);
  expect(maskOf([1023]).length).toBe(128);
  expect(maskOf([1024]).length).toBe(136);
  expect(emptyMask(4096).length).toBe(512);
});

test('the lowest bit of the first byte is CPU 0', () => {
  expect([...maskOf([0, 9]).subarray(0, 3)]).toEqual([1, 2, 0]);
});
