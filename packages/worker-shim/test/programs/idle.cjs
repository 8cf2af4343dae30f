// In a worker: says what it is and stays; told to, starts another worker like itself, and passes on what that says first.
const { parentPort, Worker } = require('node:worker_threads');
const { self } = require('./identity.cjs');

parentPort.on('message', () => {
  new Worker(__filename).once('message', (message) => parentPort.postMessage(message));
});
parentPort.postMessage(self());
