// npm run bench [-- NAME ...]: runs the benchmarks, one file and one process
// each, and writes results/latest.json.
// A missed target is printed, and is no failure: the machine may be busy. Read the spread.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { machine } from './lib/report.js';

const BENCHMARKS = [
  'get-put',
  'two-threads',
  'garbage',
  'recovery',
  'debug',
  'adaptive',
  'drain-latency',
  'burst',
  'object-pool',
  'typed-views',
  'wipe',
  'launch',
  'piscina',
  'scope',
  'byte-buffer',
];

/** Runs one benchmark here and reports to the process that started this one. */
async function runHere(name) {
  const { run } = await import(`./${name}.js`);
  process.send(await run());
}

/** A process for each: what V8 has learnt from one benchmark must not slow down or speed up the next. */
async function runApart(name) {
  const child = fork(new URL(import.meta.url), ['--here', name]);
  const [[result]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
  return result;
}

if (process.argv[2] === '--here') {
  await runHere(process.argv[3]);
  process.exit();
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}: there are ${BENCHMARKS.join(', ')}`);
  process.exit(1);
}

const where = machine();
console.log(`${where.cpu}, ${where.cpus} CPUs, Linux ${where.kernel}, Node ${where.node}, commit ${where.commit}`);
const results = {};
for (const name of asked.length > 0 ? asked : BENCHMARKS) {
  console.log(`\n${name}`);
  results[name] = await runApart(name);
}
const folder = new URL('results/', import.meta.url);
mkdirSync(folder, { recursive: true });
const file = new URL('latest.json', folder);
writeFileSync(file, `${JSON.stringify({ date: new Date().toISOString(), machine: where, results }, null, 2)}\n`);
