// Claim: two threads that get and put at once pay at most 1.3 times what one pays alone: the fast
// path shares no cache line.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { startCrew } from './lib/crew.js';
import { alternate, line, median, verdict } from './lib/report.js';

const ROUNDS = 9;
const PAIRS = 1e7;
const BLOCK = 64 * KiB;

export async function run() {
  const runtime = createRuntime({ maxBytes: 64 * MiB, maxProcessors: 16 });
  runtime.pool('bodies', { blockSize: BLOCK, maxBytes: 64 * MiB });
  const crew = await startCrew(new URL('lib/shapes.js', import.meta.url), 2, { size: BLOCK, shape: 'pool' });
  const measure = (threads) => async () => (await crew.measure('pool', { threads, count: PAIRS })).mean;
  const contenders = {
    'first thread alone': measure([0]),
    'second thread alone': measure([1]),
    'both at once, the mean of the two': measure([0, 1]),
  };
  const values = await alternate(contenders, ROUNDS);
  await crew.stop();
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  const [first, second, both] = Object.values(values);
  const ratios = both.map((value, round) => value / ((first[round] + second[round]) / 2));
  return {
    claim: 'two threads at once pay at most 1.3 times what one pays alone',
    values,
    verdicts: [verdict('two threads at once over one alone', median(ratios), { most: 1.3 })],
  };
}
