// The same job done by each variant in turn, timed, and the outputs compared.

import { makePlan } from './plan.js';

/**
 * @typedef {object} Comparison
 * @property {import('./plan.js').Plan} plan what was timed: without the files that failed before
 * @property {Map<string, import('./job.js').Run[]>} runs by variant, in order
 * @property {(string | undefined)[]} records by piece, of the first run that had it: the reference for the others
 * @property {Map<string, string>} failures files that failed in any run, and why
 * @property {Set<string>} different files with outputs that were not the same in all runs
 */

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Files that the run did to the end, with an output that is not the reference's. The first output of a piece becomes its reference.
 *
 * @param {import('./plan.js').Plan} plan
 * @param {import('./job.js').Run} run
 * @param {(string | undefined)[]} reference
 */
function differences(plan, run, reference) {
  /** @type {Set<string>} */
  const different = new Set();
  for (const { index, file } of plan.batches.flat()) {
    if (run.failures.has(file.name)) continue;
    reference[index] ??= run.records[index];
    if (run.records[index] === undefined || run.records[index] !== reference[index]) different.add(file.name);
  }
  return different;
}

/**
 * Each variant once, not timed: the files get into the page cache, the code gets compiled, and what cannot be read is found.
 *
 * @param {readonly import('./job.js').Job[]} jobs
 * @param {import('./plan.js').Plan} plan
 */
async function warm(jobs, plan) {
  /** @type {Map<string, string>} */
  const failures = new Map();
  for (const job of jobs) {
    const run = await job.run(plan, () => {});
    for (const [name, reason] of run.failures) failures.set(name, reason);
  }
  return failures;
}

/**
 * The variants alternate, and each is first, second and last in turn, so that whatever else the machine does meets all of
 * them. The cycle stays the same: pooled follows clone, whose garbage the main thread may still have to collect.
 *
 * @param {readonly import('./job.js').Job[]} jobs
 * @param {import('./walk.js').FoundFile[]} files
 * @param {import('./args.js').Settings} settings
 * @param {import('./progress.js').Progress} progress
 * @returns {Promise<Comparison>}
 */
export async function compare(jobs, files, settings, progress) {
  const failures = await warm(jobs, makePlan(files, settings));
  const plan = makePlan(
    files.filter(({ name }) => !failures.has(name)),
    settings,
  );
  /** @type {Comparison} */
  const comparison = {
    plan,
    runs: new Map(jobs.map((job) => [job.name, []])),
    records: [],
    failures,
    different: new Set(),
  };
  if (plan.files === 0) return comparison;
  progress.start(plan.bytes * jobs.length * settings.rounds);
  try {
    for (let round = 0; round < settings.rounds; round++) {
      const first = round % jobs.length;
      await doRound([...jobs.slice(first), ...jobs.slice(0, first)], comparison, progress);
      progress.round(round, settings.rounds, comparison.runs);
    }
  } finally {
    progress.stop();
  }
  return comparison;
}

/**
 * @param {readonly import('./job.js').Job[]} jobs
 * @param {Comparison} comparison
 * @param {import('./progress.js').Progress} progress
 */
async function doRound(jobs, { plan, runs, records, failures, different }, progress) {
  for (const job of jobs) {
    const run = await job.run(plan, (bytes) => progress.advance(bytes, job.name));
    runs.get(job.name)?.push(run);
    for (const [name, reason] of run.failures) failures.set(name, reason);
    for (const name of differences(plan, run, records)) different.add(name);
  }
}
