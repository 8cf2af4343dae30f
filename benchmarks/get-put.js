// Claim: get + put of one 64 KiB block on one thread costs at most 3 times the least that any pool
// can (an array with an index), and a hundredth of Buffer.allocUnsafe at most.
//
// As in Go's benchmark nothing but that has happened in the process. What it takes in one that has met an empty magazine before is reported.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { do_not_optimize, measure } from 'mitata';
import { takeOtherWays } from './lib/pairs.js';
import { alternate, line, ratio, verdict } from './lib/report.js';

const SIZE = 64 * KiB;
const PAIRS = 1000;
const ROUNDS = 9;

const slots = Array.from({ length: 16 }, () => new Uint8Array(SIZE));
const stack = { slots, top: slots.length };

const runtime = createRuntime({ maxBytes: 64 * MiB, maxProcessors: 16 });
const pool = runtime.pool('bodies', { blockSize: SIZE, maxBytes: 64 * MiB });

// Each contender is a loop of PAIRS, as Go's benchmarks are, so that no call of the harness is in the figure.

/** The floor: a stack of buffers as an array with an index. No checks, no sizes, no sharing. */
function floor() {
  let seen = 0;
  for (let i = 0; i < PAIRS; i++) {
    const buffer = stack.slots[--stack.top];
    seen ^= buffer.length;
    stack.slots[stack.top++] = buffer;
  }
  do_not_optimize(seen);
}

function pooled() {
  let seen = 0;
  for (let i = 0; i < PAIRS; i++) {
    const buffer = pool.get(SIZE);
    seen ^= buffer.length;
    pool.put(buffer);
  }
  do_not_optimize(seen);
}

function allocated() {
  let seen = 0;
  for (let i = 0; i < PAIRS; i++) seen ^= Buffer.allocUnsafe(SIZE).length;
  do_not_optimize(seen);
}

export async function run() {
  const nanoseconds = (fn) => async () => (await measure(fn, { min_cpu_time: 2e8 })).p50 / PAIRS;
  const values = await alternate(
    {
      'floor (array with an index)': nanoseconds(floor),
      'syncpool get + put': nanoseconds(pooled),
      'Buffer.allocUnsafe(65536)': nanoseconds(allocated),
    },
    ROUNDS,
  );
  const [floorNs, poolNs, allocNs] = Object.values(values);
  const before = await import('./lib/pairs.js?before');
  const anotherLoop = { 'get + put in a loop of its own': before.pairsOf(pool, SIZE) };
  await alternate(anotherLoop, 1);
  Object.assign(values, await alternate(anotherLoop, ROUNDS));
  takeOtherWays(pool, SIZE);
  const after = await import('./lib/pairs.js?after');
  const later = { 'the same, once gets have gone past the magazine': after.pairsOf(pool, SIZE) };
  await alternate(later, 1);
  Object.assign(values, await alternate(later, ROUNDS));
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  return {
    values,
    verdicts: [
      verdict('get + put over the floor', ratio(poolNs, floorNs), { most: 3 }),
      verdict('Buffer.allocUnsafe over get + put', ratio(allocNs, poolNs), { least: 100 }),
    ],
  };
}
