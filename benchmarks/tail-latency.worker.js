// A thread that holds blocks until it is killed.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

const pool = attachRuntime().pool('bodies');
// Held by the module, or the collector would take them for lost.
export const held = Array.from({ length: workerData }, () => pool.get());
parentPort.on('message', () => {});
parentPort.postMessage('ready');
