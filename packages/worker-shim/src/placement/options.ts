// What a plan is asked for, checked before anything is computed.

import { outOfRange, show, wrongType } from '../errors.ts';

/** How workers are laid out; docs/placement.md says which to take when. */
export type PlacementPolicy = 'compact' | 'spread' | 'per-llc' | 'per-node' | 'explicit';

export interface PlanOptions {
  /** Workers to place, 1 to 1,024. */
  readonly workers: number;
  /**
   * `compact`: next to each other, so that they share caches. `spread`: as far apart as can be, so that they do not. `per-llc` and `per-node`:
   * anywhere in a last-level cache's or node's CPUs. `explicit`: on the CPUs of `cpus`, in that order.
   */
  readonly policy: PlacementPolicy;
  /** `explicit`: the CPUs, one a worker. Other policies: the only ones that workers may get. */
  readonly cpus?: readonly number[];
  /** Leaves a whole core to the main thread: no worker gets a CPU of it. Default: false. */
  readonly keepMainFree?: boolean;
  /** Uses one CPU of each core only. Default: false, and siblings come last. */
  readonly skipSmt?: boolean;
}

/** As many threads as a runtime of @syncpool/core can have at a time. */
const MOST_WORKERS = 1024;

const POLICIES: readonly string[] = [
  'compact',
  'spread',
  'per-llc',
  'per-node',
  'explicit',
] satisfies PlacementPolicy[];

const NAMES: readonly string[] = [
  'workers',
  'policy',
  'cpus',
  'keepMainFree',
  'skipSmt',
] satisfies (keyof PlanOptions)[];

function checkCpus(cpus: unknown): void {
  if (!Array.isArray(cpus)) throw wrongType(`cpus must be an array of CPU ids, not ${show(cpus)}`);
  if (cpus.length === 0) throw outOfRange('cpus must name a CPU: the list is empty');
  cpus.forEach((cpu: unknown, i) => {
    if (!Number.isInteger(cpu) || Number(cpu) < 0) throw outOfRange(`cpus[${i}] must be a CPU id, not ${show(cpu)}`);
    if (cpus.indexOf(cpu) < i) throw outOfRange(`cpus names CPU ${cpu} twice`);
  });
}

/** Throws `ERR_SYNCPOOL_SHIM_INVALID_OPTION` for options that mean nothing on any machine. */
export function checkPlanOptions(options: PlanOptions): void {
  if (typeof options !== 'object' || options === null)
    throw wrongType(`options must be an object, not ${show(options)}`);
  const { workers, policy, cpus } = options;
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw wrongType(`${show(unknown)} is no option of a plan: there are ${NAMES.join(', ')}`);
  if (typeof workers !== 'number') throw wrongType(`workers must be a number, not ${show(workers)}`);
  if (!Number.isInteger(workers) || workers < 1 || workers > MOST_WORKERS) {
    throw outOfRange(`workers must be 1 to ${MOST_WORKERS}, not ${show(workers)}`);
  }
  if (!POLICIES.includes(policy)) throw outOfRange(`policy must be one of ${POLICIES.join(', ')}, not ${show(policy)}`);
  for (const name of ['keepMainFree', 'skipSmt'] as const) {
    const flag = options[name];
    if (flag !== undefined && typeof flag !== 'boolean')
      throw wrongType(`${name} must be true or false, not ${show(flag)}`);
  }
  if (cpus !== undefined) checkCpus(cpus);
  else if (policy === 'explicit') throw wrongType("policy 'explicit' needs cpus, the CPUs to use");
}
