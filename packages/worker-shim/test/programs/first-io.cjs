// A worker is the first of the process to use libuv's pool. Prints the masks of the threads besides it.
const { readdirSync, readFileSync } = require('node:fs');
const { Worker } = require('node:worker_threads');

const code = `require('fs').promises.stat('/').then(() => require('worker_threads').parentPort.postMessage(
  require('fs').readlinkSync('/proc/thread-self').split('/').at(-1)))`;
const worker = new Worker(code, { eval: true });
worker.once('message', (tid) => {
  const others = readdirSync('/proc/self/task').filter((other) => other !== tid);
  const listOf = (other) =>
    /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync(`/proc/self/task/${other}/status`, 'utf8'))?.[1];
  console.log(JSON.stringify(others.map(listOf)));
});
