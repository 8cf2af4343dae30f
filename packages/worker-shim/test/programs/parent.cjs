// In a worker: starts another one as told, and passes on what that says of itself, beside its own.
const { parentPort, workerData, Worker } = require('node:worker_threads');
const { self } = require('./identity.cjs');

const child = new Worker(`${__dirname}/self.cjs`, workerData.options);
child.once('message', (message) => parentPort.postMessage({ own: self(), child: message }));
