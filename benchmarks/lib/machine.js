// The machine and the versions that a figure belongs to.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem } from 'node:os';

/** Packages beside which ours are measured, or with which. */
const PEERS = ['@thi.ng/malloc', 'mitata', 'piscina', 'reusify'];

/** The first line of what a program prints; undefined where there is no such program. */
export function outputOf(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .trim()
      .split('\n')[0];
  } catch {
    return undefined;
  }
}

function versionOf(name) {
  const require = createRequire(import.meta.url);
  // Not every package exports its package.json: it stands above the file that is exported.
  for (const folder of require.resolve.paths(name)) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')).version;
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return 'not installed';
}

export function machine() {
  const [first] = cpus();
  return {
    cpu: first?.model ?? 'unknown',
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: process.platform,
    kernel: release(),
    node: process.version,
    v8: process.versions.v8,
    // An unpacked archive has no commit to name.
    commit: outputOf('git', ['describe', '--always', '--dirty']) ?? 'not a git checkout',
    go: outputOf('go', ['version']) ?? 'not installed',
    peers: Object.fromEntries(PEERS.map((name) => [name, versionOf(name)])),
  };
}

export function machineLine({ cpu, cpus: count, memoryGiB, system, kernel, node, commit, go, peers }, seed) {
  const packages = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  return [
    `${cpu}, ${count} CPUs, ${memoryGiB} GiB, ${system} ${kernel}`,
    `Node ${node}, Go: ${go}, ${packages.join(', ')}`,
    `commit ${commit}, seed ${seed}`,
  ].join('\n');
}
