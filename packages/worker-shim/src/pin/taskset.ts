// Pinning through the program taskset (util-linux): a process for each call, some milliseconds.

import { spawnSync } from 'node:child_process';
import { formatCpuList } from '../topology/cpulist.ts';
import type { Hindrance, Outcome } from './koffi.ts';

/** A worker with an environment of its own may have no PATH. */
const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin';
/** It needs milliseconds. Where it takes longer than this, something is wrong with the machine. */
const LONGEST_MS = 10_000;

/** How util-linux and BusyBox end the line that says why: with the system's text for the error. */
const ERRNO_OF_TEXT: readonly (readonly [text: RegExp, errno: string])[] = [
  [/Invalid argument/i, 'EINVAL'],
  [/No such process/i, 'ESRCH'],
  [/Operation not permitted/i, 'EPERM'],
];

/** Sets the mask of a thread; thread id 0 is not this thread, as it is for the system call, but taskset's own. */
export function setByTaskset(tid: number, cpus: readonly number[]): Outcome | Hindrance {
  const { error, status, stderr } = spawnSync('taskset', ['-pc', formatCpuList(cpus), String(tid)], {
    env: { PATH: process.env.PATH ?? USUAL_PATH, LC_ALL: 'C' },
    encoding: 'utf8',
    timeout: LONGEST_MS,
  });
  if (error !== undefined) {
    const isMissing = 'code' in error && error.code === 'ENOENT';
    return { reason: isMissing ? 'taskset is not installed' : `taskset does not run: ${error.message}` };
  }
  if (status === 0) return 'done';
  const known = ERRNO_OF_TEXT.find(([text]) => text.test(stderr));
  return known === undefined ? { reason: `taskset failed: ${stderr.trim()}` } : { errno: known[1] };
}
