// A shape of Go's benchmarks, ours and Go's in turn, at 1 to 16 threads: ns for each operation of a thread, and their ratio.

import { availableParallelism } from 'node:os';
import { createRuntime } from '@syncpool/core';
import { startCrew } from './crew.js';
import { buildGo, NO_GO } from './go.js';
import { alternate, median, ratio, verdict } from './report.js';

export const THREADS = [1, 2, 4, 8, 16];
/** Rounds of a number of threads that is judged, and of one that has no core for each: of that the order of magnitude is enough. */
const ROUNDS = 21;
const ROUNDS_CROWDED = 3;

const isJudged = (threads) => threads <= availableParallelism();

const keyOf = (name, threads) => `${name}, ${threads} threads`;

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
function contendersOf({ crew, go, shape, others, threads, count, per, note }) {
  const scaled = (ns) => ns / per;
  const contenders = {
    ours: async () => {
      const { mean, counters } = await crew.measure(shape, { threads, count });
      note('ours', threads, counters);
      return scaled(mean);
    },
  };
  for (const name of others) {
    contenders[name] = () => {
      const metrics = go.measure(name, { threads, count });
      note(name, threads, metrics);
      return scaled(metrics['ns/op']);
    };
  }
  return contenders;
}

/** The verdicts on the ratios of one of Go's, at the numbers of threads that have a target and a core for each. */
function judge(values, name, operation, targets) {
  return THREADS.filter((threads) => targets[threads] !== undefined && isJudged(threads)).map((threads) => {
    const worse = ratio(values[keyOf('ours', threads)], values[keyOf(name, threads)]);
    return verdict(`${operation}, over Go's ${name}, ${threads} threads`, worse, { most: targets[threads] });
  });
}

/**
 * Measures `shape` of shapes.js beside BenchmarkTHEIRS of ../go, and judges the ratio at each number of threads that `targets` names,
 * if there is a core for each.
 *
 * @param options.count times the shape is run by each thread in a round
 * @param options.per operations of which the shape consists
 * @param options.rounds of a number of threads that is judged
 * @param options.extra names of those that are run beside it only, given what buildGo gave
 * @param options.note told what each round has counted
 * @param options.atEnd told, with our pool, that all rounds are over
 * @param options.skipped what else could not be measured
 */
export async function besideGo(options) {
  const { claim, shape, theirs, operation, targets, count, per = 1, rounds: most = ROUNDS } = options;
  const { extra = () => [], note = () => {}, atEnd = () => {}, skipped = () => [] } = options;
  const { crew, go, bodies } = await prepare(shape, options);
  const others = go === undefined ? [] : [theirs, ...extra(go)];
  const names = ['ours', ...others];
  console.log(row(['threads', 'ours, ns', ...others.map((name) => `Go ${name}, ns`), 'ours / Go']));
  const values = {};
  for (const threads of THREADS) {
    const contenders = contendersOf({ crew, go, shape, others, threads, count, per, note });
    const rounds = await alternate(contenders, isJudged(threads) ? most : ROUNDS_CROWDED);
    for (const [name, list] of Object.entries(rounds)) values[keyOf(name, threads)] = list;
    const label = isJudged(threads) ? String(threads) : `${threads} *`;
    const worse = go === undefined ? '-' : ratio(rounds.ours, rounds[theirs]).toFixed(2);
    console.log(row([label, ...names.map((name) => cell(rounds[name])), worse]));
  }
  atEnd(bodies);
  await crew.stop();
  console.log(`  ns of a thread for ${operation}; * more threads than cores: not judged`);
  const missing = go === undefined ? [NO_GO] : skipped(go);
  for (const reason of missing) console.log(`  skipped ${reason}`);
  const lineOf = (name) => THREADS.map((threads) => median(values[keyOf(name, threads)]));
  return {
    claim,
    values,
    verdicts: go === undefined ? [] : judge(values, theirs, operation, targets),
    series: [
      {
        name: operation,
        x: { name: 'threads', values: THREADS },
        unit: 'ns',
        lines: Object.fromEntries(names.map((name) => [name, lineOf(name)])),
      },
    ],
    skipped: missing,
  };
}
