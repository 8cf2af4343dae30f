// In a worker: what it is, posted to whoever started it. Also what it can see of being launched.
const { parentPort } = require('node:worker_threads');
const { self } = require('./identity.cjs');

parentPort.postMessage(self());
