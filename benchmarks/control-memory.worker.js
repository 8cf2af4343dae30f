// One of the threads of control-memory.js: leases its share of all blocks and hands them on, puts what another handed on.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

const SIZE = 4096;
const runtime = attachRuntime('control memory');
const pool = runtime.pool('blocks');

parentPort.on('message', (message) => {
  if (message === 'lease') {
    // Waits for what another thread has in its magazine beyond its share, and gives that up when it has it all.
    const held = Array.from({ length: workerData }, () => pool.acquireSync(SIZE));
    runtime.flush();
    parentPort.postMessage(held.map((buffer) => pool.detach(buffer)));
  } else {
    for (const handle of message) pool.put(pool.adopt(handle));
    // The next round needs every block.
    runtime.flush();
    parentPort.postMessage('put');
  }
});
parentPort.postMessage('ready');
