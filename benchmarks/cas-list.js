// Claim: with two threads that get and put at once, a shared pool is at least 3 times faster than a list of free blocks that both swap by compare and
// exchange (FreelistPool), because its threads do not meet. One thread, and a mutex for all or 256 of them, are printed beside it.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { BoundedPool, FreelistPool, ShardedPool } from '@syncpool/core/variants';
import { alternate, line, ratio, verdict } from './lib/report.js';
import { startThreads } from './lib/threads.js';

const ROUNDS = 9;
const SIZE = 4 * KiB;
const MAX_BYTES = 4 * MiB;
const THREADS = [1, 2];

export async function run() {
  const runtime = createRuntime({ name: 'cas list', maxBytes: 16 * MiB, maxProcessors: 8 });
  runtime.pool('p', { blockSize: SIZE, maxBytes: MAX_BYTES });
  const pools = { syncpool: { runtime: 'cas list', pool: 'p', size: SIZE } };
  for (const Variant of [FreelistPool, ShardedPool, BoundedPool]) {
    pools[Variant.name] = { token: new Variant({ blockSize: SIZE, maxBytes: MAX_BYTES }).token, size: SIZE };
  }
  const threads = await startThreads(Math.max(...THREADS), pools);
  const contenders = {};
  for (const parties of THREADS) {
    for (const name of Object.keys(pools)) {
      contenders[`${name}, ${parties} thread${parties === 1 ? '' : 's'}`] = () => threads.measure(name, parties);
    }
  }
  await alternate(contenders, 1);
  const values = await alternate(contenders, ROUNDS);
  await threads.stop();
  runtime.close();
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  const over = ratio(values['FreelistPool, 2 threads'], values['syncpool, 2 threads']);
  return { values, verdicts: [verdict('CAS list over syncpool, 2 threads', over, { least: 3 })] };
}
