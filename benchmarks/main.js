// npm run bench [-- NAME ...] [--seed N]: runs the benchmarks, one file and one process each, and writes results/NAME.json.
// A missed target is printed, and is no failure: the machine may be busy. Read the spread.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { machine, machineLine } from './lib/machine.js';
import { writeResult } from './lib/results.js';
import { seed as randomSeed } from './lib/seed.js';

const BENCHMARKS = [
  'get-put',
  'sizes',
  'tiers',
  'handover-cost',
  'peers',
  'cas-list',
  'variants',
  'two-threads',
  'go-pool',
  'go-overflow',
  'go-starvation',
  'go-expensive-new',
  'cross-steal',
  'full-miss',
  'garbage',
  'recovery',
  'debug',
  'adaptive',
  'tail-latency',
  'burst',
  'object-pool',
  'typed-views',
  'wipe',
  'launch',
  'piscina',
  'scope',
  'byte-buffer',
  'payload',
  'control-memory',
  'memory',
  'heap-growth',
  'simulate',
];

/** Runs one benchmark here and reports to the process that started this one. */
async function runHere(name) {
  const { run } = await import(`./${name}.js`);
  process.send(await run());
}

/** A process for each: what V8 has learnt from one benchmark must not slow down or speed up the next. */
async function runApart(name, seed) {
  const child = fork(new URL(import.meta.url), ['--here', name], { env: { ...process.env, SEED: String(seed) } });
  let result;
  child.once('message', (message) => {
    result = message;
  });
  const [code] = await once(child, 'exit');
  if (result === undefined) throw new Error(`benchmark ${name} ended with code ${code} and without a result`);
  return result;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** What the command line asks for. */
function asked() {
  try {
    const { values, positionals } = parseArgs({ options: { seed: { type: 'string' } }, allowPositionals: true });
    return { names: positionals, seedText: values.seed };
  } catch (error) {
    return fail(error.message);
  }
}

if (process.argv[2] === '--here') {
  await runHere(process.argv[3]);
  process.exit();
}

const { names, seedText } = asked();
const unknown = names.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) fail(`No benchmark ${unknown.join(', ')}: there are ${BENCHMARKS.join(', ')}`);
if (seedText !== undefined && !/^[1-9]\d{0,8}$/.test(seedText)) {
  fail(`--seed ${seedText}: it takes an integer from 1 to 999999999`);
}
const seed = seedText === undefined ? randomSeed : Number(seedText);

const where = machine();
console.log(machineLine(where, seed));
for (const name of names.length > 0 ? names : BENCHMARKS) {
  console.log(`\n${name}`);
  writeResult({ name, date: new Date().toISOString(), machine: where, seed, ...(await runApart(name, seed)) });
}
