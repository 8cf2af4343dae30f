// The stress test for longer, and for every number of threads.

import { describe, test } from 'vitest';
import { BACKENDS } from '../support/crew.ts';
import { stress } from '../support/stress.ts';

const RUN_MS = 60_000;

describe.each(BACKENDS)('long stress on %s', (backend) => {
  test.each([2, 3, 4, 5, 6, 7, 8, 16])(
    'no block is held twice or lost by %i threads in a minute',
    { timeout: 3 * RUN_MS },
    (parties) => stress(backend, parties, RUN_MS),
  );
});
