// Files that are missing or hold something else: the topology gets flatter, a warning names the file, nothing is thrown.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planPlacement, readTopology, stealRings, type Topology } from '../../dist/index.js';
import { topologyFaults } from '../support/invariants.ts';
import type { Files } from '../support/machine.ts';
import { fc } from '../support/property.ts';
import { FIXTURES, type FixtureName, filesOfFixture, rootOf, rootWith, topologyOf } from '../support/trees.ts';

const CPU = 'sys/devices/system/cpu';
const NODE = 'sys/devices/system/node';

/** The topology of a fixture with its files changed: other texts, or gone where the text is undefined. */
function readBroken(name: FixtureName, changes: ReadonlyMap<string, string | undefined>): Topology {
  const root = rootOf(name);
  const original = filesOfFixture(name);
  try {
    for (const [path, text] of changes) {
      if (text === undefined) rmSync(join(root, path), { force: true });
      else writeFileSync(join(root, path), text);
    }
    return readTopology({ root });
  } finally {
    for (const path of changes.keys()) writeFileSync(join(root, path), original[path] ?? '');
  }
}

/** All files whose path matches, as changes to one text. */
function every(name: FixtureName, pattern: RegExp, text?: string): Map<string, string | undefined> {
  const paths = Object.keys(filesOfFixture(name)).filter((path) => pattern.test(path));
  expect(paths.length, `${pattern} matches files`).toBeGreaterThan(0);
  return new Map(paths.map((path) => [path, text]));
}

describe.each(FIXTURES)('%s', (name) => {
  test('is a whole topology', () => {
    expect(topologyFaults(topologyOf(name))).toEqual([]);
  });
});

describe('without a kind of file', () => {
  const groupCount = (topology: Topology, level: 'core' | 'cluster' | 'llc' | 'die' | 'package' | 'node') =>
    new Set(topology.cpus.map((cpu) => cpu[level])).size;

  test.each([
    [
      'core_cpus_list',
      /topology\/(?:core_cpus|thread_siblings)_list$/,
      'core',
      256,
      'cpuN/topology/core_cpus_list (CPU 0-255)',
    ],
    [
      'package_cpus_list',
      /topology\/(?:package_cpus|core_siblings)_list$/,
      'package',
      1,
      'cpuN/topology/package_cpus_list (CPU 0-255)',
    ],
    ['the caches', /cache\//, 'llc', 2, 'cpuN/cache (CPU 0-255)'],
    ['the types of caches', /cache\/index\d\/type$/, 'llc', 2, 'cpu0/cache/index3/type'],
    ['the nodes', /system\/node\//, 'node', 1, 'node/online'],
    ['a node’s list', /node\/node1\/cpulist$/, 'node', 1, 'nodeN/cpulist (CPU 64-127,192-255)'],
  ] as const)('%s it is flatter, and a warning names it', (_, pattern, level, groups, file) => {
    const topology = readBroken('AMD, 8 caches a socket', every('AMD, 8 caches a socket', pattern));
    expect(topologyFaults(topology)).toEqual([]);
    expect(groupCount(topology, level)).toBe(groups);
    expect(topology.warnings.join('\n')).toContain(file);
  });

  test('clusters and dies it is what older kernels have: no warning', () => {
    const topology = readBroken(
      'ARM with clusters',
      every('ARM with clusters', /topology\/(?:cluster|die)_cpus_list$/),
    );
    expect(topologyFaults(topology)).toEqual([]);
    expect([groupCount(topology, 'cluster'), groupCount(topology, 'die')]).toEqual([96, 2]);
    expect(topology.warnings).toEqual([]);
  });

  test('the distances are assumed', () => {
    const topology = readBroken('sub-NUMA clustering', every('sub-NUMA clustering', /node2\/distance$/));
    expect([...(topology.nodes[2]?.distances.values() ?? [])]).toEqual([20, 20, 10, 20]);
    expect(topology.warnings).toEqual([
      '/sys/devices/system/node/node2/distance: missing; 20 to each other node is assumed',
    ]);
  });

  test('the list of online CPUs or nodes, folders stand for them', () => {
    const files = { ...filesOfFixture('nodes without CPUs') };
    delete files[`${CPU}/online`];
    delete files[`${NODE}/online`];
    const topology = readTopology({ root: rootWith(files) });
    expect(topology.cpus).toEqual(topologyOf('nodes without CPUs').cpus);
    expect(topology.nodes).toEqual(topologyOf('nodes without CPUs').nodes);
    expect(topology.warnings).toHaveLength(2);
  });

  test('for a CPU or node that is listed as online, that one is left out', () => {
    const listed = new Map([CPU, NODE].map((folder) => [`${folder}/online`, '0-8000']));
    const topology = readBroken('four sockets in a ring', listed);
    expect([topology.cpus, topology.nodes]).toEqual([
      topologyOf('four sockets in a ring').cpus,
      topologyOf('four sockets in a ring').nodes,
    ]);
    expect(topology.warnings).toHaveLength(2);
  });

  test('any of /sys, the affinity mask stands for the CPUs', () => {
    const files: Files = { 'proc/self/status': 'Cpus_allowed_list:\t2-3,9\n' };
    const topology = readTopology({ root: rootWith(files) });
    expect(topologyFaults(topology)).toEqual([]);
    expect(topology.cpus.map((cpu) => [cpu.id, cpu.core, cpu.llc, cpu.node])).toEqual([
      [2, 2, 2, 0],
      [3, 3, 2, 0],
      [9, 9, 2, 0],
    ]);
  });

  test('any file at all, it is flat and says so', () => {
    const topology = readTopology({ root: rootWith({}) });
    expect(topology.system).toBe('flat');
    expect(topologyFaults(topology)).toEqual([]);
    expect(topology.warnings.join('\n')).toContain('/sys/devices/system/cpu/online: names no CPU; none is known');
  });
});

describe('a malformed file is named', () => {
  test.each([
    `${CPU}/online`,
    `${CPU}/cpu0/topology/core_cpus_list`,
    `${CPU}/cpu0/topology/cluster_cpus_list`,
    `${CPU}/cpu0/topology/die_cpus_list`,
    `${CPU}/cpu0/topology/package_cpus_list`,
    `${CPU}/cpu0/cache/index3/type`,
    `${CPU}/cpu0/cache/index3/level`,
    `${CPU}/cpu0/cache/index3/shared_cpu_list`,
    `${NODE}/online`,
    `${NODE}/node1/cpulist`,
    `${NODE}/node1/distance`,
    'proc/self/status',
    'sys/fs/cgroup/kubepods.slice/pod.slice/cpu.max',
    'sys/fs/cgroup/kubepods.slice/pod.slice/app.scope/cpuset.cpus.effective',
  ])('%s', (path) => {
    const topology = readBroken('container', new Map([[path, '\u0000\u0007nonsense 1-x']]));
    expect(topologyFaults(topology)).toEqual([]);
    expect(topology.warnings.filter((line) => line.startsWith(`/${path}: `))).not.toEqual([]);
  });
});

describe('a list that contradicts the others', () => {
  test.each([
    ['a core across packages', `${CPU}/cpu0/topology/core_cpus_list`, '0-7', 'reaches outside of the package or node'],
    ['a list without its own CPU', `${CPU}/cpu0/topology/core_cpus_list`, '5', 'does not name CPU 0 itself'],
    ['a CPU in two nodes', `${NODE}/node1/cpulist`, '0-15', 'names CPUs of an earlier node'],
    ['a row of distances too short', `${NODE}/node1/distance`, '10', 'is not 4 distances'],
  ])('%s: the groups still nest', (_, path, text, warning) => {
    const name = path.includes('node') ? 'sub-NUMA clustering' : 'two sockets';
    const topology = readBroken(name, new Map([[path, text]]));
    expect(topologyFaults(topology)).toEqual([]);
    expect(topology.warnings.join('\n')).toContain(warning);
  });
});

test('a CPU that two nodes name is of the first', () => {
  const topology = readBroken('sub-NUMA clustering', new Map([[`${NODE}/node1/cpulist`, '0-15']]));
  expect(topology.nodes.map((node) => node.cpus.slice(0, 2))).toEqual([
    [0, 1],
    [8, 9],
    [16, 17],
    [24, 25],
  ]);
});

describe('files broken at random', () => {
  const texts = fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '',
        '\n',
        '0',
        '1',
        '0-3',
        '-1',
        '0-65535',
        '99999999999999999999',
        '3-1',
        'max',
        '0x1f',
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    { weight: 1, arbitrary: fc.stringMatching(/^[\d,-]{0,12}$/) },
  );

  test.each(FIXTURES)('%s: nothing is thrown, and the topology is whole', { timeout: 120_000 }, (name) => {
    const paths = Object.keys(filesOfFixture(name));
    const few = fc
      .uniqueArray(fc.nat(paths.length - 1), { maxLength: 12 })
      .map((chosen) => chosen.map((i) => paths[i] ?? ''));
    const kinds = [...new Set(paths.map((path) => path.replace(/^.*\//, '')))];
    const kind = fc.constantFrom(...kinds).map((end) => paths.filter((path) => path.endsWith(`/${end}`)));
    const changes = fc.tuple(fc.oneof(few, kind), fc.array(texts, { minLength: 1, maxLength: 5 }));
    fc.assert(
      fc.property(changes, fc.nat(), ([broken, as], at) => {
        const topology = readBroken(name, new Map(broken.map((path, i) => [path, as[i % as.length]])));
        expect(topologyFaults(topology)).toEqual([]);
        const cpu = topology.cpus[at % topology.cpus.length]?.id ?? 0;
        expect(
          stealRings(topology, cpu)
            .flat()
            .sort((a, b) => a - b),
        ).toEqual(topology.cpus.map((other) => other.id));
        expect(planPlacement(topology, { workers: 3, policy: 'spread' }).workers).toHaveLength(3);
      }),
      { numRuns: 25 },
    );
  });
});
