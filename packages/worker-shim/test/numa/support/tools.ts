// What a machine with two nodes is made of: an emulator, a kernel, and programs to boot into.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpacked } from './debian.ts';

/** Paths of what is needed. */
export interface Tools {
  readonly qemu: string;
  readonly kernel: string;
  readonly busybox: string;
}

/** Why there can be no machine, and what helps. */
export interface Lack {
  readonly lacking: string;
}

const EMULATOR = 'qemu-system-x86_64';
const KERNEL_PACKAGE = 'linux-image-cloud-amd64';
const BUSYBOX_PACKAGE = 'busybox-static';
const INSTALL = `apt-get install qemu-system-x86 ${KERNEL_PACKAGE} ${BUSYBOX_PACKAGE}`;

/** Removed with the dependencies. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/numa', import.meta.url));

/** The path of a program, as the shell finds it. */
function whereIs(program: string): string | undefined {
  const { status, stdout } = spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch (error) {
    // Some systems show their kernel to root alone.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') return false;
    throw error;
  }
}

/** The newest kernel below `folder` that this user may read. */
function kernelIn(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const kernels = readdirSync(folder)
    .filter((name) => name.startsWith('vmlinuz-'))
    .map((name) => join(folder, name))
    .filter(isReadable);
  return kernels.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}

/** Packages are fetched, once, where apt gives them. */
export function findTools(): Tools | Lack {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return {
      lacking: `the machine runs this Node.js, which has to be for Linux on x64, not ${process.platform} on ${process.arch}`,
    };
  }
  const qemu = whereIs(EMULATOR);
  if (qemu === undefined) return { lacking: `${EMULATOR} is not installed. On Debian: ${INSTALL}` };
  try {
    const kernel = kernelIn('/boot') ?? kernelIn(join(unpacked(CACHE, [KERNEL_PACKAGE]), 'boot'));
    const busybox = whereIs('busybox') ?? join(unpacked(CACHE, [BUSYBOX_PACKAGE]), 'bin', 'busybox');
    return kernel === undefined ? { lacking: `no kernel in the package ${KERNEL_PACKAGE}` } : { qemu, kernel, busybox };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      lacking: `no kernel in /boot or no busybox, and apt does not give one (${why}). On Debian: apt-get update && ${INSTALL}`,
    };
  }
}
