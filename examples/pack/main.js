// Packs a folder's files in worker threads three times over: with pooled buffers, transfer lists and structured clones.

import { statSync } from 'node:fs';
import { parseArguments } from './args.js';
import { compare } from './compare.js';
import { figuresOf } from './figures.js';
import { Job } from './job.js';
import { openClone } from './jobs/clone.js';
import { openPooled } from './jobs/pooled.js';
import { openTransfer } from './jobs/transfer.js';
import { choose } from './plan.js';
import { createProgress } from './progress.js';
import { failureLines, reportOf } from './table.js';
import { reasonOf, walk } from './walk.js';

/** Why `directory` cannot be packed, if so. @param {string} directory */
function problemWith(directory) {
  try {
    return statSync(directory).isDirectory() ? undefined : 'it is not a directory';
  } catch (error) {
    return reasonOf(error);
  }
}

/**
 * @param {import('./args.js').Settings} settings
 * @param {import('./walk.js').Found} found
 */
async function measure(settings, found) {
  const pooled = openPooled(settings);
  // Each variant has workers of its own: none collects another's garbage.
  const jobs = [pooled, openTransfer(), openClone()].map((variant) => new Job(variant, settings));
  try {
    const comparison = await compare(jobs, choose(found.files, settings.limitBytes), settings, createProgress());
    return figuresOf(settings, found, comparison, pooled.stats());
  } finally {
    for (const job of jobs) await job.close();
  }
}

/** @returns {Promise<number>} the exit code */
async function main() {
  const settings = parseArguments(process.argv.slice(2));
  const problem = problemWith(settings.directory);
  if (problem !== undefined) {
    console.error(`Cannot read ${settings.directory}: ${problem}`);
    return 1;
  }
  const found = walk(settings.directory);
  const figures = await measure(settings, found);
  if (settings.json) console.log(JSON.stringify(figures, undefined, 2));
  else if (found.files.length === 0) console.log(`${settings.directory} has no files: nothing to do.`);
  else console.log(reportOf(figures));
  if (figures.failures.length > 0) console.error(failureLines(figures));
  return figures.failures.length > 0 || !figures.equal ? 1 : 0;
}

process.exitCode = await main();
