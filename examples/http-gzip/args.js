// The options of the server and of the load program.

import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { KiB, MiB } from './sizes.js';

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

/** @param {Command} command */
function withServiceOptions(command) {
  return command
    .option('--threads <n>', 'workers that compress', integer(1, 64), availableParallelism())
    .option('--limit-kb <n>', 'KiB of the largest body; larger ones are answered 413', integer(1, 16_384), 1024)
    .option('--max-mb <n>', 'maxBytes of each of the two pools, in MiB', integer(1, 1024), 64)
    .option('--level <n>', 'level of gzip', integer(0, 9), 6)
    .addOption(new Option('--kernel <name>', "the pools' kernel").choices(['wasm', 'atomics']));
}

/** @param {Command} command */
function serviceOf(command) {
  const { threads, limitKb, maxMb, level, kernel } = command.opts();
  if (maxMb * MiB < 8 * limitKb * KiB) {
    command.error(`error: --max-mb ${maxMb} is too little for --limit-kb ${limitKb}: eight such bodies must fit`);
  }
  return { threads, limitBytes: limitKb * KiB, poolBytes: maxMb * MiB, level, kernel };
}

/** @param {readonly string[]} argv without the program's name; ends the process with a message if something is wrong */
export function parseServer(argv) {
  const command = withServiceOptions(
    new Command('http-gzip').description('POST /gzip answers with the body, compressed. On 127.0.0.1 only.'),
  ).option('--port <n>', 'port; 0 for any', integer(0, 65_535), 8080);
  command.parse(argv, { from: 'user' });
  return { port: command.opts().port, ...serviceOf(command) };
}

/** @param {readonly string[]} argv */
export function parseLoad(argv) {
  const command = withServiceOptions(
    new Command('load').description('Starts the server, puts load on it with autocannon, and says how it did.'),
  )
    .option('--seconds <n>', 'of each run', integer(1, 86_400), 10)
    .option('--rounds <n>', 'runs of each kind, alternating', integer(1, 100), 1)
    .option('--connections <n>', 'connections at a time', integer(1, 10_000), 32)
    .option('--body-kb <n>', 'KiB of each body', integer(0, 16_384), 64)
    .option('--url <url>', 'of a server that runs already')
    .addOption(
      new Option('--launcher <when>', 'start it with syncpool-launch').choices(['no', 'yes', 'both']).default('no'),
    )
    .option('--json', 'print the figures as JSON', false);
  command.parse(argv, { from: 'user' });
  const { seconds, rounds, connections, bodyKb, url, launcher, json } = command.opts();
  return { seconds, rounds, connections, bodyBytes: bodyKb * KiB, url, launcher, json, service: serviceOf(command) };
}
