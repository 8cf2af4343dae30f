// Pinning: a thread's affinity mask set, and read back.

import { outOfRange, ShimError, show, wrongType } from '../errors.ts';
import { formatCpuList, MOST_CPUS } from '../topology/cpulist.ts';
import { getMask, type Means, sameCpus, setMask } from './affinity.ts';
import { placementIn } from '../placement/of-thread.ts';
import type { Topology } from '../topology/topology.ts';
import { keepNewThreadsOn, warmThreadPool } from './inherited.ts';
import { publishPlaced } from './placed.ts';
import { thisThreadId } from './threads.ts';

/** What was asked of the system, and what holds. */
export interface PinResult {
  /** CPU ids, ascending. */
  readonly asked: readonly number[];
  /** The thread's CPUs as read back, ascending; undefined where the system does not tell. */
  readonly holds: readonly number[] | undefined;
  /** By what the thread was pinned. `none`: it was not, and `reason` says why. */
  readonly how: Means | 'none';
  readonly reason?: string;
}

export interface PinOptions {
  /** The machine, as `readTopology` gives it or as it arrives in a worker by `workerData` or a message. */
  readonly topology?: Topology;
}

function isTopology(value: unknown): value is Topology {
  const { cpus, nodes } = (value ?? {}) as Partial<Topology>;
  return Array.isArray(cpus) && Array.isArray(nodes) && nodes.every(({ distances }) => distances instanceof Map);
}

function checkedOptions(options: PinOptions): PinOptions {
  if (typeof options !== 'object' || options === null)
    throw wrongType(`options must be an object, not ${show(options)}`);
  for (const name of Object.keys(options)) {
    if (name !== 'topology') throw wrongType(`pinThisThread has no option ${show(name)}: it has topology`);
  }
  const { topology } = options;
  if (topology === undefined || isTopology(topology)) return options;
  throw wrongType(`topology must be what readTopology() gives, not ${show(topology)}`);
}

/** The CPUs as a set, ascending. */
function checkedCpus(cpus: readonly number[]): number[] {
  if (!Array.isArray(cpus)) throw wrongType(`cpus must be an array of CPU ids, not ${show(cpus)}`);
  if (cpus.length === 0) throw outOfRange('cpus must name one CPU at least, and is empty');
  for (const cpu of cpus) {
    if (!Number.isInteger(cpu) || cpu < 0 || cpu >= MOST_CPUS) {
      throw outOfRange(`a CPU id must be an integer from 0 to ${MOST_CPUS - 1}, not ${show(cpu)}`);
    }
  }
  return [...new Set(cpus)].sort((a, b) => a - b);
}

/** A thread id of the system, not Node's `threadId`. */
function checkedTid(tid: number): number {
  if (typeof tid !== 'number') throw wrongType(`tid must be a number, not ${show(tid)}`);
  if (!Number.isInteger(tid) || tid < 1 || tid > 0x7fffffff) {
    throw outOfRange(`tid must be a thread id of the system, from 1 to ${0x7fffffff}, not ${show(tid)}`);
  }
  return tid;
}

function failed(message: string): ShimError {
  return new ShimError('ERR_SYNCPOOL_SHIM_PIN_FAILED', message);
}

function notHere(cpus: readonly number[], keeps: readonly number[] | undefined): ShimError {
  const which = cpus.length === 1 ? `CPU ${cpus[0]} does` : `CPUs ${formatCpuList(cpus)} do`;
  const kept = keeps === undefined ? 'what it had' : formatCpuList(keeps);
  return failed(`${which} not exist, or are outside of the cpuset of this process: the thread keeps ${kept}`);
}

function pin(tid: number, asked: readonly number[]): PinResult {
  const before = getMask(tid);
  const attempt = setMask(tid, asked);
  if ('reason' in attempt) return { asked, holds: before, how: 'none', reason: attempt.reason };
  const { how, outcome } = attempt;
  if (outcome !== 'done') {
    if (outcome.errno === 'EINVAL') throw notHere(asked, before);
    if (outcome.errno === 'ESRCH') throw failed(`there is no thread ${tid}`);
    return { asked, holds: before, how: 'none', reason: `the system refused ${how} with ${outcome.errno}` };
  }
  const holds = getMask(tid);
  if (holds === undefined) return { asked, holds, how, reason: 'the system does not tell what holds' };
  if (sameCpus(holds, asked)) return { asked, holds, how };
  // Linux takes what it can of a mask and leaves out the rest: half of a placement is none.
  if (before !== undefined) setMask(tid, before);
  throw notHere(
    asked.filter((cpu) => !holds.includes(cpu)),
    before,
  );
}

/**
 * Pins the calling thread to CPUs, all of which must exist and be in the cpuset of the process: otherwise throws
 * `ERR_SYNCPOOL_SHIM_PIN_FAILED`, and nothing has changed. Where the system offers no way, the result says so.
 *
 * Threads that are started later do not get stuck on these CPUs: libuv's are started before, and workers that this
 * thread starts have the CPUs that it had before it was first pinned. `os.availableParallelism()` counts the
 * calling thread's CPUs: read the topology and make the plan first.
 *
 * With `topology` the pools of `@syncpool/core` know where the thread is, and it steals from near siblings first. Read it
 * once, before anything is pinned, and hand it to the workers: reading takes 10 to 20 ms on a large machine.
 *
 * Less than a tenth of a millisecond with koffi, which takes 5 to 10 to load the first time; 5 to 10 each time with taskset.
 */
export function pinThisThread(cpus: readonly number[], options: PinOptions = {}): PinResult {
  const asked = checkedCpus(cpus);
  const { topology } = checkedOptions(options);
  const tid = thisThreadId() ?? 0;
  const before = getMask(tid);
  if (before !== undefined && !sameCpus(before, asked)) {
    warmThreadPool();
    keepNewThreadsOn(before);
  }
  const result = pin(tid, asked);
  if (topology !== undefined && result.how !== 'none') {
    publishPlaced(result.holds ?? asked, (now) => placementIn(topology, now));
  }
  return result;
}

/**
 * Pins a thread by its id in the system (not Node's `threadId`; a thread finds its own in `/proc/thread-self`), of this process or
 * of another one of the same user. Throws as `pinThisThread` does, and if there is no such thread. What that thread
 * starts later inherits its CPUs.
 */
export function pinThread(tid: number, cpus: readonly number[]): PinResult {
  return pin(checkedTid(tid), checkedCpus(cpus));
}

/** The CPUs that a thread may run on, ascending, the calling thread if none is named; undefined where the system does not tell. */
export function effectiveAffinity(tid?: number): readonly number[] | undefined {
  return getMask(tid === undefined ? (thisThreadId() ?? 0) : checkedTid(tid));
}
