// fast-check with a seed that is printed and can be given: every property test imports it from here.

import fc from 'fast-check';
import { announceSeed } from './prng.ts';

fc.configureGlobal({ seed: announceSeed('properties') | 0, numRuns: 500 });

export { fc };

/** Any integer from 0 to `most`, the limits more often than chance would have it. */
export function upTo(most: number): fc.Arbitrary<number> {
  return fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: most }) }, fc.constantFrom(0, 1, most - 1, most));
}
