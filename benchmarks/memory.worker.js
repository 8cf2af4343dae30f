// One thread's part of memory.js: so many blocks at one time, all touched, and put when it is told to. In between it is idle.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

const pool = attachRuntime('memory').pool('bodies');
let held = [];

parentPort.on('message', (message) => {
  if (message === 'hold') {
    held = Array.from({ length: workerData }, () => pool.get().fill(1));
  } else {
    for (const buffer of held) pool.put(buffer);
    held = [];
  }
  parentPort.postMessage(message);
});
parentPort.postMessage('ready');
