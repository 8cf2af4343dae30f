// How far apart CPUs are, and the order in which a thread on one should look at the others: the nearest first.

import { outOfRange, show } from '../errors.ts';
import type { Cpu, Topology } from './topology.ts';

/**
 * From near to far: the same CPU, an SMT sibling, the same cluster, the same last-level cache, the same node, and for
 * other nodes the firmware's number.
 */
export type Distance = 'self' | 'smt' | 'cluster' | 'llc' | 'node' | number;

const NEAR: readonly Distance[] = ['self', 'smt', 'cluster', 'llc', 'node'];

function cpuOf(topology: Topology, id: number): Cpu {
  const cpu = topology.cpus.find((candidate) => candidate.id === id);
  if (cpu === undefined) throw outOfRange(`CPU ${show(id)} is not online on this machine`);
  return cpu;
}

function between(topology: Topology, a: Cpu, b: Cpu): Distance {
  if (a.id === b.id) return 'self';
  if (a.core === b.core) return 'smt';
  if (a.cluster === b.cluster) return 'cluster';
  if (a.llc === b.llc) return 'llc';
  if (a.node === b.node) return 'node';
  return topology.nodes.find((node) => node.id === a.node)?.distances.get(b.node) ?? Number.POSITIVE_INFINITY;
}

/** The distance from one online CPU to another. Firmware may give another number for the way back. */
export function distance(topology: Topology, a: number, b: number): Distance {
  return between(topology, cpuOf(topology, a), cpuOf(topology, b));
}

/** Distances as numbers in their order: the near ones below zero, so that no other node comes between them. */
function rank(value: Distance): number {
  return typeof value === 'number' ? value : NEAR.indexOf(value) - NEAR.length;
}

/**
 * All online CPUs in rings of equal distance from one, the nearest ring first, ids ascending in each. The first ring is
 * the CPU itself: where there are more threads than CPUs, another thread may be there.
 */
export function stealRings(topology: Topology, cpu: number): readonly (readonly number[])[] {
  const from = cpuOf(topology, cpu);
  const rings = new Map<number, number[]>();
  for (const to of topology.cpus) {
    const at = rank(between(topology, from, to));
    const ring = rings.get(at);
    if (ring === undefined) rings.set(at, [to.id]);
    else ring.push(to.id);
  }
  return [...rings].sort(([a], [b]) => a - b).map(([, ring]) => ring);
}
