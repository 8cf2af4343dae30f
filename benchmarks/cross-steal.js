// Claim: a block stolen from another thread costs at most half of what an item stolen costs in Go, one get after the other: a
// thief takes up to eight at once.
//
// Staged: one thread fills its deque, the other empties it, then the other way round; nothing but those gets is timed. Flow: one thread
// only gets and the other only puts, without end; what it costs each for a block, the hand-over of its number included, is reported.

import { availableParallelism } from 'node:os';
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { startCrew } from './lib/crew.js';
import { buildGo, NO_GO } from './lib/go.js';
import { alternate, line, ratio, verdict } from './lib/report.js';
import { createShared, STOLEN } from './lib/steals.js';

const ROUNDS = 21;
const BLOCK = 64 * KiB;
/** A magazine holds so many blocks of that size: 1 MiB. */
const CAPACITY = 16;
const STAGED = 100 * STOLEN;
const FLOW = 100_000;
const THREADS = 2;

export async function run() {
  const runtime = createRuntime({ maxBytes: 256 * MiB, maxProcessors: 4 });
  // A pool each: what one leaves behind would be found by the other.
  const [pool] = ['staged', 'flow'].map((name) => runtime.pool(name, { blockSize: BLOCK, maxBytes: 128 * MiB }));
  const crew = await startCrew(new URL('lib/steals.js', import.meta.url), THREADS, {
    shared: createShared(),
    capacity: CAPACITY,
  });
  const go = buildGo();
  const stolen = () => pool.stats().totals.stolenBlocks;
  const staged = async () => {
    const before = stolen();
    const { mean } = await crew.measure('staged', { threads: THREADS, count: STAGED });
    // Or something else than steals was measured.
    if (stolen() - before < THREADS * STAGED) throw new Error(`only ${stolen() - before} blocks were stolen`);
    return mean;
  };
  const contenders = { 'staged, ours': staged };
  if (go !== undefined) {
    contenders['staged, Go'] = () => {
      const metrics = go.measure('Staged', { threads: THREADS, count: STAGED });
      if (metrics.missed > 0) throw new Error(`Go found ${metrics.missed} items missing`);
      return metrics['ns/op'];
    };
  }
  contenders['flow, ours'] = async () => (await crew.measure('flow', { threads: THREADS, count: FLOW })).mean;
  if (go !== undefined) {
    contenders['flow, Go'] = () => go.measure('Flow', { threads: THREADS, count: FLOW })['ns/op'];
  }
  // The first call of all finds no blocks yet.
  await crew.measure('staged', { threads: THREADS, count: STAGED / 10 });
  const values = await alternate(contenders, ROUNDS);
  await crew.stop();
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  const verdicts = [];
  const skipped = [];
  if (go === undefined) skipped.push(NO_GO);
  else {
    console.log(`  flow, ours over Go: ${ratio(values['flow, ours'], values['flow, Go']).toFixed(2)}`);
    const stealRatio = ratio(values['staged, ours'], values['staged, Go']);
    if (availableParallelism() >= THREADS) verdicts.push(verdict('a block stolen, over Go', stealRatio, { most: 0.5 }));
  }
  for (const reason of skipped) console.log(`  skipped ${reason}`);
  return { claim: 'a block stolen costs at most half of what it costs in Go', values, verdicts, skipped };
}
