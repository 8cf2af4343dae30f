// Which worker runs where: a pure function of the topology and what is asked. Nothing is pinned here.

import { PlacementError } from '../errors.ts';
import { formatCpuList } from '../topology/cpulist.ts';
import { allowedCpus, type Cpu, groupsOf, type Topology } from '../topology/topology.ts';
import { checkPlanOptions, type PlacementPolicy, type PlanOptions } from './options.ts';
import { compactOrder, spreadOrder } from './order.ts';

export interface Placement {
  /** 0 for the first worker that starts. */
  readonly worker: number;
  /** One CPU; with `per-llc` and `per-node` the group in which the worker may move. */
  readonly cpus: readonly number[];
}

export interface Plan {
  /** CPUs for the main thread: all that are allowed, or with `keepMainFree` a core of its own. */
  readonly main: readonly number[];
  readonly workers: readonly Placement[];
  readonly policy: PlacementPolicy;
  /** What a user should know about it, in sentences: shared CPUs, a quota. */
  readonly notes: readonly string[];
}

/** The CPUs that workers may get, in the order of their ids. */
function candidatesOf(topology: Topology, { cpus }: PlanOptions): Cpu[] {
  const allowed = allowedCpus(topology);
  if (allowed.length === 0) throw new PlacementError('this process may use no CPU that is online');
  if (cpus === undefined) return allowed;
  const foreign = cpus.filter((id) => !topology.allowed.includes(id));
  if (foreign.length === 0) return allowed.filter((cpu) => cpus.includes(cpu.id));
  throw new PlacementError(
    `cpus names CPU ${formatCpuList(foreign)}, which this process may not use: it may use ${formatCpuList(topology.allowed)}`,
  );
}

/** The core left to the main thread: one that workers may not use anyway, else the first that they would get. */
function mainCore(topology: Topology, candidates: readonly Cpu[], { policy }: PlanOptions): readonly number[] {
  const allowed = allowedCpus(topology);
  const used = new Set(candidates.map((cpu) => cpu.core));
  const unused = allowed.filter((cpu) => !used.has(cpu.core));
  const isShared = unused.length === 0 && policy !== 'explicit' && used.size > 1;
  const [first] = compactOrder(topology, isShared ? candidates : unused);
  if (first !== undefined) return allowed.filter((cpu) => cpu.core === first.core).map((cpu) => cpu.id);
  throw new PlacementError(
    `keepMainFree needs a core besides the workers': CPU ${formatCpuList(candidates.map((cpu) => cpu.id))} leaves none of ` +
      `those that this process may use, ${formatCpuList(topology.allowed)}`,
  );
}

/** One CPU of each core. An explicit list with siblings in it contradicts what is asked. */
function withoutSiblings(cpus: readonly Cpu[], { policy }: PlanOptions): Cpu[] {
  const cores = groupsOf(cpus, (cpu) => cpu.core);
  const shared = policy === 'explicit' ? cores.find((core) => core.length > 1) : undefined;
  if (shared === undefined) return cores.flatMap(([first]) => first ?? []);
  const ids = formatCpuList(shared.map((cpu) => cpu.id));
  throw new PlacementError(`skipSmt, but cpus names siblings: CPU ${ids} is one core; name one of them`);
}

function plural(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** One CPU a worker, in the order of the policy, which starts again when it is used up. */
function onePerWorker(topology: Topology, cpus: readonly Cpu[], options: PlanOptions, notes: string[]): Placement[] {
  const { workers, policy, keepMainFree = false } = options;
  const byPolicy = {
    compact: () => compactOrder(topology, cpus),
    spread: () => spreadOrder(topology, cpus),
    explicit: () => (options.cpus ?? []).flatMap((id) => cpus.find((cpu) => cpu.id === id) ?? []),
  };
  const order = policy === 'per-llc' || policy === 'per-node' ? [] : byPolicy[policy]();
  const quota = topology.quotaCpus ?? Number.POSITIVE_INFINITY;
  const paid = Math.max(1, Math.ceil(quota) - (keepMainFree ? 1 : 0));
  const limited = policy === 'explicit' ? order : order.slice(0, paid);
  if (paid < Math.min(workers, order.length)) {
    const where = limited.length > paid ? 'the list names more' : `workers are on ${limited.length}`;
    notes.push(`the cgroup's quota pays for ${plural(quota, 'CPU')}: ${where}, and more at once are stopped together`);
  }
  if (workers > limited.length) notes.push(`${workers} workers on ${plural(limited.length, 'CPU')}: they share`);
  return Array.from({ length: workers }, (_, worker) => {
    const cpu = limited[worker % limited.length];
    return { worker, cpus: cpu === undefined ? [] : [cpu.id] };
  });
}

/** A group of CPUs a worker: each next worker goes where there are the most CPUs for one more. */
function groupPerWorker(topology: Topology, cpus: readonly Cpu[], options: PlanOptions, notes: string[]): Placement[] {
  const { workers, policy } = options;
  const spread = spreadOrder(topology, cpus);
  const groups = groupsOf(spread, (cpu) => (policy === 'per-llc' ? cpu.llc : cpu.node));
  const rooms = groups.map((group) => ({
    size: group.length,
    ids: group.map((cpu) => cpu.id).sort((a, b) => a - b),
    taken: 0,
  }));
  const quota = topology.quotaCpus ?? Number.POSITIVE_INFINITY;
  if (workers > quota) notes.push(`the cgroup's quota pays for ${plural(quota, 'CPU')}, less than one a worker`);
  if (workers > cpus.length) notes.push(`${workers} workers on ${plural(cpus.length, 'CPU')}: they share`);
  return Array.from({ length: workers }, (_, worker) => {
    const room = rooms.reduce((best, next) =>
      (next.taken + 1) / next.size < (best.taken + 1) / best.size ? next : best,
    );
    room.taken += 1;
    return { worker, cpus: room.ids };
  });
}

/**
 * Plans where workers run. CPUs are those that the process may use; with more workers than those, or than the cgroup's quota pays for, workers
 * share CPUs and a note says so. Throws `ERR_SYNCPOOL_SHIM_INVALID_OPTION` for options that mean nothing, and a
 * `PlacementError` where they ask for what this process cannot have: a CPU that is not allowed, a free core where there is one.
 */
export function planPlacement(topology: Topology, options: PlanOptions): Plan {
  checkPlanOptions(options);
  const { policy, keepMainFree = false, skipSmt = false } = options;
  const candidates = candidatesOf(topology, options);
  const cores = skipSmt ? withoutSiblings(candidates, options) : candidates;
  const main = keepMainFree ? mainCore(topology, cores, options) : topology.allowed;
  const free = keepMainFree ? cores.filter((cpu) => !main.includes(cpu.id)) : cores;
  const notes: string[] = [];
  const isGrouped = policy === 'per-llc' || policy === 'per-node';
  const workers = (isGrouped ? groupPerWorker : onePerWorker)(topology, free, options, notes);
  return { main, workers, policy, notes };
}
