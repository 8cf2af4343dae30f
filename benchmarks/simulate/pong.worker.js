// One end of a line that goes back and forth (real.js has the other).

import { workerData } from 'node:worker_threads';

const line = new Int32Array(workerData);
let next = 1;
while (true) {
  while (Atomics.load(line, 0) !== next);
  Atomics.store(line, 0, next + 1);
  next += 2;
}
