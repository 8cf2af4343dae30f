// Claim: a pool that wipes costs a get + put one pass of zeros over the block and hardly more: at most 1.5 times the bare pass from
// 64 KiB on. What a zeroed allocation costs, and a fill by a number, is printed beside it.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { do_not_optimize, measure } from 'mitata';
import { alternate, line, ratio, verdict } from './lib/report.js';

const SIZES = [4 * KiB, 64 * KiB, MiB];
const BYTES = 16 * MiB;
const ROUNDS = 5;

const runtime = createRuntime({ maxBytes: 256 * MiB, maxProcessors: 4 });
const zeros = Buffer.alloc(4096);

/** Nanoseconds of one of `count` turns. */
function nanoseconds(count, turn) {
  const run = () => {
    for (let i = 0; i < count; i++) do_not_optimize(turn());
  };
  return async () => (await measure(run, { min_cpu_time: 1e8 })).p50 / count;
}

function pairs(size, wipe, count) {
  const pool = runtime.pool(`${wipe} ${size}`, { blockSize: size, maxBytes: BYTES, wipe });
  return nanoseconds(count, () => {
    const buffer = pool.get();
    pool.put(buffer);
    return buffer.length;
  });
}

function contenders(size) {
  const count = Math.max(4, Math.min(200, (4 * MiB) / size));
  const block = Buffer.from(new SharedArrayBuffer(size));
  return {
    "wipe: 'never'": pairs(size, 'never', count),
    "wipe: 'put'": pairs(size, 'put', count),
    "wipe: 'get'": pairs(size, 'get', count),
    'the bare pass': nanoseconds(count, () => block.fill(zeros).length),
    'Uint8Array.fill(0) in shared memory': nanoseconds(count, () => Uint8Array.prototype.fill.call(block, 0).length),
    'Buffer.alloc': nanoseconds(count, () => Buffer.alloc(size).length),
  };
}

export async function run() {
  const values = {};
  const verdicts = [];
  for (const size of SIZES) {
    console.log(`  ${size / KiB} KiB`);
    const found = await alternate(contenders(size), ROUNDS);
    for (const [name, rounds] of Object.entries(found)) console.log(line(name, rounds));
    values[size] = found;
    const [, putNs, getNs, passNs] = Object.values(found);
    if (size < 64 * KiB) continue;
    verdicts.push(
      verdict(`${size / KiB} KiB: wiped at put over the bare pass`, ratio(putNs, passNs), { most: 1.5 }),
      verdict(`${size / KiB} KiB: wiped at get over the bare pass`, ratio(getNs, passNs), { most: 1.5 }),
    );
  }
  return { values, verdicts };
}
