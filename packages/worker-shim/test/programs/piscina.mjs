// A program that knows nothing of the launcher: a pool of four threads, all busy at once. Prints the masks of all threads.
import { readdirSync, readFileSync } from 'node:fs';
import { Piscina } from 'piscina';

const pool = new Piscina({
  filename: new URL('piscina-task.cjs', import.meta.url).href,
  minThreads: 4,
  maxThreads: 4,
  concurrentTasksPerWorker: 1,
});
const met = new Int32Array(new SharedArrayBuffer(4));
const selves = await Promise.all([0, 1, 2, 3].map(() => pool.run({ met, all: 4 })));
const threads = readdirSync('/proc/self/task').map((tid) => {
  const status = readFileSync(`/proc/self/task/${tid}/status`, 'utf8');
  const field = (name) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1];
  return { tid: Number(tid), name: field('Name'), cpus: field('Cpus_allowed_list') };
});
console.log(JSON.stringify({ main: process.pid, selves, threads }));
await pool.destroy();
