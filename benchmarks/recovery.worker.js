// A thread of recovery.js: leases blocks, says so, and waits to be killed.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

const pool = attachRuntime('recovery').pool('bodies');
const held = Array.from({ length: workerData }, () => pool.get());
parentPort.postMessage(held.length);
setInterval(() => {}, 1000);
