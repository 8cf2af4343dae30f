// Who has died. Two sources, each certain: the 'exit' event of a worker, in the thread that created it
// (it comes after I/O in flight on the worker's buffers has ended); and Linux, which any thread can ask
// whether an OS thread with that id and start time is still there.

import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { startTimeOf } from './identity.ts';
import { tellAll } from './listeners.ts';

type Listener = (threadId: number) => void;

const listeners = new Set<Listener>();

// From the moment that the package is loaded, so that workers are known too that were started before
// there was a runtime. Who listens is looked up when they exit.
subscribe('worker_threads', (message) => {
  const { worker } = message as { worker: Worker };
  // Read now: after the exit it is -1.
  const { threadId } = worker;
  // One that failed to start has no thread, and -1 stands for "no parent" in a row.
  if (threadId > 0) worker.once('exit', () => tellAll(listeners, threadId));
});

/** Calls the listener with the thread id of every worker that this thread created, after its 'exit'. */
export function watchWorkers(listener: Listener): void {
  listeners.add(listener);
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

/** What the operating system says of a thread. */
export type Life = 'lives' | 'ended' | 'unknown';

/**
 * Asks the operating system for a thread by its id and start time. Nobody can tell on other systems
 * than Linux, or of a row without an OS thread id. That procfs has no such thread is 'ended' only
 * where procfs shows this process's threads at all: ask about the calling thread too.
 *
 * Without a start time a later thread of the same id is taken for it: 'ended' is certain all the same.
 */
export function lifeOf(osThread: number, startLow?: number, startHigh?: number): Life {
  if (osThread <= 0 || process.platform !== 'linux') return 'unknown';
  try {
    const start = startTimeOf(readFileSync(`/proc/self/task/${osThread}/stat`, 'utf8'));
    if (startLow === undefined || startHigh === undefined) return 'lives';
    return start === ((BigInt(startHigh) << 32n) | BigInt.asUintN(32, BigInt(startLow))) ? 'lives' : 'ended';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ESRCH: it ended between open and read.
    return code === 'ENOENT' || code === 'ESRCH' ? 'ended' : 'unknown';
  }
}
