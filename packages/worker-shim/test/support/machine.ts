// Machines in a few lines each, and the files by which the kernel would show them: the formats of its documentation
// (admin-guide/cputopology, ABI/stable/sysfs-devices-node, ABI/testing/sysfs-devices-system-cpu, cgroup-v1, cgroup-v2).
// Nothing here is shared with the sources: what the reader makes of the files is compared with the description.

/** Text by path below the root. */
export type Files = Record<string, string>;

/** A CPU as the generator sees it. CPUs with equal numbers at a level are a group there. */
export interface FakeCpu {
  id: number;
  core: number;
  cluster: number;
  llc: number;
  die: number;
  package: number;
  node: number;
  kind?: 'performance' | 'efficiency';
  capacity?: number;
  isOffline?: boolean;
}

interface Cgroup {
  version: 1 | 2;
  /** The process's cgroup, in its hierarchy. */
  path: string;
  /** Files by path below the mounts: of `cpu` and `cpuset` in version 1. */
  files: Files;
}

export interface Machine {
  cpus: FakeCpu[];
  /** All nodes, also those without CPUs. Default: those of the CPUs. */
  nodes?: number[];
  /** A row for each of `nodes`. Default: 10 and 20. */
  distances?: number[][];
  /** CPUs of the affinity mask. Default: the online ones. */
  mask?: number[];
  /** What the last-level cache's files name, where that is more than the node's part of it. */
  isLlcAcrossNodes?: boolean;
  caches?: 'L3' | 'L2' | 'L4' | 'none';
  /** Kernels before 5.2 have other names, and neither dies nor clusters. */
  isOldKernel?: boolean;
  /** How Intel's hybrid machines tell the kinds of cores; others give capacities. */
  hasCoreMonitors?: boolean;
  cgroup?: Cgroup;
}

export interface Shape {
  packages?: number;
  nodes?: number;
  llcs?: number;
  clusters?: number;
  cores: number;
  threads?: number;
  /** `blocks`: siblings half of the machine apart. `pairs`: next to each other. `odd-even`: packages in turn, siblings half apart. */
  numbering?: 'blocks' | 'pairs' | 'odd-even';
}

/** CPUs of a regular machine: each count is that of things in one of the level above it. */
export function regular({
  packages = 1,
  nodes = 1,
  llcs = 1,
  clusters = 0,
  cores,
  threads = 1,
  numbering = 'blocks',
}: Shape): FakeCpu[] {
  const perCluster = Math.max(clusters, 1);
  const perPackage = nodes * llcs * perCluster * cores;
  const total = packages * perPackage;
  const idOf = (core: number, thread: number) => {
    if (numbering === 'pairs') return core * threads + thread;
    const place = (core % perPackage) * packages + Math.floor(core / perPackage);
    return (numbering === 'blocks' ? core : place) + thread * total;
  };
  const cpus = Array.from({ length: total * threads }, (_, i) => {
    const core = i % total;
    const cluster = clusters === 0 ? core : Math.floor(core / cores);
    const llc = Math.floor(core / cores / perCluster);
    const node = Math.floor(llc / llcs);
    const pack = Math.floor(node / nodes);
    return { id: idOf(core, Math.floor(i / total)), core, cluster, llc, die: pack, package: pack, node };
  });
  return cpus.sort((a, b) => a.id - b.id);
}

/** A list as the kernel writes it. */
function listOf(ids: readonly number[]): string {
  const runs: number[][] = [];
  for (const id of [...ids].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.at(-1) === id - 1) run.push(id);
    else runs.push([id]);
  }
  return `${runs.map((run) => (run.length === 1 ? `${run[0]}` : `${run[0]}-${run.at(-1)}`)).join(',')}\n`;
}

export function onlineOf(machine: Machine): FakeCpu[] {
  return machine.cpus.filter((cpu) => cpu.isOffline !== true);
}

function cacheFiles(machine: Machine, cpu: FakeCpu): Files {
  const online = onlineOf(machine);
  const mates = (key: 'core' | 'cluster' | 'llc') => listOf(online.flatMap((o) => (o[key] === cpu[key] ? o.id : [])));
  const llcs = machine.isLlcAcrossNodes
    ? listOf(online.flatMap((o) => (o.package === cpu.package ? o.id : [])))
    : mates('llc');
  const split = [
    ['1', 'Data', mates('core')],
    ['1', 'Instruction', mates('core')],
  ];
  const caches = {
    none: [],
    L2: [...split, ['2', 'Unified', mates('core')]],
    L3: [...split, ['2', 'Unified', mates('cluster')], ['3', 'Unified', llcs]],
    // An L4, and the order of its indexes another one than that of the levels.
    L4: [['4', 'Unified', llcs], ...split, ['3', 'Unified', mates('cluster')], ['2', 'Unified', mates('core')]],
  }[machine.caches ?? 'L3'];
  const folder = `sys/devices/system/cpu/cpu${cpu.id}/cache`;
  return Object.fromEntries(
    caches.flatMap(([level, type, list], i) => [
      [`${folder}/index${i}/level`, `${level}\n`],
      [`${folder}/index${i}/type`, `${type}\n`],
      [`${folder}/index${i}/shared_cpu_list`, `${list}`],
    ]),
  );
}

function cpuFiles(machine: Machine, cpu: FakeCpu): Files {
  const folder = `sys/devices/system/cpu/cpu${cpu.id}`;
  const cpus = onlineOf(machine);
  const mates = (key: 'core' | 'cluster' | 'die' | 'package') =>
    listOf(cpus.flatMap((other) => (other[key] === cpu[key] ? other.id : [])));
  const newNames = {
    core_cpus_list: mates('core'),
    cluster_cpus_list: mates('cluster'),
    die_cpus_list: mates('die'),
    package_cpus_list: mates('package'),
  };
  const names = {
    thread_siblings_list: mates('core'),
    core_siblings_list: mates('package'),
    physical_package_id: `${cpu.package}\n`,
    ...(machine.isOldKernel ? {} : newNames),
  };
  return {
    ...Object.fromEntries(Object.entries(names).map(([name, text]) => [`${folder}/topology/${name}`, text])),
    ...(cpu.capacity === undefined ? {} : { [`${folder}/cpu_capacity`]: `${cpu.capacity}\n` }),
    ...cacheFiles(machine, cpu),
  };
}

export function nodesOf(machine: Machine): number[] {
  return machine.nodes ?? [...new Set(machine.cpus.map((cpu) => cpu.node))].sort((a, b) => a - b);
}

function nodeFiles(machine: Machine): Files {
  const folder = 'sys/devices/system/node';
  const ids = nodesOf(machine);
  const files: Files = {
    [`${folder}/online`]: listOf(ids),
    [`${folder}/has_cpu`]: listOf([...new Set(machine.cpus.map((c) => c.node))]),
  };
  ids.forEach((id, i) => {
    const row = machine.distances?.[i] ?? ids.map((other) => (other === id ? 10 : 20));
    files[`${folder}/node${id}/cpulist`] = listOf(onlineOf(machine).flatMap((cpu) => (cpu.node === id ? cpu.id : [])));
    files[`${folder}/node${id}/distance`] = `${row.join(' ')}\n`;
  });
  return files;
}

const ROOT_MOUNT = '22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n';

function cgroupFiles(cgroup: Cgroup | undefined): Files {
  const { version, path, files } = cgroup ?? { version: 2, path: '/user.slice', files: {} };
  const below = Object.entries(files).map(([name, text]) => [`sys/fs/cgroup/${name}`, text]);
  const mount = (i: number, what: string) =>
    `3${i} 25 0:3${i} / /sys/fs/cgroup${what} rw,nosuid,nodev,noexec,relatime shared:${i} - cgroup`;
  const unified = {
    'proc/self/cgroup': `0::${path}\n`,
    'proc/self/mountinfo': `${ROOT_MOUNT}${mount(0, '')}2 cgroup2 rw\n`,
  };
  const split = {
    'proc/self/cgroup': `5:memory:/elsewhere\n4:cpu,cpuacct:${path}\n3:cpuset:${path}\n0::${path}\n`,
    'proc/self/mountinfo': `${ROOT_MOUNT}${mount(1, '/cpu,cpuacct')} cgroup rw,cpu,cpuacct\n${mount(2, '/cpuset')} cgroup rw,cpuset\n`,
  };
  return { ...(version === 2 ? unified : split), ...Object.fromEntries(below) };
}

/** All files of a machine. An offline CPU has a folder and nothing about what it shares. */
export function filesOf(machine: Machine): Files {
  const online = onlineOf(machine);
  const all = machine.cpus.map((cpu) => cpu.id);
  const mask = machine.mask ?? online.map((cpu) => cpu.id);
  const kinds = (kind: FakeCpu['kind']) => listOf(online.flatMap((cpu) => (cpu.kind === kind ? cpu.id : [])));
  const monitors = {
    'sys/devices/cpu_core/cpus': kinds('performance'),
    'sys/devices/cpu_atom/cpus': kinds('efficiency'),
  };
  return {
    'sys/devices/system/cpu/online': listOf(online.map((cpu) => cpu.id)),
    'sys/devices/system/cpu/present': listOf(all),
    'sys/devices/system/cpu/possible': listOf(all),
    'proc/self/status': `Name:\tnode\nThreads:\t11\nCpus_allowed:\tffff\nCpus_allowed_list:\t${listOf(mask)}Mems_allowed_list:\t0\n`,
    ...Object.fromEntries(
      machine.cpus.map((cpu) => [`sys/devices/system/cpu/cpu${cpu.id}/online`, cpu.isOffline ? '0\n' : '1\n']),
    ),
    ...Object.assign({}, ...online.map((cpu) => cpuFiles(machine, cpu))),
    ...nodeFiles(machine),
    ...(machine.hasCoreMonitors ? monitors : {}),
    ...cgroupFiles(machine.cgroup),
  };
}
