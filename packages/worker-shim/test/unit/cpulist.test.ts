import { describe, expect, test } from 'vitest';
import { formatCpuList, parseCpuList } from '../../dist/index.js';
import { fc } from '../support/property.ts';

describe('a list of CPUs', () => {
  test.each([
    ['', []],
    ['\n', []],
    ['0', [0]],
    ['0-3,8\n', [0, 1, 2, 3, 8]],
    ['8, 2-3', [2, 3, 8]],
    ['3,3,2-3', [2, 3]],
    ['0-7:2/4', [0, 1, 4, 5]],
    ['8191', [8191]],
  ])('%j is read', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
  });

  test.each(['x', '1-', '-1', '3-1', '1,,2', '1.5', '0x3', '8192', '0-99999999999', '0-7:2/0', '0-7:3/2', '0,1 2'])(
    '%j is refused, with its text',
    (text) => {
      const code = 'ERR_SYNCPOOL_SHIM_INVALID_OPTION';
      expect(() => parseCpuList(text)).toThrow(expect.objectContaining({ name: 'RangeError', code }));
      expect(() => parseCpuList(text)).toThrow(JSON.stringify(text));
    },
  );

  test('is text', () => {
    expect(() => parseCpuList(Object(3))).toThrow(expect.objectContaining({ name: 'TypeError' }));
  });

  test.each([
    [[], ''],
    [[5], '5'],
    [[8, 0, 1, 2, 1], '0-2,8'],
    [[0, 2, 3], '0,2-3'],
  ])('of %j is written shortly', (cpus, text) => {
    expect(formatCpuList(cpus)).toBe(text);
  });

  test('comes back from its text', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 0, max: 300 }));
    fc.assert(
      fc.property(ids, (cpus) => {
        expect(parseCpuList(formatCpuList(cpus))).toEqual([...cpus].sort((a, b) => a - b));
      }),
    );
  });
});
