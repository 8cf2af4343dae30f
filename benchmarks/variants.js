// Claim: a pool that gives each thread a part of its own is at least 3 times faster than the pools that one writes first, with two threads at once: one mutex, one
// of 256, a CAS list. Prints the table of variants as measured here, and the pair that says whether a pool is worth it at all: a buffer that a word
// is written to, pooled and not. More threads than CPUs are reported and not judged.

import { availableParallelism } from 'node:os';
import { KiB, MiB } from '@syncpool/core';
import { openPools, pairsIn, SIZE, startPoolCrew } from './lib/pool-pairs.js';
import { alternate, line, median, ratio, verdict } from './lib/report.js';

const ROUNDS = 5;
const THREADS = [2, 16];
const WORD_SIZES = [256, 64 * KiB];

/** What no clock says. */
const ASPECTS = [
  ['a part for each thread', 'yes', 'a list of 256', 'no', 'no'],
  ['most that is kept', 'retainBytes', 'maxBytes', 'maxBytes', 'maxBytes'],
  ['lets go of what is not needed', 'by epochs', 'no', 'no', 'no'],
  ['before the first get', 'prewarm', 'all is made', 'all is made', 'all is made'],
  ['block sizes', 'up to 32', '1', '1', '1'],
  ['learns sizes', 'adaptive: true', 'no', 'no', 'no'],
  ['a thread is killed', 'recovered', 'leases, a list', 'leases lost', 'leases, all'],
  ['to another thread', 'detach, adopt', 'no', 'no', 'no'],
  ['lookup by key', 'no', 'no', 'no', 'no'],
];

function printTable(columns, rows) {
  const text = [['', ...columns], ...rows].map(([first, ...cells]) => {
    return `  ${first.padEnd(30)}${cells.map((cell) => String(cell).padStart(16)).join('')}`;
  });
  console.log(text.join('\n'));
}

async function words(runtime) {
  const contenders = {};
  for (const size of WORD_SIZES) {
    const pool = runtime.pool(`words ${size}`, { blockSize: size, maxBytes: 16 * MiB });
    const { wordsOf } = await import(`./lib/word-loops.js?${size}`);
    for (const [name, measured] of Object.entries(wordsOf(pool, size))) contenders[`${name}, ${size} B`] = measured;
  }
  await alternate(contenders, 1);
  return alternate(contenders, ROUNDS);
}

/** Nanoseconds a pair of each pool in this thread alone. */
async function alone(pools) {
  const contenders = {};
  for (const [name, pool] of Object.entries(pools)) {
    const { pairsOf } = await import(`./lib/pairs.js?variants-${name}`);
    contenders[`${name}, 1`] = pairsOf(pool, SIZE);
  }
  await alternate(contenders, 1);
  return alternate(contenders, ROUNDS);
}

/** The same in several threads at once, for all of their pairs together, as Go counts. */
async function contended(data) {
  const crew = await startPoolCrew(Math.max(...THREADS), data);
  const values = {};
  for (const parties of THREADS) {
    const contenders = pairsIn(crew, parties);
    await alternate(contenders, 1);
    for (const [name, rounds] of Object.entries(await alternate(contenders, ROUNDS))) {
      values[name] = rounds.map((ns) => ns / parties);
    }
  }
  await crew.stop();
  return values;
}

export async function run() {
  const { runtime, pools, data } = openPools('variants');
  const values = { ...(await alone(pools)), ...(await contended(data)) };
  const pair = await words(runtime);
  runtime.close();
  for (const [name, rounds] of Object.entries(pair)) console.log(line(name, rounds));
  const columns = Object.keys(pools);
  const measured = [1, ...THREADS].map((parties) => columns.map((name) => median(values[`${name}, ${parties}`])));
  const rows = ['get + put, ns, 1 thread', ...THREADS.map((parties) => `all pairs, ${parties} threads`)];
  const rank = measured[1].map((ns) => 1 + measured[1].filter((other) => other < ns).length);
  printTable(columns, [
    ...rows.map((name, i) => [name, ...measured[i].map((ns) => ns.toFixed(1))]),
    ['rank, 2 threads', ...rank],
    ...ASPECTS,
  ]);
  const over = (name) => ratio(values[`${name}, 2`], values['syncpool, 2']);
  return {
    values: { ...pair, ...values },
    verdicts: [
      verdict('unpooled over pooled, 64 KiB', ratio(pair['unpooled, 65536 B'], pair['pooled, 65536 B']), { least: 5 }),
      ...columns.slice(1).map((name) => verdict(`${name} over syncpool, 2 threads`, over(name), { least: 3 })),
    ],
    matrices: [{ name: 'get + put by threads', rows, columns, values: measured, unit: 'ns' }],
    skipped: THREADS.filter((parties) => parties > availableParallelism()).map(
      (parties) => `${parties} threads are more than the CPUs, ${availableParallelism()}: reported, not judged`,
    ),
  };
}
