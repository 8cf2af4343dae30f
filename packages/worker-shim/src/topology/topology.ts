// What a machine looks like to this process: its CPUs, which of them share a core, a cache, a die, a package or a node,
// and which it may use.

/** A logical CPU. `core`, `cluster`, `llc`, `die` and `package` are each the lowest CPU id of the group: unique in the machine. */
export interface Cpu {
  /** The kernel's CPU id. Ids are not dense. */
  readonly id: number;
  /** CPUs of one core: SMT siblings. */
  readonly core: number;
  /** Cores that share something closer than the last-level cache: an L2 cache, or the tags of an L3. */
  readonly cluster: number;
  /** CPUs that share a last-level cache. */
  readonly llc: number;
  readonly die: number;
  /** A socket. */
  readonly package: number;
  /** The kernel's node id. */
  readonly node: number;
  /** 0 for the first thread of its core, 1 for its sibling. */
  readonly smt: number;
  /** On machines with two kinds of cores. */
  readonly kind?: 'performance' | 'efficiency';
}

/** Memory, and the CPUs that are nearest to it: there may be none. */
export interface NumaNode {
  /** The kernel's node id. */
  readonly id: number;
  /** Online CPUs, ascending. */
  readonly cpus: readonly number[];
  /** The firmware's distance to each node, by node id: 10 is here. */
  readonly distances: ReadonlyMap<number, number>;
}

/** The machine as this process sees it. */
export interface Topology {
  /** `flat`: nothing is known but the number of CPUs. */
  readonly system: 'linux' | 'flat';
  /** Online CPUs, ascending. */
  readonly cpus: readonly Cpu[];
  /** Ids of the CPUs that this process may use, ascending: its affinity mask and its cpuset. */
  readonly allowed: readonly number[];
  /** All nodes, ascending, those without CPUs too. */
  readonly nodes: readonly NumaNode[];
  /** CPU time that the cgroup allows, in CPUs: 1.5 is a CPU and a half. Not there without a limit. */
  readonly quotaCpus?: number;
  /** What could not be read, and what was taken instead; each names its file. */
  readonly warnings: readonly string[];
}

/** A key that CPUs of a group have in common. */
type Key = (cpu: Cpu) => number | string;

/** Groups in the order in which their first CPUs come. */
export function groupsOf(cpus: readonly Cpu[], key: Key): Cpu[][] {
  const groups = new Map<number | string, Cpu[]>();
  for (const cpu of cpus) {
    const group = groups.get(key(cpu));
    if (group === undefined) groups.set(key(cpu), [cpu]);
    else group.push(cpu);
  }
  return [...groups.values()];
}

/** The CPUs that this process may use. */
export function allowedCpus(topology: Topology): Cpu[] {
  const ids = new Set(topology.allowed);
  return topology.cpus.filter((cpu) => ids.has(cpu.id));
}
