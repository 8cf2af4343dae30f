// Every buffer stamped by its holder, while threads get, put, send, adopt, discard, steal, run dry
// and make the pool's memory change class. The time of a run is bounded, its operations are not.

import { describe, test } from 'vitest';
import { BACKENDS } from '../support/crew.ts';
import { stress } from '../support/stress.ts';

describe.each(BACKENDS)('stress on %s', (backend) => {
  test.each([
    [2, 7000],
    [4, 7000],
    [8, 7000],
    // Far more threads than CPUs: most of them are stopped inside an operation at any moment.
    [16, 4000],
  ])('no block is held twice or lost by %i threads', (parties, forMs) => stress(backend, parties, forMs));
});
