// Starts workers one after the other. Prints the median of what `new Worker` took of this thread, in ms; the first one, which
// loads what is needed, is left out.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { median } from './lib/report.js';

const taken = [];
for (let i = 0; i < 21; i++) {
  const began = performance.now();
  const worker = new Worker('0', { eval: true });
  taken.push(performance.now() - began);
  await once(worker, 'exit');
}
console.log(median(taken.slice(1)));
