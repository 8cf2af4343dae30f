// Starts one worker with the options given as JSON. Prints what it says, with the main thread's own.
const { Worker } = require('node:worker_threads');
const { self } = require('./identity.cjs');

const options = JSON.parse(process.argv[2] ?? '{}');
new Worker(`${__dirname}/self.cjs`, options).once('message', (worker) => {
  console.log(JSON.stringify({ main: self(), worker, pid: process.pid }));
});
