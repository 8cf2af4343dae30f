// What the machine boots into: Node.js, the projects, BusyBox for all else, and what is to be run there, in the archive that the
// kernel unpacks into its first file system.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installProjects, PROJECTS, type Project } from './projects.ts';
import type { Tools } from './tools.ts';

/** A program to run in the machine. */
export interface Job {
  readonly project: Project;
  readonly command: readonly string[];
  /** It is killed after that; a minute and a half if it is not said. */
  readonly limitMs?: number;
}

/** Where the machine's programs find the jobs. */
const JOBS = 'jobs.json';
const LIMIT_MS = 90_000;

const programs = fileURLToPath(new URL('../guest', import.meta.url));

/** Paths of the libraries that a program is linked to, the loader too; none for a static one. */
function librariesOf(program: string): string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
}

/** A program goes to /bin, its libraries where it looks for them. */
function addProgram(root: string, name: string, path: string): void {
  copyFileSync(path, join(root, 'bin', name));
  for (const library of librariesOf(path)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(library, join(root, library));
  }
}

/** Writes the archive into `folder`; its path. */
export function buildImage(folder: string, { busybox }: Tools, jobs: Readonly<Record<string, Job>>): string {
  const root = join(folder, 'root');
  for (const name of ['bin', 'usr/bin', 'proc', 'sys', 'dev', 'tmp']) mkdirSync(join(root, name), { recursive: true });
  addProgram(root, 'node', process.execPath);
  addProgram(root, 'busybox', busybox);
  // What the launcher's first line asks for.
  symlinkSync('/bin/busybox', join(root, 'usr/bin/env'));
  installProjects(root, folder);
  for (const project of PROJECTS) cpSync(programs, join(root, project), { recursive: true });
  cpSync(join(programs, 'init'), join(root, 'init'));
  chmodSync(join(root, 'init'), 0o755);
  const limited = Object.entries(jobs).map(([name, job]) => ({ name, limitMs: LIMIT_MS, ...job }));
  writeFileSync(join(root, JOBS), JSON.stringify(limited));
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const image = join(folder, 'image.cpio');
  execFileSync(busybox, ['cpio', '-o', '-H', 'newc', '-F', image], {
    cwd: root,
    input: `${paths.join('\n')}\n`,
    stdio: 'pipe',
  });
  return image;
}
