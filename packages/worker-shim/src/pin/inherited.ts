// What threads inherit. Linux gives a new thread the mask of the one that starts it, so the threads that a pinned thread
// starts for others' sake, libuv's for all of the process and workers with work of their own, would share its few CPUs.

import { subscribe } from 'node:diagnostics_channel';
import { stat } from 'node:fs';
import { getMask, sameCpus, setMask } from './affinity.ts';
import { threadIds, thisThreadId } from './threads.ts';

let isWarm = false;

/**
 * Has libuv start the threads of its pool, if it has not: it starts all of them at the first request, from the thread
 * that makes it. UV_THREADPOOL_SIZE is read then, and not again.
 */
export function warmThreadPool(): void {
  if (isWarm) return;
  isWarm = true;
  stat('/', () => {});
}

/** The CPUs for threads that this thread starts; undefined as long as it is not pinned. */
let wide: readonly number[] | undefined;
/** Threads of the process that have been looked at. */
const known = new Set<number>();

/** Threads of this process that nobody has looked at. */
function newThreads(): number[] {
  const found = threadIds().filter((tid) => !known.has(tid));
  for (const tid of found) known.add(tid);
  return found;
}

/**
 * Gives the wide mask to new threads that carry this thread's mask: to the worker that has just been started, which has not run
 * yet, and to whatever else was started from here meanwhile (the inspector's thread, an addon's). A thread that
 * another one started since, and that took exactly this mask on purpose, cannot be told from those and is widened too.
 */
function widenNewThreads(): void {
  if (wide === undefined) return;
  const mine = getMask(thisThreadId() ?? 0);
  const found = newThreads();
  if (mine === undefined || sameCpus(mine, wide)) return;
  for (const tid of found) {
    const theirs = getMask(tid);
    if (theirs !== undefined && sameCpus(theirs, mine)) setMask(tid, wide);
  }
}

/** From now on, workers that this thread starts have `cpus`, whatever it is pinned to. The first call of a thread decides. */
export function keepNewThreadsOn(cpus: readonly number[]): void {
  if (wide !== undefined) return;
  wide = cpus;
  newThreads();
  subscribe('worker_threads', widenNewThreads);
}
