// Who the calling thread is, for the identity words of its row.

import { readFileSync, readlinkSync } from 'node:fs';
import { getEnvironmentData, setEnvironmentData, threadId } from 'node:worker_threads';

/** Set by every attached thread; a worker inherits its creator's value. */
const CREATOR_KEY = 'syncpool:creator';
/** Where a thread keeps what it inherited, once it has set its own: for a second attach, and other copies of the package. */
const INHERITED = Symbol.for('@syncpool/core:creator');

export interface Identity {
  readonly thread: number;
  /** Thread id of the nearest ancestor that was attached when it started the next one down, -1 for none. */
  readonly parent: number;
  /** The operating system's thread id, 0 where it is not known (other systems than Linux). */
  readonly osThread: number;
  /** The thread's start time in clock ticks since boot, as two words; with osThread it is unique. */
  readonly startLow: number;
  readonly startHigh: number;
}

/** Field 22 of /proc/.../stat, counted after the parenthesised name, which may itself hold spaces. */
export function startTimeOf(stat: string): bigint {
  return BigInt(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0');
}

function linuxThread(): { osThread: number; start: bigint } {
  if (process.platform !== 'linux') return { osThread: 0, start: 0n };
  try {
    const path = readlinkSync('/proc/thread-self');
    return { osThread: Number(path.split('/').at(-1)), start: startTimeOf(readFileSync(`/proc/${path}/stat`, 'utf8')) };
  } catch {
    // A container without procfs. Such a row waits for its creator's word of its death, as on other systems.
    return { osThread: 0, start: 0n };
  }
}

function parentThread(): number {
  const holder = globalThis as { [INHERITED]?: number };
  if (holder[INHERITED] === undefined) {
    const inherited = getEnvironmentData(CREATOR_KEY);
    holder[INHERITED] = typeof inherited === 'number' ? inherited : -1;
  }
  return holder[INHERITED];
}

/** Gathers the calling thread's identity, and marks it as the parent of workers that it starts from now on. */
export function identify(): Identity {
  const parent = parentThread();
  setEnvironmentData(CREATOR_KEY, threadId);
  const { osThread, start } = linuxThread();
  const startLow = Number(BigInt.asIntN(32, start));
  const startHigh = Number(BigInt.asIntN(32, start >> 32n));
  return { thread: threadId, parent, osThread, startLow, startHigh };
}
