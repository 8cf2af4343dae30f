// In a worker: pins itself to the CPUs of its data, if there are any, posts its thread id, and stays. With `throughAnother`, a worker
// of its own does so in its stead.
const { readlinkSync } = require('node:fs');
const { parentPort, workerData, Worker } = require('node:worker_threads');

const { cpus, throughAnother = false } = workerData;

async function begin() {
  if (cpus !== undefined) (await import('@syncpool/worker-shim')).pinThisThread(cpus);
  parentPort.postMessage(Number(readlinkSync('/proc/thread-self').split('/').at(-1)));
}

// What keeps it.
parentPort.on('message', () => {});
if (throughAnother) {
  const other = new Worker(__filename, { workerData: { cpus } });
  other.once('message', (tid) => parentPort.postMessage(tid));
} else {
  void begin();
}
