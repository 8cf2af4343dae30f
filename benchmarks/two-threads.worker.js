// A thread of two-threads.js: waits at a barrier with the others, then times a batch of get + put.

import { parentPort } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

const PAIRS = 2e7;
const pool = attachRuntime('two threads').pool('bodies');

function pairs(count) {
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const buffer = pool.get(65536);
    bytes ^= buffer.length;
    pool.put(buffer);
  }
  return bytes;
}

pairs(1e6);
parentPort.on('message', ({ barrier, parties }) => {
  Atomics.add(barrier, 0, 1);
  while (Atomics.load(barrier, 0) < parties);
  const start = process.hrtime.bigint();
  pairs(PAIRS);
  parentPort.postMessage(Number(process.hrtime.bigint() - start) / PAIRS);
});
parentPort.postMessage('ready');
