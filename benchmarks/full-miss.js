// Claim: a get that finds nothing in its magazine, in its own deque and with any sibling, and goes on to the slabs, costs with 256
// processors, 255 of them empty, at most 3 times what it costs with 2: an empty sibling is a bit among 32, which nobody looks at.
//
// Every row is attached and has had a block. The pool retains nothing, so each put sends its block home, a magazine holds none, and
// every get is such a miss of a single block: nothing else is in the figure. Only gets are timed.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { alternate, line, median, ratio, verdict } from './lib/report.js';
import { importStrangers } from './lib/strangers.js';

const ROWS = [2, 8, 32, 64, 128, 256];
const ROUNDS = 15;
const HELD = 512;
const TIMES = 100;

/** A pool of a runtime of so many processors, and strangers in all rows but this thread's. */
function createPool(rows, strangers) {
  const runtime = createRuntime({ name: `${rows} rows`, maxBytes: 8 * MiB, maxProcessors: rows });
  const options = { blockSize: KiB, maxBytes: 4 * MiB, retainBytes: 0, drain: { on: 'never' } };
  const pool = runtime.pool('bodies', options);
  const others = strangers.slice(0, rows - 1).map(({ attachRuntime }) => attachRuntime(runtime.token).pool('bodies'));
  const held = others.map((other) => other.get());
  for (const [i, other] of others.entries()) other.put(held[i]);
  const { live } = runtime.stats().processors;
  if (live !== rows) throw new Error(`${live} rows of ${rows} are in use`);
  return pool;
}

/** ns of a get. */
function measure(pool, held) {
  let ns = 0n;
  for (let time = 0; time < TIMES; time++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < HELD; i++) held[i] = pool.get();
    ns += process.hrtime.bigint() - start;
    for (let i = 0; i < HELD; i++) pool.put(held[i]);
  }
  return Number(ns) / TIMES / HELD;
}

export async function run() {
  const strangers = await importStrangers(Math.max(...ROWS) - 1);
  const held = new Array(HELD).fill(undefined);
  const name = (rows) => `${rows} processors`;
  const pools = Object.fromEntries(ROWS.map((rows) => [name(rows), createPool(rows, strangers)]));
  const missesOf = () => Object.values(pools).map((pool) => pool.stats().totals.hits.slab);
  for (const pool of Object.values(pools)) measure(pool, held);
  const before = missesOf();
  const contenders = Object.fromEntries(Object.entries(pools).map(([key, pool]) => [key, () => measure(pool, held)]));
  const values = await alternate(contenders, ROUNDS);
  for (const [i, misses] of missesOf().entries()) {
    const gets = ROUNDS * TIMES * HELD;
    if (misses - before[i] !== gets) throw new Error(`${misses - before[i]} of ${gets} gets went to the slabs`);
  }
  for (const [key, rounds] of Object.entries(values)) console.log(line(key, rounds));
  const [least, most] = [Math.min(...ROWS), Math.max(...ROWS)];
  return {
    claim: `a full miss with ${most} processors costs at most 3 times what it costs with ${least}`,
    values,
    verdicts: [
      verdict(`${most} processors over ${least}`, ratio(values[name(most)], values[name(least)]), { most: 3 }),
    ],
    series: [
      {
        name: 'a full miss',
        x: { name: 'processors', values: ROWS },
        unit: 'ns',
        lines: { get: ROWS.map((rows) => median(values[name(rows)])) },
      },
    ],
  };
}
