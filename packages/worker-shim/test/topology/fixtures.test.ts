// What is read from each fixture's files, against the description that the files were made from.

import { describe, expect, test } from 'vitest';
import type { Cpu } from '../../dist/index.js';
import { readTopology } from '../../dist/index.js';
import { MACHINE_NAMES, MACHINES } from '../fixtures/machines.ts';
import { type FakeCpu, filesOf, type Machine, nodesOf, onlineOf } from '../support/machine.ts';
import { rootWith, topologyOf } from '../support/trees.ts';

const LEVELS = ['core', 'cluster', 'llc', 'die', 'package'] as const;

/** The description's CPUs with groups named by their lowest online CPU. */
function expectedCpus(machine: Machine): Cpu[] {
  const online = onlineOf(machine).sort((a, b) => a.id - b.id);
  const mates = (cpu: FakeCpu, key: (typeof LEVELS)[number]) => online.filter((other) => other[key] === cpu[key]);
  return online.map((cpu) => {
    const [core, cluster, llc, die, pack] = LEVELS.map((key) => mates(cpu, key)[0]?.id ?? -1) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const smt = mates(cpu, 'core').indexOf(cpu);
    const kind = cpu.kind === undefined ? {} : { kind: cpu.kind };
    return { id: cpu.id, core, cluster, llc, die, package: pack, node: cpu.node, smt, ...kind };
  });
}

describe.each(MACHINE_NAMES)('%s', (name) => {
  const machine: Machine = MACHINES[name];
  const topology = topologyOf(name);

  test('has its CPUs in their groups', () => {
    expect(topology.system).toBe('linux');
    expect(topology.cpus).toEqual(expectedCpus(machine));
  });

  test('has its nodes and their distances', () => {
    const ids = nodesOf(machine);
    expect(topology.nodes.map((node) => node.id)).toEqual(ids);
    for (const [i, node] of topology.nodes.entries()) {
      expect(node.cpus).toEqual(topology.cpus.filter((cpu) => cpu.node === node.id).map((cpu) => cpu.id));
      const row = machine.distances?.[i] ?? ids.map((id) => (id === node.id ? 10 : 20));
      expect([...node.distances]).toEqual(ids.map((id, at) => [id, row[at]]));
    }
  });

  test('warns of what is missing and of nothing else', () => {
    const isVm = name === 'VM without cache files';
    expect(topology.warnings).toEqual(
      isVm
        ? [
            "/sys/devices/system/cpu/cpuN/cache (CPU 0-3): missing; one last-level cache for the package's CPUs of a node is assumed",
          ]
        : [],
    );
  });
});

describe('what this process may use', () => {
  test('is every online CPU where nothing limits it', () => {
    const { allowed, cpus, quotaCpus } = topologyOf('offline CPUs and gaps');
    expect(allowed).toEqual(cpus.map((cpu) => cpu.id));
    expect(quotaCpus).toBeUndefined();
  });

  test('is what mask and cpuset have in common, and the tightest quota of an ancestor', () => {
    const { allowed, quotaCpus } = topologyOf('container');
    expect(allowed).toEqual([8, 10, 12, 14, 72, 74, 76]);
    expect(quotaCpus).toBe(2.5);
  });

  test('is told by version 1 too', () => {
    const { allowed, quotaCpus } = topologyOf('container, cgroup v1');
    expect(allowed).toEqual([0, 1, 2, 3, 8, 9]);
    expect(quotaCpus).toBe(3);
  });

  test('comes from the nearest ancestor with a cpuset', () => {
    const files = filesOf(MACHINES.container);
    delete files['sys/fs/cgroup/kubepods.slice/pod.slice/app.scope/cpuset.cpus.effective'];
    expect(readTopology({ root: rootWith(files) }).allowed).toEqual([8, 9, 10, 12, 14, 72, 74, 76]);
  });

  test('is found where a mount shows the container at its top, and where the path is the host’s', () => {
    const files = filesOf({
      ...MACHINES['one socket'],
      cgroup: { version: 2, path: '/', files: { 'cpu.max': '50000 100000\n' } },
    });
    expect(readTopology({ root: rootWith(files) }).quotaCpus).toBe(0.5);
    const outside = { ...files, 'proc/self/cgroup': '0::/../../pod/app\n' };
    expect(readTopology({ root: rootWith(outside) }).quotaCpus).toBe(0.5);
  });

  test('does not shrink to nothing: a cpuset of other CPUs is left out with a warning', () => {
    const cgroup = { version: 2 as const, path: '/a', files: { 'a/cpuset.cpus.effective': '100-103\n' } };
    const topology = readTopology({ root: rootWith(filesOf({ ...MACHINES['one socket'], cgroup })) });
    expect(topology.allowed).toHaveLength(16);
    expect(topology.warnings).toEqual([
      'cpuset of /proc/self/cgroup: allows no CPU that is online and allowed otherwise; left out',
    ]);
  });

  test.each(['max 100000', '-5 100000', '100000 0', 'x', ''])('has no quota of %j', (text) => {
    const cgroup = { version: 2 as const, path: '/a', files: { 'a/cpu.max': `${text}\n` } };
    const topology = readTopology({ root: rootWith(filesOf({ ...MACHINES['one socket'], cgroup })) });
    expect(topology.quotaCpus).toBeUndefined();
    expect(topology.warnings.filter((line) => line.startsWith('/sys/fs/cgroup/a/cpu.max'))).toHaveLength(
      text.startsWith('max') ? 0 : 1,
    );
  });
});
