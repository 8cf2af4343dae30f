// Claim: a pool whose debug mode watches one lease in 1,000 costs at most 10 times an ordinary get + put, so that it may
// stay on in production. What watching every lease costs is printed beside it; it is for tests.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { do_not_optimize, measure } from 'mitata';
import { alternate, line, ratio, verdict } from './lib/report.js';

const SIZE = 4 * KiB;
const PAIRS = 1000;
const ROUNDS = 5;

const runtime = createRuntime({ maxBytes: 64 * MiB, maxProcessors: 16 });

function pairsOf(name, debug) {
  const pool = runtime.pool(name, { blockSize: SIZE, maxBytes: 16 * MiB, debug });
  const run = () => {
    let seen = 0;
    for (let i = 0; i < PAIRS; i++) {
      const buffer = pool.get(SIZE);
      seen ^= buffer.length;
      pool.put(buffer);
    }
    do_not_optimize(seen);
  };
  return async () => (await measure(run, { min_cpu_time: 2e8 })).p50 / PAIRS;
}

export async function run() {
  const values = await alternate(
    {
      'debug: false': pairsOf('plain', false),
      'debug: { oneIn: 1000 }': pairsOf('sampled', { oneIn: 1000 }),
      'debug: true': pairsOf('watched', true),
    },
    ROUNDS,
  );
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  const [plainNs, sampledNs] = Object.values(values);
  return {
    values,
    verdicts: [verdict('one in 1,000 over none', ratio(sampledNs, plainNs), { most: 10 })],
  };
}
