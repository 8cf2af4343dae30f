// What a thread can know of its place: the contract with @syncpool/core, which reads it without importing this package.
//
// `globalThis[Symbol.for('@syncpool/placement')]` is set in each thread that was placed; by the launcher before the
// program's own code runs there. Where nothing stands, the thread has no place: treat it as near to nobody and far
// from nobody. The object is frozen; when a thread's place changes, a new object takes its place, and the thread's
// diagnostics channel `@syncpool/placement` says so. Over `@syncpool/placement:renew` anybody in the thread may ask that it be
// looked at again (pin/placed.ts).

import { channel } from 'node:diagnostics_channel';
import type { Topology } from '../topology/topology.ts';

/** Where the placement stands, on each thread's `globalThis`. */
export const PLACEMENT = Symbol.for('@syncpool/placement');

const changed = channel('@syncpool/placement');

/** Distances between CPUs of one node, nearest first; above these, the firmware's distance between nodes, 10 and up. */
const NEAR = { self: 0, smt: 1, cluster: 2, llc: 3, node: 4 } as const;

/** The place of a thread. */
export interface ThreadPlacement {
  /** The place's number in the plan: the worker's, in the order of start. -1 for the main thread, and for one that was pinned without a plan. */
  readonly place: number;
  /** The CPUs that the thread may run on, ascending. */
  readonly cpus: readonly number[];
  /** The first of them; the only one but for the policies that place by groups. */
  readonly cpu: number;
  /** The last-level cache that all of them share, by its lowest CPU id; -1 if they do not share one. */
  readonly llc: number;
  /** The kernel's id of their node; -1 if they are of several. */
  readonly node: number;
  /** How far it is from `cpu` to each CPU of the plan (without one: of the machine), by CPU id: `NEAR`, or 10 and up across nodes. */
  readonly distances: Readonly<Record<number, number>>;
}

/** What has to be known of a CPU for that. All but the node are the lowest CPU id of the group. */
export interface CpuFacts {
  readonly id: number;
  readonly core: number;
  readonly cluster: number;
  readonly llc: number;
  readonly node: number;
}

/** The firmware's distance from one node to another, if it is known. */
export type NodeDistance = (from: number, to: number) => number | undefined;

/** What the firmware says of two nodes of which nothing else is known. */
const ELSEWHERE = 20;

function distanceBetween(a: CpuFacts, b: CpuFacts, ofNodes: NodeDistance): number {
  if (a.id === b.id) return NEAR.self;
  if (a.core === b.core) return NEAR.smt;
  if (a.cluster === b.cluster) return NEAR.cluster;
  if (a.llc === b.llc) return NEAR.llc;
  return a.node === b.node ? NEAR.node : (ofNodes(a.node, b.node) ?? ELSEWHERE);
}

/** What all of them have, or -1. */
function shared(values: readonly (number | undefined)[]): number {
  const [first = -1] = values;
  return values.every((value) => value === first) ? first : -1;
}

/** The placement of a thread on `cpus`, among the CPUs of a plan. */
export function placementOn(
  place: number,
  cpus: readonly number[],
  facts: readonly CpuFacts[],
  ofNodes: NodeDistance,
): ThreadPlacement {
  const byId = new Map(facts.map((fact) => [fact.id, fact]));
  const mine = cpus.map((cpu) => byId.get(cpu));
  const [cpu = -1] = cpus;
  const from = byId.get(cpu);
  return Object.freeze({
    place,
    cpus: Object.freeze([...cpus]),
    cpu,
    llc: shared(mine.map((fact) => fact?.llc)),
    node: shared(mine.map((fact) => fact?.node)),
    distances: Object.freeze(
      Object.fromEntries(
        from === undefined ? [] : facts.map((to): [number, number] => [to.id, distanceBetween(from, to, ofNodes)]),
      ),
    ),
  });
}

/** The placement of a thread on `cpus` of a machine, without a plan. */
export function placementIn({ cpus: facts, nodes }: Topology, cpus: readonly number[]): ThreadPlacement {
  return placementOn(-1, cpus, facts, (from, to) => nodes.find(({ id }) => id === from)?.distances.get(to));
}

/** The calling thread's placement, whoever has published it. */
export function placementHere(): unknown {
  return (globalThis as { [PLACEMENT]?: unknown })[PLACEMENT];
}

/** Puts the calling thread's placement where others of the thread find it, and tells them. */
export function publishPlacement(placement: ThreadPlacement): void {
  (globalThis as { [PLACEMENT]?: ThreadPlacement })[PLACEMENT] = placement;
  changed.publish(placement);
}
