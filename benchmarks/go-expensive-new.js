// Claim: where a new object costs a millisecond, and pools are drained all the time (Go's BenchmarkPoolExpensiveNew), no more have to be
// made anew than in Go: what is in use is not what a drain takes.
//
// A round is a hundred gets, 32 KiB of garbage after each, and a hundred puts. Go's pool is drained by the collections that the
// garbage causes; ours every millisecond, which is about as often. The garbage is most of the time, and each has its language's
// own: the times are reported and not judged.

import { KiB, MiB } from '@syncpool/core';
import { besideGo, THREADS } from './lib/beside-go.js';
import { median, verdict } from './lib/report.js';
import { MADE } from './lib/shapes.js';

const THEIRS = 'ExpensiveNew';
const claim =
  'of objects that are expensive to make no more are made anew than in Go, though the pool is drained all the time';

export async function run() {
  // Of all rounds, by threads.
  const made = { ours: {}, Go: {} };
  const collectingMs = [];
  let drained = 0;
  const note = (name, threads, counts) => {
    const list = name === 'ours' ? made.ours : made.Go;
    list[threads] = (list[threads] ?? 0) + (name === 'ours' ? counts[MADE] : counts.new);
    if (name !== 'ours') collectingMs.push(counts['collecting-ms']);
  };
  const result = await besideGo({
    claim,
    shape: 'expensiveNew',
    theirs: THEIRS,
    operation: 'a round of 100 gets and 100 puts',
    targets: {},
    count: 20,
    rounds: 5,
    blockSize: 4 * KiB,
    maxBytes: 64 * MiB,
    pool: { drain: { on: 'interval', everyMs: 1 } },
    note,
    atEnd: (pool) => {
      drained = pool.stats().totals.drained;
    },
  });
  for (const [name, counts] of Object.entries(made)) {
    console.log(
      `  ${name}, made anew: ${THREADS.map((threads) => `${counts[threads] ?? '-'} by ${threads}`).join(', ')} threads`,
    );
  }
  console.log(`  ours drained ${drained} blocks`);
  if (collectingMs.length > 0) {
    console.log(`  Go collected every ${median(collectingMs).toFixed(1)} ms (median)`);
    const [ours, theirs] = [made.ours, made.Go].map((counts) => Object.values(counts).reduce((sum, n) => sum + n, 0));
    result.verdicts.push(verdict('made anew, over Go', ours / Math.max(1, theirs), { most: 1 }));
  }
  return { ...result, made };
}
