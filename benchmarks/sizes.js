// Claim: what a get and put cost does not depend on the block's size: over sizes from 256 B to 1 MiB the dearest is at most 1.5 times the cheapest, on
// both kernels. A block of any size takes the same way; only how many of them a magazine holds differs, and here one is enough.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { takeOtherWays } from './lib/pairs.js';
import { alternate, line, median, verdict } from './lib/report.js';

const ROUNDS = 15;
const SIZES = [256, KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, MiB];
const KERNELS = ['wasm', 'atomics'];

function named(size) {
  if (size < KiB) return `${size} B`;
  return size < MiB ? `${size / KiB} KiB` : `${size / MiB} MiB`;
}

async function contendersOf(kernel, runtime) {
  const contenders = {};
  for (const size of SIZES) {
    const pool = runtime.pool(`${size}`, { blockSize: size, maxBytes: 64 * MiB });
    // Or the first one's code would know less than the others'.
    takeOtherWays(pool, size);
    const { pairsOf } = await import(`./lib/pairs.js?${kernel}-${size}`);
    contenders[`${named(size)}, ${kernel}`] = pairsOf(pool, size);
  }
  return contenders;
}

export async function run() {
  const values = {};
  const verdicts = [];
  const lines = {};
  for (const kernel of KERNELS) {
    const runtime = createRuntime({ name: kernel, kernel, maxBytes: SIZES.length * 64 * MiB, maxProcessors: 8 });
    const contenders = await contendersOf(kernel, runtime);
    await alternate(contenders, 1);
    const measured = await alternate(contenders, ROUNDS);
    for (const [name, rounds] of Object.entries(measured)) console.log(line(name, rounds));
    lines[kernel] = Object.values(measured).map(median);
    const spread = Math.max(...lines[kernel]) / Math.min(...lines[kernel]);
    verdicts.push(verdict(`dearest over cheapest size, ${kernel}`, spread, { most: 1.5 }));
    Object.assign(values, measured);
    runtime.close();
  }
  const x = { name: 'block size in bytes', values: SIZES };
  return { values, verdicts, series: [{ name: 'get + put by block size', x, unit: 'ns', lines }] };
}
