// A program that knows nothing of the launcher: workers, all alive at once, and the masks that the kernel has of all threads then. `placements`
// is what each worker can know of its place.
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

const COUNT = 8;
const SOURCE = `
  const { parentPort } = require('node:worker_threads');
  parentPort.once('message', () => {});
  parentPort.postMessage(globalThis[Symbol.for('@syncpool/placement')]);`;

const workers = Array.from({ length: COUNT }, () => new Worker(SOURCE, { eval: true }));
const placements = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
const threads = readdirSync('/proc/self/task').map((tid) => {
  const status = readFileSync(`/proc/self/task/${tid}/status`, 'utf8');
  const field = (name) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1];
  return { name: field('Name'), cpus: field('Cpus_allowed_list') };
});
console.log(JSON.stringify({ threads, placements }));
for (const worker of workers) worker.postMessage('end');
