// Claim: in a thread that uses scopes, a get + put costs at most 300 nanoseconds more in a scope, and at most 50 more outside of one.
// A thread that uses none pays nothing: get-put.js.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { do_not_optimize, measure } from 'mitata';
import { alternate, line, median, verdict } from './lib/report.js';

const SIZE = 4 * KiB;
const PAIRS = 1000;
const ROUNDS = 5;

/** A runtime for each: scopes are a thread's, in one runtime. */
function poolOf(name) {
  const runtime = createRuntime({ name, maxBytes: 64 * MiB, maxProcessors: 16 });
  return { runtime, pool: runtime.pool('p', { blockSize: SIZE, maxBytes: 16 * MiB }) };
}

function pairsOf(pool, around = (run) => run()) {
  const run = () => {
    let seen = 0;
    for (let i = 0; i < PAIRS; i++) {
      const buffer = pool.get(SIZE);
      seen ^= buffer.length;
      pool.put(buffer);
    }
    do_not_optimize(seen);
  };
  return async () => (await measure(() => around(run), { min_cpu_time: 2e8 })).p50 / PAIRS;
}

export async function run() {
  const plain = poolOf('plain');
  const scoped = poolOf('scoped');
  const scope = scoped.runtime.scope();
  const values = await alternate(
    {
      'no scopes': pairsOf(plain.pool),
      'outside of a scope': pairsOf(scoped.pool),
      'in a scope': pairsOf(scoped.pool, (run) => scope.run(run)),
    },
    ROUNDS,
  );
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  const [plainNs, outsideNs, insideNs] = Object.values(values);
  const more = (slow) => median(slow.map((ns, round) => ns - plainNs[round]));
  return {
    values,
    verdicts: [
      verdict('ns more outside of a scope', more(outsideNs), { most: 50, unit: 'ns' }),
      verdict('ns more in a scope', more(insideNs), { most: 300, unit: 'ns' }),
    ],
  };
}
