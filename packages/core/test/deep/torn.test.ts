// The torn-update probe for longer, on whichever Node runs it: run it on each one that is supported.

import { tornTests } from '../support/torn-tests.ts';

tornTests(500, 3000);
