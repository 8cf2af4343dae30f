// Threads as Linux shows them in procfs: their ids, their masks and their names.

import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { readCpuList } from '../topology/cpulist.ts';

/** What the kernel keeps of a name. */
const NAME_BYTES = 15;

/** The last one is Node's own, of a process that runs under its permission model. */
const HIDDEN = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'EROFS', 'ERR_ACCESS_DENIED'];

/** No file can be opened just now. That says nothing of the thread. */
const EXHAUSTED = ['EMFILE', 'ENFILE', 'ENOMEM'];

/**
 * What `read` gives, or undefined where an error says that procfs is not there, has no such thread, or does not show it to
 * this process; `hidden` has the codes of such errors.
 */
function fromProcfs<T>(read: () => T, hidden: readonly string[] = HIDDEN): T | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return read();
  } catch (error) {
    if (hidden.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** The operating system's id of the calling thread; undefined where procfs does not say. */
export function thisThreadId(): number | undefined {
  return fromProcfs(() => Number(readlinkSync('/proc/thread-self').split('/').at(-1)));
}

/** Ids of all threads of this process; empty where procfs does not say. */
export function threadIds(): number[] {
  return fromProcfs(() => readdirSync('/proc/self/task').map(Number)) ?? [];
}

/** Whether this process has a thread of that id now. */
export function threadLives(tid: number): boolean {
  return fromProcfs(() => readFileSync(`/proc/self/task/${tid}/comm`)) !== undefined;
}

/** The CPUs in the text of a thread's status. */
function listIn(status: string | undefined): number[] | undefined {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status ?? '')?.[1];
  return list === undefined ? undefined : readCpuList(list);
}

/**
 * The CPUs that a thread of any process may run on; undefined where procfs does not say, or knows no such thread. Pools ask now and then
 * (placed.ts), where nobody could catch an error: a process that is out of file descriptors must not end by this.
 */
export function maskInProcfs(tid: number): number[] | undefined {
  return listIn(fromProcfs(() => readFileSync(`/proc/${tid}/status`, 'utf8'), [...HIDDEN, ...EXHAUSTED]));
}

/** A thread of some process. */
export interface Thread {
  readonly tid: number;
  readonly name: string;
  /** CPUs that it may run on, ascending. */
  readonly cpus: readonly number[];
}

/** Ids of all processes that procfs shows. */
export function processIds(): number[] {
  const names = fromProcfs(() => readdirSync('/proc')) ?? [];
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** The threads of a process; undefined where procfs does not show it. Those that end meanwhile are left out. */
export function threadsOf(pid: number): Thread[] | undefined {
  const tids = fromProcfs(() => readdirSync(`/proc/${pid}/task`));
  return tids?.flatMap((tid) => {
    const status = fromProcfs(() => readFileSync(`/proc/${pid}/task/${tid}/status`, 'utf8'));
    const cpus = listIn(status);
    const name = /^Name:\t(.*)$/m.exec(status ?? '')?.[1];
    return cpus === undefined || name === undefined ? [] : [{ tid: Number(tid), name, cpus }];
  });
}

/**
 * Names a thread of this process, as `top -H` and debuggers show it: the first 15 bytes of `name`. False where
 * the system does not let it be named.
 */
export function nameThread(tid: number, name: string): boolean {
  return (
    fromProcfs(() => {
      writeFileSync(`/proc/self/task/${tid}/comm`, name.slice(0, NAME_BYTES));
      return true;
    }) ?? false
  );
}
