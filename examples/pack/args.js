// The command line.

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { BLOCK_BYTES, KiB, MiB } from './sizes.js';

/** Real data that every checkout has: the packages that the workspace has installed. */
const OWN_PACKAGES = fileURLToPath(new URL('../../node_modules/.pnpm', import.meta.url));

/**
 * @param {number} least
 * @param {number} most
 * @returns {(text: string) => number}
 */
function integer(least, most) {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be an integer from ${least} to ${most}.`);
  };
}

/**
 * @typedef {object} Settings
 * @property {string} directory absolute
 * @property {number} threads piscina workers of each variant
 * @property {number} blocks blocks of each of the two pools
 * @property {number} level of deflate
 * @property {number} rounds
 * @property {'wasm' | 'atomics' | undefined} kernel
 * @property {number} batchBytes bytes of a task, about
 * @property {number} limitBytes bytes read per run at most
 * @property {boolean} json
 */

/**
 * @param {readonly string[]} argv without the program's name
 * @returns {Settings} ends the process with a message if something is wrong
 */
export function parseArguments(argv) {
  const command = new Command('pack')
    .description(
      'Hashes and deflates every file below DIR in worker threads: with pooled buffers, transfer lists and clones.',
    )
    .argument('[DIR]', "the folder to read (default: the workspace's own installed packages)")
    .option('--threads <n>', 'worker threads', integer(1, 64), availableParallelism())
    .option('--max-mb <n>', 'maxBytes of the pool that files are read into, in MiB', integer(1, 1024), 8)
    .option('--level <n>', 'level of deflate', integer(0, 9), 1)
    .option('--rounds <n>', 'how often each variant is timed', integer(1, 1000), 9)
    .option('--batch-kb <n>', 'KiB of file contents per piscina task, about', integer(1, 65536), 256)
    .option('--limit-mb <n>', 'MiB read per run, the smallest files first; 0 for all', integer(0, 1_048_576), 64)
    .addOption(new Option('--kernel <name>', "the pool's kernel").choices(['wasm', 'atomics']))
    .option('--json', 'print the figures as JSON', false);
  command.parse(argv, { from: 'user' });
  const options = command.opts();
  const blocks = Math.floor((options.maxMb * MiB) / BLOCK_BYTES);
  if (blocks < 4 * options.threads) {
    command.error(
      `error: --max-mb ${options.maxMb} is ${blocks} blocks of ${BLOCK_BYTES / KiB} KiB, and ${options.threads} threads need four each`,
    );
  }
  return {
    directory: resolve(process.env.INIT_CWD ?? process.cwd(), command.args[0] ?? OWN_PACKAGES),
    threads: options.threads,
    blocks,
    level: options.level,
    rounds: options.rounds,
    kernel: options.kernel,
    batchBytes: options.batchKb * KiB,
    limitBytes: options.limitMb === 0 ? Number.POSITIVE_INFINITY : options.limitMb * MiB,
    json: options.json,
  };
}
