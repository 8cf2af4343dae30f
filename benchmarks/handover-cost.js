// Claim: handing a buffer over (detach, then adopt and put where it arrives) costs the same whatever its size, because nothing is copied: over
// sizes from 4 KiB to 1 MiB the dearest is at most 1.25 times the cheapest, and a copy of 64 KiB costs at least 10 times as much. Both ends are this
// thread here, and the cost of the message between them is left out.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { do_not_optimize, measure } from 'mitata';
import { alternate, line, median, ratio, verdict } from './lib/report.js';

const ROUNDS = 7;
const CALLS = 1000;
const COPIES = 10;
const SIZES = [4 * KiB, 64 * KiB, MiB];
const KERNELS = ['wasm', 'atomics'];

function handoversOf(pool, size) {
  const loop = () => {
    let seen = 0;
    for (let i = 0; i < CALLS; i++) {
      const buffer = pool.adopt(pool.detach(pool.get(size), i));
      seen ^= buffer.usedLength;
      pool.put(buffer);
    }
    do_not_optimize(seen);
  };
  return async () => (await measure(loop, { min_cpu_time: 2e7, batch_threshold: 0, gc: false })).p50 / CALLS;
}

/** What the other way is: the bytes in memory of their own, to be cloned or transferred. */
function copiesOf(pool, size) {
  const loop = () => {
    const buffer = pool.get(size);
    for (let i = 0; i < COPIES; i++) do_not_optimize(Uint8Array.prototype.slice.call(buffer));
    pool.put(buffer);
  };
  return async () => (await measure(loop, { min_cpu_time: 2e7, batch_threshold: 0, gc: false })).p50 / COPIES;
}

export async function run() {
  const contenders = {};
  const runtimes = [];
  for (const kernel of KERNELS) {
    const runtime = createRuntime({ name: `handover ${kernel}`, kernel, maxBytes: 128 * MiB, maxProcessors: 4 });
    runtimes.push(runtime);
    for (const size of SIZES) {
      const pool = runtime.pool(`p${size}`, { blockSize: size, maxBytes: 32 * MiB });
      const { pairsOf } = await import(`./lib/pairs.js?handover-${kernel}-${size}`);
      contenders[`get + put alone, ${size / KiB} KiB, ${kernel}`] = pairsOf(pool, size);
      contenders[`get + detach + adopt + put, ${size / KiB} KiB, ${kernel}`] = handoversOf(pool, size);
      if (kernel === 'wasm') contenders[`a copy, ${size / KiB} KiB`] = copiesOf(pool, size);
    }
  }
  await alternate(contenders, 1);
  const values = await alternate(contenders, ROUNDS);
  for (const runtime of runtimes) runtime.close();
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  const medians = SIZES.map((size) => median(values[`get + detach + adopt + put, ${size / KiB} KiB, wasm`]));
  const copies = ratio(values['a copy, 64 KiB'], values['get + detach + adopt + put, 64 KiB, wasm']);
  return {
    values,
    verdicts: [
      verdict('detach + adopt, dearest over cheapest size', Math.max(...medians) / Math.min(...medians), {
        most: 1.25,
      }),
      verdict('a copy of 64 KiB over detach + adopt', copies, { least: 10 }),
    ],
  };
}
