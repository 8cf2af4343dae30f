// Who has died. Two sources, each certain: the 'exit' event of a worker, in the thread that created it
// (it comes after I/O in flight on the worker's buffers has ended); and Linux, which any thread can ask
// whether an OS thread with that id and start time is still there.

import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { startTimeOf } from './identity.ts';

type Listener = (threadId: number) => void;

const listeners = new Set<Listener>();
let isWatching = false;

/** Calls the listener with the thread id of every worker that this thread creates, after its 'exit'. */
export function watchWorkers(listener: Listener): void {
  listeners.add(listener);
  if (isWatching) return;
  isWatching = true;
  subscribe('worker_threads', (message) => {
    const { worker } = message as { worker: Worker };
    // Read now: after the exit it is -1.
    const { threadId } = worker;
    // One that failed to start has no thread, and -1 stands for "no parent" in a row.
    if (threadId <= 0) return;
    worker.once('exit', () => {
      for (const each of listeners) each(threadId);
    });
  });
}

const endings = new Set<() => void>();
let hasEndings = false;

/** Calls `ending` when this thread's event loop has ended or process.exit() was called; not when it is terminated. */
export function atThreadEnd(ending: () => void): void {
  if (!hasEndings) {
    hasEndings = true;
    process.once('exit', () => {
      for (const each of endings) each();
    });
  }
  endings.add(ending);
}

/** Forgets an ending. */
export function forgetEnding(ending: () => void): void {
  endings.delete(ending);
}

/** Stops telling the listener. */
export function ignoreWorkers(listener: Listener): void {
  listeners.delete(listener);
}

/**
 * Whether the operating system knows that the thread has ended. False also where nobody can tell:
 * other systems than Linux, no procfs, a row without an OS thread id.
 */
export function hasEnded(osThread: number, startLow: number, startHigh: number): boolean {
  if (osThread === 0 || process.platform !== 'linux') return false;
  const start = (BigInt(startHigh) << 32n) | BigInt.asUintN(32, BigInt(startLow));
  try {
    return startTimeOf(readFileSync(`/proc/self/task/${osThread}/stat`, 'utf8')) !== start;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ESRCH: it ended between open and read.
    return code === 'ENOENT' || code === 'ESRCH';
  }
}
