// For the tests of the test support: answers with what it was given, fails or ends, as told.

import { parentPort, workerData } from 'node:worker_threads';

if (workerData === 'throw') throw new Error('thrown in the worker');
if (workerData !== 'end') parentPort?.postMessage(workerData);
