// A shape of Go's benchmarks, ours and Go's in turn, at 1 to 16 threads: ns for each operation of a thread, and their ratio.

import { availableParallelism } from 'node:os';
import { createRuntime } from '@syncpool/core';
import { startCrew } from './crew.js';
import { buildGo, NO_GO } from './go.js';
import { alternate, median, ratio, verdict } from './report.js';

export const THREADS = [1, 2, 4, 8, 16];
/** Rounds of a number of threads that is judged, and of one that has no core for each: of that the order of magnitude is enough. */
const ROUNDS = 9;
const ROUNDS_CROWDED = 3;

const isJudged = (threads) => threads <= availableParallelism();

function row(cells) {
  return `  ${cells.map((text, i) => (i === 0 ? text.padEnd(8) : text.padStart(28))).join('')}`;
}

function cell(values) {
  const [middle, low, high] = [median(values), Math.min(...values), Math.max(...values)].map((ns) =>
    ns < 1000 ? ns.toFixed(1) : ns.toFixed(0),
  );
  return `${middle} (${low} to ${high})`;
}

/** Starts what all rounds have in common: a runtime with a pool of one size, a crew, and Go. */
async function prepare(shape, { blockSize, maxBytes, pool = {} }) {
  const most = Math.max(...THREADS);
  const runtime = createRuntime({ maxBytes, maxProcessors: most + 1 });
  const bodies = runtime.pool('bodies', { blockSize, maxBytes, ...pool });
  const crew = await startCrew(new URL('shapes.js', import.meta.url), most, { size: blockSize, shape });
  return { bodies, crew, go: buildGo() };
}

/** By contender: a function that measures one round of it and gives the ns of an operation. */
function contendersOf({ crew, go, shape, theirs, extra, threads, count, per, note }) {
  const scaled = (ns) => ns / per;
  const contenders = {
    ours: async () => {
      const { mean, counters } = await crew.measure(shape, { threads, count });
      note('ours', threads, counters);
      return scaled(mean);
    },
  };
  for (const name of go === undefined ? [] : [theirs, ...extra(go)]) {
    contenders[name] = () => {
      const metrics = go.measure(name, { threads, count });
      note(name, threads, metrics);
      return scaled(metrics['ns/op']);
    };
  }
  return contenders;
}

/**
 * Measures `shape` of shapes.js beside BenchmarkTHEIRS of ../go, and judges the ratio at each number of threads that `targets` names,
 * if there is a core for each.
 *
 * @param options.count times the shape is run by each thread in a round
 * @param options.per operations of which the shape consists
 * @param options.rounds of a number of threads that is judged
 * @param options.extra names of Go's other benchmarks to run beside it, given what buildGo gave
 * @param options.note told what each round has counted
 * @param options.skipped what else could not be measured
 */
export async function besideGo(options) {
  const { claim, shape, theirs, operation, targets, count, per = 1 } = options;
  const { extra = () => [], note = () => {}, skipped = () => [], rounds: most = ROUNDS } = options;
  const { crew, go, bodies } = await prepare(shape, options);
  const names = ['ours', ...(go === undefined ? [] : [theirs, ...extra(go)])];
  console.log(row(['threads', ...names.map((name) => (name === 'ours' ? 'ours, ns' : `Go ${name}, ns`)), 'ours / Go']));
  const values = {};
  const verdicts = [];
  const ratios = [];
  for (const threads of THREADS) {
    const contenders = contendersOf({ crew, go, shape, theirs, extra, threads, count, per, note });
    const rounds = await alternate(contenders, isJudged(threads) ? most : ROUNDS_CROWDED);
    for (const [name, list] of Object.entries(rounds)) values[`${name}, ${threads} threads`] = list;
    ratios.push(go === undefined ? undefined : ratio(rounds.ours, rounds[theirs]));
    console.log(
      row([
        isJudged(threads) ? String(threads) : `${threads} *`,
        ...names.map((name) => cell(rounds[name])),
        ratios.at(-1)?.toFixed(2) ?? '-',
      ]),
    );
  }
  await crew.stop();
  console.log(`  ns of a thread for ${operation}; * more threads than cores: not judged`);
  for (const [i, threads] of THREADS.entries()) {
    const target = targets[threads];
    if (target !== undefined && isJudged(threads) && ratios[i] !== undefined) {
      verdicts.push(verdict(`${operation}, over Go's, ${threads} threads`, ratios[i], { most: target }));
    }
  }
  const lines = Object.fromEntries(
    names.map((name) => [name, THREADS.map((threads) => median(values[`${name}, ${threads} threads`]))]),
  );
  const missing = [...(go === undefined ? [NO_GO] : skipped(go))];
  for (const reason of missing) console.log(`  skipped ${reason}`);
  const series = [{ name: operation, x: { name: 'threads', values: THREADS }, unit: 'ns', lines }];
  return { claim, values, verdicts, series, skipped: missing, stats: bodies.stats().totals };
}
