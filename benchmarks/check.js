// npm run bench:check [-- NAME ...] [--record]: compares the ratios in results/*.json, which `npm run bench` wrote, with those in recorded.json, and
// fails where more than a quarter of one is lost, and lost again when it is measured again. With --record the results become what is
// recorded. Never absolute times: what is compared was measured side by side.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { check, hasRatios, recordOf } from './lib/compare.js';
import { readResults } from './lib/results.js';

const file = new URL('recorded.json', import.meta.url);

function refuse(message) {
  console.error(message);
  process.exit(2);
}

/** What the command line asks for. */
function asked() {
  try {
    return parseArgs({ options: { record: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    return refuse(`${error.message}\nUsage: npm run bench:check [-- NAME ...] [--record]`);
  }
}

/** Of what is there by name, what was asked for. */
function chosen(byName, names) {
  return names.length === 0
    ? byName
    : Object.fromEntries(names.filter((name) => name in byName).map((name) => [name, byName[name]]));
}

/** Measures one benchmark anew. */
function rerun(name) {
  const main = fileURLToPath(new URL('main.js', import.meta.url));
  const { status } = spawnSync(process.execPath, [main, name], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`benchmark ${name} cannot be measured again: it ended with ${status}`);
  return readResults()[name];
}

function record(recorded, results) {
  const comparable = Object.entries(results).filter(([, result]) => hasRatios(result));
  for (const [name, result] of comparable) {
    recorded[name] = recordOf(result);
    if (recorded[name].commit.endsWith('-dirty')) console.log(`${name}: measured with changes that are not committed`);
  }
  const inOrder = Object.fromEntries(Object.entries(recorded).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(inOrder, null, 2)}\n`);
  console.log(`Recorded: ${comparable.map(([name]) => name).join(', ')}`);
}

const { values, positionals: names } = asked();
const recorded = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
const results = readResults();
const unknown = names.filter((name) => !(name in recorded) && !(name in results));
if (unknown.length > 0)
  refuse(`Neither recorded nor measured: ${unknown.join(', ')}. Measure it first: npm run bench -- NAME`);
if (Object.keys(chosen(results, names)).length === 0) {
  refuse('There are no results here to compare or record: run npm run bench first, or npm run bench -- NAME');
}

if (values.record) {
  record(recorded, chosen(results, names));
} else {
  if (Object.keys(recorded).length === 0) refuse('Nothing is recorded: npm run bench:check -- --record');
  const what = { recorded: chosen(recorded, names), results: chosen(results, names) };
  const losses = await check({ ...what, rerun, say: (message) => console.log(message) });
  for (const loss of losses) console.error(`LOST ${loss}`);
  if (losses.length > 0) process.exit(1);
  console.log('No ratio has lost more than a quarter of what is recorded.');
}
