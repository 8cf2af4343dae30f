// Counts of a thread that goes on counting while it is looked at.

import { expect, test } from 'vitest';
import * as counter from '../../src/counters.ts';
import { countsOf } from '../../src/counts.ts';
import type { Processor } from '../../src/processor.ts';

test('blocks stolen are the sum of those stolen by distance, although the thread steals between the reads', () => {
  const fields = new Float64Array(counter.FIELDS);
  // Each time that somebody looks, one block more has come from the same core.
  const counters = new Proxy(fields, {
    get(_, field) {
      fields[counter.STEAL_BLOCKS] = (fields[counter.STEAL_BLOCKS] as number) + 1;
      const value = fields[Number(field)];
      fields[counter.STOLEN_SMT] = (fields[counter.STOLEN_SMT] as number) + 1;
      return value;
    },
  });
  const kernel = { loadPlain: () => 0, loadShared: () => 0, dequeAt: () => 0, cell: () => 0 };
  const counts = countsOf({ kernel, counters } as unknown as Processor, 0, 0);
  const { stolenBlocks, stolenByDistance } = counts;
  expect(stolenBlocks).toBeGreaterThan(0);
  expect(Object.values(stolenByDistance).reduce((sum, blocks) => sum + blocks)).toBe(stolenBlocks);
  expect(Math.min(...Object.values(stolenByDistance))).toBe(0);
});
