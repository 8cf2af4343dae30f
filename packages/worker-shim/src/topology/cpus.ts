// The CPUs of a Linux machine and what they share, from /sys/devices/system/cpu. The kernel's own rules where levels
// disagree (cpu_coregroup_mask in drivers/base/arch_topology.c): a last-level cache ends at its node, because
// sub-NUMA clustering splits a cache that the files call one; and it is at least a cluster, because some ARM machines
// report no cache that cores share.

import { apart, type Grouping, type Groups, groupBy, intersect, membersOf } from './groups.ts';
import type { Sysfs } from './sysfs.ts';
import type { Cpu } from './topology.ts';

const CPU_FOLDER = '/sys/devices/system/cpu';

/** CPUs with less than this share of the strongest one's capacity are efficiency cores: of three kinds, the smallest. */
const EFFICIENCY_SHARE = 2 / 3;

/** The online CPUs, from the first source that has any; undefined if none has. */
export function onlineCpus(sysfs: Sysfs, mask: readonly number[] | undefined): readonly number[] | undefined {
  const online = sysfs.listWithFolders(`${CPU_FOLDER}/online`, CPU_FOLDER, 'cpu');
  if (online !== undefined) return online;
  const folders = sysfs.numbered(CPU_FOLDER, 'cpu');
  const cpus = folders.length > 0 ? folders : mask;
  const instead = folders.length > 0 ? `those with a folder in ${CPU_FOLDER}` : 'those of the affinity mask';
  sysfs.warn(`${CPU_FOLDER}/online`, `names no CPU; ${cpus === undefined ? 'none is known' : `${instead} are taken`}`);
  return cpus;
}

/** A list of a CPU's topology folder, under the first of its names that is there: kernels before 5.2 have other names. */
function topologyList(sysfs: Sysfs, cpu: number, names: readonly string[]): readonly number[] | undefined {
  for (const name of names) {
    const path = `${CPU_FOLDER}/cpu${cpu}/topology/${name}`;
    const list = sysfs.list(path);
    if (list?.includes(cpu)) return list;
    if (list !== undefined) sysfs.warn(path, `does not name CPU ${cpu} itself`);
  }
  return undefined;
}

/** The level of one of a CPU's caches: 0 for one that holds only data or only instructions, and for one that cannot be told. */
function unifiedLevel(sysfs: Sysfs, path: string): number {
  const type = sysfs.text(`${path}/type`) ?? '';
  if (type === 'Data' || type === 'Instruction') return 0;
  const level = sysfs.text(`${path}/level`) ?? '';
  if (type === 'Unified' && /^[1-9]$/.test(level)) return Number(level);
  const [file, text] = type === 'Unified' ? ['level', level] : ['type', type];
  sysfs.malformed(`${path}/${file}`, text, `a cache's ${file}; the cache is left out`);
  return 0;
}

/** Who shares a CPU's last-level cache: its highest unified one. Which index that has differs by machine. */
function cacheList(sysfs: Sysfs, cpu: number): readonly number[] | undefined {
  const folder = `${CPU_FOLDER}/cpu${cpu}/cache`;
  const caches = sysfs.numbered(folder, 'index').map((index) => `${folder}/index${index}`);
  const unified = caches.map((path) => ({ path, level: unifiedLevel(sysfs, path) })).filter(({ level }) => level > 0);
  for (const { path } of unified.sort((a, b) => b.level - a.level)) {
    const list = sysfs.list(`${path}/shared_cpu_list`);
    if (list?.includes(cpu)) return list;
    sysfs.warn(`${path}/shared_cpu_list`, `does not name CPU ${cpu} itself; the cache is left out`);
  }
  return undefined;
}

/** Notes what a level's lists lack, if the kernel of any machine would have them. */
function noteFaults(
  sysfs: Sysfs,
  file: string,
  { unlisted, crossing }: Grouping,
  instead: string,
  outer?: string,
): void {
  const path = `${CPU_FOLDER}/cpuN/${file}`;
  if (unlisted.length > 0) sysfs.warn(path, `missing; ${instead}`, unlisted);
  if (outer !== undefined && crossing.length > 0) sysfs.warn(path, `reaches outside of ${outer}; cut there`, crossing);
}

/** The kinds of cores: Intel's have a performance monitor each, others differ in capacity. */
function kindsOf(sysfs: Sysfs, cpus: readonly number[]): (cpu: number) => Cpu['kind'] {
  const strong = sysfs.list('/sys/devices/cpu_core/cpus');
  const weak = sysfs.list('/sys/devices/cpu_atom/cpus');
  if (strong?.length && weak?.length) {
    return (cpu) => (strong.includes(cpu) ? 'performance' : weak.includes(cpu) ? 'efficiency' : undefined);
  }
  const capacities = new Map<number, number>();
  for (const cpu of cpus) {
    const path = `${CPU_FOLDER}/cpu${cpu}/cpu_capacity`;
    const text = sysfs.text(path);
    if (text === undefined) break; // a kernel has it for all CPUs or for none
    if (/^[1-9]\d{0,5}$/.test(text)) capacities.set(cpu, Number(text));
    else sysfs.malformed(path, text, 'a capacity');
  }
  const least = Math.max(...capacities.values()) * EFFICIENCY_SHARE;
  const isWeak = (cpu: number) => (capacities.get(cpu) ?? Number.POSITIVE_INFINITY) < least;
  if (!cpus.some(isWeak)) return () => undefined;
  return (cpu) => (isWeak(cpu) ? 'efficiency' : 'performance');
}

interface Levels {
  readonly core: Groups;
  readonly cluster: Groups;
  readonly llc: Groups;
  readonly die: Groups;
  readonly package: Groups;
}

function readLevels(sysfs: Sysfs, ids: readonly number[], nodeOf: Groups): Levels {
  const single = apart(ids);
  const machine: Groups = new Map(ids.map((cpu) => [cpu, 0]));
  const lists = (names: string[]) => (cpu: number) => topologyList(sysfs, cpu, names);

  const listOfPackage = lists(['package_cpus_list', 'core_siblings_list']);
  const packages = groupBy({ listOf: listOfPackage, within: machine, inner: single, fallback: machine });
  noteFaults(sysfs, 'topology/package_cpus_list', packages, 'one package is assumed');
  const region = intersect(packages.groups, nodeOf);

  const listOfCore = lists(['core_cpus_list', 'thread_siblings_list']);
  const cores = groupBy({ listOf: listOfCore, within: region, inner: single, fallback: single });
  noteFaults(sysfs, 'topology/core_cpus_list', cores, 'each CPU counts as a core', 'the package or node');
  const core = cores.groups;

  // Clusters and dies came with Linux 5.16 and 5.2: that a machine does not tell them is no fault.
  const listOfCluster = lists(['cluster_cpus_list']);
  const cluster = groupBy({ listOf: listOfCluster, within: region, inner: core, fallback: core }).groups;
  const listOfDie = lists(['die_cpus_list']);
  const within = packages.groups;
  const die = groupBy({ listOf: listOfDie, within, inner: core, fallback: within }).groups;

  const listOfLlc = (cpu: number) => cacheList(sysfs, cpu);
  const llcs = groupBy({ listOf: listOfLlc, within: region, inner: cluster, fallback: region });
  noteFaults(sysfs, 'cache', llcs, "one last-level cache for the package's CPUs of a node is assumed");
  return { core, cluster, llc: llcs.groups, die, package: packages.groups };
}

/** The CPUs with all that they share, given the node of each. */
export function readCpus(sysfs: Sysfs, ids: readonly number[], nodeOf: ReadonlyMap<number, number>): Cpu[] {
  const levels = readLevels(sysfs, ids, nodeOf);
  const threads = membersOf(levels.core);
  const kindOf = kindsOf(sysfs, ids);
  return ids.map((id) => {
    const core = levels.core.get(id) ?? id;
    const kind = kindOf(id);
    return {
      id,
      core,
      cluster: levels.cluster.get(id) ?? id,
      llc: levels.llc.get(id) ?? id,
      die: levels.die.get(id) ?? id,
      package: levels.package.get(id) ?? id,
      node: nodeOf.get(id) ?? 0,
      smt: threads.get(core)?.indexOf(id) ?? 0,
      ...(kind === undefined ? {} : { kind }),
    };
  });
}
