// Progress on stderr: a bar on a terminal, a line per round elsewhere.

import cliProgress from 'cli-progress';

/**
 * @typedef {object} Progress
 * @property {(bytes: number) => void} start all runs' bytes
 * @property {(bytes: number, variant: string) => void} advance
 * @property {(round: number, rounds: number, runs: Map<string, import('./job.js').Run[]>) => void} round after each
 * @property {() => void} stop
 */

/** @returns {Progress} */
function bar() {
  const one = new cliProgress.SingleBar({
    format: '{bar} {percentage} % | {variant} | {eta} s left',
    hideCursor: true,
    clearOnComplete: true,
  });
  return {
    start: (bytes) => one.start(bytes, 0, { variant: '' }),
    advance: (bytes, variant) => one.increment(bytes, { variant }),
    round() {},
    stop: () => one.stop(),
  };
}

/** @returns {Progress} */
function lines() {
  return {
    start() {},
    advance() {},
    round(round, rounds, runs) {
      const times = [...runs].map(([variant, all]) => `${variant} ${all[round].seconds.toFixed(3)} s`);
      console.error(`round ${round + 1} of ${rounds}: ${times.join(', ')}`);
    },
    stop() {},
  };
}

export function createProgress() {
  return process.stderr.isTTY ? bar() : lines();
}
