// Projects that use the packages as their users do: packed, and installed into empty folders.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shim = fileURLToPath(new URL('../../..', import.meta.url));
const core = fileURLToPath(new URL('../../../../core', import.meta.url));
const workspace = new URL('../../../../../package.json', import.meta.url);

/** One where koffi is installed too, and one without. */
export const PROJECTS = ['koffi', 'bare'] as const;
export type Project = (typeof PROJECTS)[number];

function run(cwd: string, command: string, args: readonly string[]): void {
  const { error, status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 120_000 });
  if (error === undefined && status === 0) return;
  throw new Error(`${[command, ...args].join(' ')}: ${error?.message ?? `${stdout}${stderr}`}`);
}

/** As a package is published: pnpm, in the workspace's version, says in the tarball which versions of each other the packages want. */
function pack(source: string, scratch: string): void {
  const { packageManager } = JSON.parse(readFileSync(workspace, 'utf8'));
  run(source, 'npx', ['--yes', packageManager, 'pack', '--pack-destination', scratch]);
}

function koffi(): string {
  const { devDependencies } = JSON.parse(readFileSync(join(shim, 'package.json'), 'utf8'));
  return `koffi@${devDependencies.koffi}`;
}

/** Makes each project a folder below `root`; `scratch` is for the tarballs. */
export function installProjects(root: string, scratch: string): void {
  for (const source of [core, shim]) pack(source, scratch);
  const tarballs = readdirSync(scratch).filter((name) => name.endsWith('.tgz'));
  for (const project of PROJECTS) {
    const folder = join(root, project);
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const packages = tarballs.map((name) => join(scratch, name));
    run(folder, 'npm', ['install', '--no-audit', '--no-fund', ...packages, ...(project === 'koffi' ? [koffi()] : [])]);
  }
}
