// sched_setaffinity and sched_getaffinity, called through koffi, an optional package: two microseconds a call, once it is loaded.

import { createRequire } from 'node:module';
import type * as koffi from 'koffi';
import { MOST_CPUS } from '../topology/cpulist.ts';
import { cpusOf, emptyMask, maskOf } from './mask.ts';

/** What came of a call: done, or the system's own word for why not (`EINVAL`, `ESRCH`, `EPERM`). */
export type Outcome = 'done' | { readonly errno: string };

/** The affinity calls of the C library. Thread id 0 is the calling thread. */
export interface Affinity {
  set(tid: number, cpus: readonly number[]): Outcome;
  get(tid: number): readonly number[] | { readonly errno: string };
}

/** Why this thread does not have them. */
export interface Hindrance {
  readonly reason: string;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}

/** koffi, as installed beside this package. Undefined if it is not; what it throws while it loads is passed on. */
function loadKoffi(): typeof koffi | undefined {
  const require = createRequire(import.meta.url);
  try {
    // Looked up first, because a koffi that misses a module of its own fails with the same code.
    require.resolve('koffi');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return require('koffi');
}

function bind(ffi: typeof koffi): Affinity {
  const c = ffi.load(null);
  const set = c.func('int sched_setaffinity(int tid, size_t lengthBytes, const void *mask)');
  const get = c.func('int sched_getaffinity(int tid, size_t lengthBytes, void *mask)');
  const names = new Map(Object.entries(ffi.os.errno).map(([name, value]) => [value, name]));
  const lastError = () => {
    const errno = ffi.errno();
    return { errno: names.get(errno) ?? `errno ${errno}` };
  };
  return {
    set: (tid, cpus) => {
      const mask = maskOf(cpus);
      return set(tid, mask.length, mask) === 0 ? 'done' : lastError();
    },
    get: (tid) => {
      for (let cpus = 1024; ; cpus *= 2) {
        const mask = emptyMask(cpus);
        if (get(tid, mask.length, mask) >= 0) return cpusOf(mask);
        const failed = lastError();
        // EINVAL: the kernel's masks are longer than ours.
        if (failed.errno !== 'EINVAL' || cpus >= MOST_CPUS) return failed;
      }
    },
  };
}

function open(): Affinity | Hindrance {
  if (process.platform !== 'linux') return { reason: 'not Linux' };
  try {
    const ffi = loadKoffi();
    return ffi === undefined ? { reason: 'koffi is not installed' } : bind(ffi);
  } catch (error) {
    return { reason: `koffi does not load: ${error instanceof Error ? error.message : String(error)}` };
  }
}

let answer: Affinity | Hindrance | undefined;

/** The calls, or why this thread cannot make them. Loads koffi the first time: 5 milliseconds in a worker, 10 in a process. */
export function affinityCalls(): Affinity | Hindrance {
  answer ??= open();
  return answer;
}
