// Threads that are pinned, as procfs shows them of this process's and other processes' threads.

import { ShimError } from '../errors.ts';
import { processIds, type Thread, threadsOf } from '../pin/threads.ts';
import { WORKER_NAME } from './briefing.ts';

/** A thread, and where it may run. */
export interface PinnedThread {
  readonly name: string;
  readonly cpus: readonly number[];
}

/** Threads on fewer CPUs than are allowed. */
function pinned(threads: readonly Thread[], allowed: readonly number[]): PinnedThread[] {
  const narrow = threads.filter(({ cpus }) => cpus.length < allowed.length);
  return narrow.map(({ tid, name, cpus }) => ({ name: `${name} (${tid})`, cpus }));
}

/** All pinned threads of a process, or without one all workers that a launcher has pinned, in any process. */
export function pinnedThreads(allowed: readonly number[], pid?: number): PinnedThread[] {
  if (pid === undefined) {
    const threads = processIds().flatMap((each) => threadsOf(each) ?? []);
    return pinned(
      threads.filter(({ name }) => name.startsWith(WORKER_NAME)),
      allowed,
    );
  }
  const threads = threadsOf(pid);
  if (threads !== undefined) return pinned(threads, allowed);
  throw new ShimError('ERR_SYNCPOOL_SHIM_UNSUPPORTED', `procfs shows no process ${pid}`);
}
