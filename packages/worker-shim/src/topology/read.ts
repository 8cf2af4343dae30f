// Reads the topology of this machine. On Linux from the kernel's file systems; elsewhere, and where they tell nothing, a flat
// one: the number of CPUs, all alike.

import { availableParallelism } from 'node:os';
import { outOfRange, show, wrongType } from '../errors.ts';
import { type CpuLimits, readCpuLimits } from './cgroup.ts';
import { onlineCpus, readCpus } from './cpus.ts';
import { readCpuList } from './cpulist.ts';
import { readNodes } from './nodes.ts';
import { Sysfs } from './sysfs.ts';
import type { Cpu, Topology } from './topology.ts';

const STATUS = '/proc/self/status';

/** The process's affinity mask, which is that of its main thread. */
function readMask(sysfs: Sysfs): readonly number[] | undefined {
  const status = sysfs.text(STATUS);
  const [, text = ''] = /^Cpus_allowed_list:(.*)$/m.exec(status ?? '') ?? [];
  const mask = readCpuList(text);
  if (mask !== undefined && mask.length > 0) return mask;
  sysfs.warn(STATUS, 'has no Cpus_allowed_list; every online CPU counts as allowed');
  return undefined;
}

/** The online CPUs that mask and cpuset allow. One that would leave none is from elsewhere, and is left out. */
function allowedOf(
  sysfs: Sysfs,
  online: readonly number[],
  mask: readonly number[] | undefined,
  limits: CpuLimits,
): readonly number[] {
  let allowed = online;
  for (const [file, list] of [
    [STATUS, mask],
    ['cpuset of /proc/self/cgroup', limits.cpuset],
  ] as const) {
    const listed = new Set(list ?? allowed);
    const rest = allowed.filter((cpu) => listed.has(cpu));
    if (rest.length > 0) allowed = rest;
    else sysfs.warn(file, 'allows no CPU that is online and allowed otherwise; left out');
  }
  return allowed;
}

/** A machine of which only the number of CPUs is known: they count as cores that share everything. */
function flatTopology(count: number, warnings: readonly string[]): Topology {
  const allowed = Array.from({ length: count }, (_, id) => id);
  const cpus: Cpu[] = allowed.map((id) => ({ id, core: id, cluster: id, llc: 0, die: 0, package: 0, node: 0, smt: 0 }));
  return { system: 'flat', cpus, allowed, nodes: [{ id: 0, cpus: allowed, distances: new Map([[0, 10]]) }], warnings };
}

function linuxTopology(root: string): Topology {
  const sysfs = new Sysfs(root);
  const mask = readMask(sysfs);
  const online = onlineCpus(sysfs, mask);
  if (online === undefined) return flatTopology(availableParallelism(), sysfs.warnings());
  const { nodes, nodeOf } = readNodes(sysfs, online);
  const cpus = readCpus(sysfs, online, nodeOf);
  const limits = readCpuLimits(sysfs);
  const allowed = allowedOf(sysfs, online, mask, limits);
  const quota = limits.quotaCpus === undefined ? {} : { quotaCpus: limits.quotaCpus };
  return { system: 'linux', cpus, allowed, nodes, ...quota, warnings: sysfs.warnings() };
}

/**
 * What this machine looks like to this process, read anew at each call: 10 to 20 ms on a machine of 256 CPUs. Missing and
 * malformed files make it flatter and leave a warning; it throws for nothing but a wrong `root`. Read it before anything is pinned: what the
 * process may use is its main thread's mask, and pinning that narrows it. `root` stands for `/`, for trees
 * recorded on another machine. On macOS and Windows, without a `root`, the topology is flat.
 */
export function readTopology(options: { readonly root?: string } = {}): Topology {
  if (typeof options !== 'object' || options === null)
    throw wrongType(`options must be an object, not ${show(options)}`);
  const { root } = options;
  if (root !== undefined && typeof root !== 'string')
    throw wrongType(`root must be a folder's path, not ${show(root)}`);
  if (root === '') throw outOfRange('root must be a folder\'s path, not ""');
  if (root === undefined && process.platform !== 'linux') return flatTopology(availableParallelism(), []);
  return linuxTopology(root ?? '/');
}
