// What every benchmark prints alike: where it ran, and medians of alternating rounds.

import { execFileSync } from 'node:child_process';
import { cpus, release } from 'node:os';

/** The machine and versions that a figure belongs to. */
export function machine() {
  const [first] = cpus();
  let commit = 'not a git checkout';
  try {
    commit = execFileSync('git', ['describe', '--always', '--dirty'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    // An unpacked archive has no commit to name.
  }
  return {
    node: process.version,
    v8: process.versions.v8,
    cpu: first?.model ?? 'unknown',
    cpus: cpus().length,
    kernel: release(),
    commit,
  };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs every contender once a round, in turn (A B C, A B C, ...), because a shared machine's speed drifts: what is
 * compared was measured side by side. Returns each contender's values.
 */
export async function alternate(contenders, rounds) {
  const values = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measureOnce] of Object.entries(contenders)) values[name].push(await measureOnce());
  }
  return values;
}

/** A line: median and spread, in the unit given. */
export function line(name, values, unit = 'ns') {
  const low = Math.min(...values).toFixed(2);
  const high = Math.max(...values).toFixed(2);
  return `  ${name.padEnd(34)} ${median(values).toFixed(2).padStart(9)} ${unit}   (${low} to ${high}, ${values.length} rounds)`;
}

/** The median over rounds of a / b, each ratio taken within one round. */
export function ratio(a, b) {
  return median(a.map((value, round) => value / b[round]));
}

/** A line that says what a ratio is and what it should be. */
export function verdict(name, value, target) {
  const holds = target.least === undefined ? value <= target.most : value >= target.least;
  const wanted = target.least === undefined ? `at most ${target.most}` : `at least ${target.least}`;
  console.log(`  ${holds ? 'holds ' : 'MISSED'} ${name}: ${value.toFixed(2)} (${wanted})`);
  return { name, value, ...target, holds };
}
