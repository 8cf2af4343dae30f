// What a comparison found, as plain numbers: what --json prints and the tables show.

import { createHash } from 'node:crypto';
import { BLOCK_BYTES } from './sizes.js';

/** @param {import('@syncpool/core').PoolStats} stats */
function poolFigures({ maxBytes, totals, classes }) {
  const [{ processors }] = classes;
  return {
    maxBytes,
    gets: totals.gets,
    freshBlocks: totals.freshBlocks,
    freshShare: totals.gets === 0 ? 0 : totals.freshBlocks / totals.gets,
    stolenBlocks: totals.stolenBlocks,
    hits: totals.hits,
    processors: processors.map(({ processor, thread, gets, adopts, hits, stolenFrom }) => ({
      processor,
      thread,
      gets,
      adopts,
      hits,
      stolenFrom,
    })),
  };
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {import('./plan.js').Plan} plan @param {import('./job.js').Run[]} runs */
function timeFigures({ bytes }, runs) {
  if (runs.length === 0) return { seconds: 0, megabytesPerSecond: 0, cpuSeconds: 0, runs: [] };
  const seconds = median(runs.map((run) => run.seconds));
  return {
    seconds,
    megabytesPerSecond: bytes / 1e6 / seconds,
    cpuSeconds: median(runs.map((run) => run.cpuSeconds)),
    runs: runs.map((run) => run.seconds),
  };
}

/** @param {(string | undefined)[]} records */
function outputFigures(records) {
  const known = records.filter((record) => record !== undefined);
  return {
    deflatedBytes: known.reduce((sum, record) => sum + Number(record.split(' ')[1]), 0),
    // Of all pieces in order: sha256 of the contents, length and sha256 of the output.
    digest: createHash('sha256').update(known.join('\n')).digest('hex'),
  };
}

/**
 * @param {import('./args.js').Settings} settings
 * @param {import('./walk.js').Found} found
 * @param {import('./compare.js').Comparison} comparison
 * @param {{ kernel: string, inputs: import('@syncpool/core').PoolStats, outputs: import('@syncpool/core').PoolStats }} stats
 */
export function figuresOf(settings, found, { plan, runs, records, failures, different }, stats) {
  const variants = Object.fromEntries([...runs].map(([name, some]) => [name, timeFigures(plan, some)]));
  const { directory, threads, level, rounds } = settings;
  return {
    settings: {
      directory,
      threads,
      level,
      rounds,
      kernel: stats.kernel,
      blocks: settings.blocks,
      blockBytes: BLOCK_BYTES,
    },
    found: {
      files: found.files.length,
      bytes: found.files.reduce((sum, { size }) => sum + size, 0),
      links: found.links,
    },
    files: plan.files,
    bytes: plan.bytes,
    pieces: plan.pieces,
    tasks: plan.batches.length,
    variants,
    ratios: {
      pooledToTransfer: plan.files > 0 ? variants.pooled.seconds / variants.transfer.seconds : 0,
      pooledToClone: plan.files > 0 ? variants.pooled.seconds / variants.clone.seconds : 0,
    },
    ...outputFigures(records),
    equal: different.size === 0,
    different: [...different],
    pools: { inputs: poolFigures(stats.inputs), outputs: poolFigures(stats.outputs) },
    failures: [...found.failures, ...failures].map(([name, reason]) => ({ name, reason })),
  };
}
