// Distances and the order in which a thread should look at others, over every fixture.

import { describe, expect, test } from 'vitest';
import { type Distance, distance, stealRings, type Topology } from '../../dist/index.js';
import { FIXTURES, topologyOf } from '../support/trees.ts';

const NEAR: readonly Distance[] = ['self', 'smt', 'cluster', 'llc', 'node'];

/** Whether a ring at one distance comes before a ring at another, by the words of the documentation. */
function isNearer(a: Distance, b: Distance): boolean {
  if (typeof a === 'number') return typeof b === 'number' && a < b;
  return typeof b === 'number' || NEAR.indexOf(a) < NEAR.indexOf(b);
}

/** What two CPUs share at closest, from the topology's own fields. */
function shared(topology: Topology, a: number, b: number): Distance {
  const [from, to] = [a, b].map((id) => topology.cpus.find((cpu) => cpu.id === id));
  if (from === undefined || to === undefined) throw new Error(`no CPU ${a} or ${b}`);
  if (a === b) return 'self';
  if (from.core === to.core) return 'smt';
  if (from.cluster === to.cluster) return 'cluster';
  if (from.llc === to.llc) return 'llc';
  const row = topology.nodes.find((node) => node.id === from.node)?.distances;
  return from.node === to.node ? 'node' : (row?.get(to.node) ?? Number.NaN);
}

describe.each(FIXTURES)('%s', (name) => {
  const topology = topologyOf(name);
  const ids = topology.cpus.map((cpu) => cpu.id);

  test('rings hold every CPU once', () => {
    for (const id of ids) {
      const rings = stealRings(topology, id);
      expect(rings.flat().sort((a, b) => a - b)).toEqual(ids);
      expect(rings.every((ring) => ring.length > 0)).toBe(true);
    }
  });

  test('a ring is of one distance, and each next one is farther', () => {
    for (const id of ids) {
      const rings = stealRings(topology, id).map((ring) => new Set(ring.map((to) => shared(topology, id, to))));
      expect(rings.map((of) => of.size)).toEqual(rings.map(() => 1));
      const order = rings.flatMap((of) => [...of]);
      expect(order[0]).toBe('self');
      expect(order.every((at, i) => i === 0 || isNearer(order[i - 1] ?? at, at))).toBe(true);
    }
  });
});

describe('the distance', () => {
  test.each([
    ['two sockets', 0, 0, 'self'],
    ['two sockets', 0, 64, 'smt'],
    ['two sockets', 0, 2, 'llc'],
    ['two sockets', 0, 1, 21],
    ['AMD, 8 caches a socket', 0, 8, 'node'],
    ['AMD, 8 caches a socket', 0, 64, 32],
    ['ARM with clusters', 0, 3, 'cluster'],
    ['ARM with clusters', 0, 4, 'llc'],
    ['ARM with clusters', 24, 95, 24],
    ['sub-NUMA clustering', 0, 8, 11],
    ['packages in a node', 0, 7, 'node'],
  ] as const)('on %s from CPU %i to %i is %s', (name, a, b, at) => {
    expect(distance(topologyOf(name), a, b)).toBe(at);
  });

  test('of a CPU that is not online is an error that names it', () => {
    const refusal = expect.objectContaining({ name: 'RangeError', code: 'ERR_SYNCPOOL_SHIM_INVALID_OPTION' });
    const topology = topologyOf('offline CPUs and gaps');
    expect(() => distance(topology, 1, 5)).toThrow(refusal);
    expect(() => stealRings(topology, 5)).toThrow('CPU 5 is not online');
  });
});

describe('the rings', () => {
  test('of a machine whose opposite socket is two hops away have it last', () => {
    const rings = stealRings(topologyOf('four sockets in a ring'), 0);
    expect(rings.map((ring) => ring.length)).toEqual([1, 1, 6, 16, 8]);
    expect(rings.at(-1)).toEqual([8, 9, 10, 11, 24, 25, 26, 27]);
  });

  test('of a hybrid machine have the cores of an L2 first', () => {
    expect(stealRings(topologyOf('hybrid'), 13).slice(0, 2)).toEqual([[13], [12, 14, 15]]);
  });
});
