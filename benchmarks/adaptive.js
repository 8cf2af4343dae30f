// Claim: get() + put(b, n) of an adaptive pool costs 4 times an ordinary get + put at most, its calibrations included; that is
// 20 ns where an ordinary one costs 5. Counting a length and following the calibrated sizes is the difference.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { do_not_optimize, measure } from 'mitata';
import { alternate, line, ratio, verdict } from './lib/report.js';

const SIZES = [1 * KiB, 4 * KiB, 16 * KiB, 64 * KiB];
const PAIRS = 1000;
const ROUNDS = 7;

const runtime = createRuntime({ maxBytes: 256 * MiB, maxProcessors: 16 });
const plain = runtime.pool('plain', { sizes: SIZES, maxBytes: 64 * MiB });
// One for each way of using it: what V8 learns from one must not be in another's figure.
function adaptive(name) {
  const pool = runtime.pool(name, { sizes: SIZES, maxBytes: 64 * MiB, adaptive: true });
  for (let i = 0; i < PAIRS; i++) pool.put(pool.get(4 * KiB), 4 * KiB);
  return pool;
}

const chosen = adaptive('chosen');
const sized = adaptive('sized');

/** Lengths of one size, in a random order. */
const lengths = Array.from({ length: PAIRS }, (_, i) => 1025 + ((i * 7919) % (3 * KiB)));

function ordinary() {
  let seen = 0;
  for (let i = 0; i < PAIRS; i++) {
    const buffer = plain.get(4 * KiB);
    seen ^= buffer.length;
    plain.put(buffer);
  }
  do_not_optimize(seen);
}

function counted() {
  let seen = 0;
  for (let i = 0; i < PAIRS; i++) {
    const buffer = chosen.get();
    seen ^= buffer.length;
    chosen.put(buffer, lengths[i]);
  }
  do_not_optimize(seen);
}

function countedBySize() {
  let seen = 0;
  for (let i = 0; i < PAIRS; i++) {
    const buffer = sized.get(4 * KiB);
    seen ^= buffer.length;
    sized.put(buffer);
  }
  do_not_optimize(seen);
}

export async function run() {
  const nanoseconds = (fn) => async () => (await measure(fn, { min_cpu_time: 2e8 })).p50 / PAIRS;
  const values = await alternate(
    {
      'ordinary: get(size) + put(b)': nanoseconds(ordinary),
      'adaptive: get() + put(b, n)': nanoseconds(counted),
      'adaptive: get(size) + put(b)': nanoseconds(countedBySize),
    },
    ROUNDS,
  );
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  const [plainNs, chosenNs, sizedNs] = Object.values(values);
  return {
    values,
    verdicts: [
      verdict('get() + put(b, n) over an ordinary pair', ratio(chosenNs, plainNs), { most: 4 }),
      verdict('get(size) + put(b) over an ordinary pair', ratio(sizedNs, plainNs), { most: 4 }),
    ],
  };
}
