// Has a worker, and then registers hooks of the module loader, which run in a thread of their own. Prints all threads.
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { register } from 'node:module';
import { Worker } from 'node:worker_threads';

const worker = new Worker(new URL('idle.cjs', import.meta.url));
await once(worker, 'message');
const hooks = 'export const resolve = (name, context, next) => next(name, context);';
register(`data:text/javascript,${hooks}`);
await import('node:zlib');
const threads = readdirSync('/proc/self/task').map((tid) => {
  const status = readFileSync(`/proc/self/task/${tid}/status`, 'utf8');
  const field = (name) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1];
  return { name: field('Name'), cpus: field('Cpus_allowed_list') };
});
console.log(JSON.stringify(threads));
await worker.terminate();
