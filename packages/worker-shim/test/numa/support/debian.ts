// Packages of Debian, fetched and unpacked without being installed: that takes no rights.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What a command printed; throws with what it complained of. */
function output(cwd: string, command: string, args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error === undefined && status === 0) return stdout;
  throw new Error(`${[command, ...args].join(' ')}: ${error?.message ?? stderr.trim()}`);
}

/** What a package that is only a name for the newest of its kind stands for; the package itself if it is not that. */
function meant(cwd: string, name: string): string {
  return (
    /^ *Depends: (linux-image-\S+)$/m.exec(output(cwd, 'apt-cache', ['depends', '--important', name]))?.[1] ?? name
  );
}

/** The folder below which the packages are unpacked; fetched if they are not there yet. Throws where apt does not give them. */
export function unpacked(cache: string, names: readonly string[]): string {
  const root = join(cache, names.join('+'));
  if (existsSync(root)) return root;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetching-'));
  try {
    output(work, 'apt-get', ['download', ...names.map((name) => meant(work, name))]);
    for (const file of readdirSync(work)) output(work, 'dpkg', ['-x', file, 'root']);
    renameSync(join(work, 'root'), root);
  } finally {
    rmSync(work, { recursive: true });
  }
  return root;
}
