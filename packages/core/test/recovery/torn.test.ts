// The torn-update probe, short; test/deep/torn.test.ts is the same for longer. See test/support/torn.ts.

import { tornTests } from '../support/torn-tests.ts';

tornTests(30, 150);
