// A thread's mask, by whichever means this system has: koffi where it is installed, else taskset.

import { affinityCalls, type Hindrance, type Outcome } from './koffi.ts';
import { setByTaskset } from './taskset.ts';
import { maskInProcfs } from './threads.ts';

/** By what a mask was set. */
export type Means = 'koffi' | 'taskset';

/** What came of setting a mask, and by what. */
export interface Attempt {
  readonly how: Means;
  readonly outcome: Outcome;
}

function byTaskset(tid: number, cpus: readonly number[]): Attempt | Hindrance {
  if (process.platform !== 'linux') return { reason: 'taskset is for Linux' };
  if (tid === 0) return { reason: 'taskset needs the id of the thread, which procfs does not tell' };
  const outcome = setByTaskset(tid, cpus);
  return typeof outcome === 'object' && 'reason' in outcome ? outcome : { how: 'taskset', outcome };
}

/** Sets the mask of a thread, 0 being the calling one. Whether that holds is for the caller to read back. */
export function setMask(tid: number, cpus: readonly number[]): Attempt | Hindrance {
  const calls = affinityCalls();
  if (!('reason' in calls)) return { how: 'koffi', outcome: calls.set(tid, cpus) };
  const attempt = byTaskset(tid, cpus);
  return 'reason' in attempt ? { reason: `${calls.reason}, and ${attempt.reason}` } : attempt;
}

/** The mask of a thread, 0 being the calling one, as procfs shows it, else as the system call tells; undefined where neither does. */
export function getMask(tid: number): readonly number[] | undefined {
  const shown = tid === 0 ? undefined : maskInProcfs(tid);
  if (shown !== undefined) return shown;
  const calls = affinityCalls();
  if ('reason' in calls) return undefined;
  const told = calls.get(tid);
  return 'errno' in told ? undefined : told;
}

/** Whether two ascending lists of CPUs are the same. */
export function sameCpus(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((cpu, at) => cpu === b[at]);
}
