// Claim: on one thread a shared pool is at most 3 times the floor (an array with an index), dearer than no other free list by more than 3 times, and for
// 64 KiB at least 5 times cheaper than what makes a view or memory of its own each time. At 1 KiB, which Node cuts from a pool of its own, the
// difference is printed and not judged.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { measure } from 'mitata';
import { alternate, line, ratio, verdict } from './lib/report.js';

const ROUNDS = 9;
const SMALL = KiB;
const LARGE = 64 * KiB;

const runtime = createRuntime({ maxBytes: 64 * MiB, maxProcessors: 16 });

async function contendersOf(size) {
  const pool = runtime.pool(`${size}`, { blockSize: size, maxBytes: 32 * MiB });
  const { loopsOf } = await import(`./lib/peer-loops.js?${size}`);
  const contenders = Object.entries(loopsOf(size, pool)).map(([name, { pairs, body }]) => [
    `${name}, ${size / KiB} KiB`,
    async () => (await measure(body, { min_cpu_time: 2e7, batch_threshold: 0, gc: false })).p50 / pairs,
  ]);
  return Object.fromEntries(contenders);
}

export async function run() {
  const values = {};
  // One after the other: the first is measured in a program that has one pool, the second in one that has two.
  for (const size of [LARGE, SMALL]) {
    const contenders = await contendersOf(size);
    await alternate(contenders, 1);
    Object.assign(values, await alternate(contenders, ROUNDS));
  }
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  const at64 = (name) => values[`${name}, 64 KiB`];
  const over = (name) => ratio(at64('syncpool'), at64(name));
  const under = (name) => ratio(at64(name), at64('syncpool'));
  const lists = ['array with an index, the floor', 'array with push and pop', 'reusify'];
  const makers = ['@thi.ng/malloc', 'Buffer.allocUnsafe', 'Buffer.alloc', 'new SharedArrayBuffer'];
  return {
    values,
    verdicts: [
      ...lists.map((name) => verdict(`syncpool over ${name}`, over(name), { most: 3 })),
      ...makers.map((name) => verdict(`${name} over syncpool`, under(name), { least: 5 })),
    ],
  };
}
