// The recorded machines as the simulation sees them: CPUs in the order in which threads fill them up, and how long a line takes
// between any two.

import { placementIn, topologyOf } from './sources.js';

/**
 * Nanoseconds that a line takes from CPU to CPU, measured on an AMD EPYC 7R13 of two sockets with a CAS back and forth:
 * https://github.com/nviennot/core-to-core-latency (one way; 9.8, 23, 107 and 197 there).
 */
const LATENCIES = { self: 0, smt: 10, cluster: 23, llc: 23, node: 107, remote: 197 };
export const SAME_LLC_NS = LATENCIES.llc;

/** What a placement's distances below the firmware's mean (placement/of-thread.ts of the shim). */
const NEAR = ['self', 'smt', 'cluster', 'llc', 'node'];
export const DISTANCES = ['smt', 'cluster', 'llc', 'node', 'remote'];

const distanceName = (distance) => NEAR[distance] ?? 'remote';

/** A machine's CPUs cache by cache, and within a cache core by core: a thread on each of the first ones. */
export function machineOf(name) {
  const topology = topologyOf(name);
  const cpus = [...topology.cpus].sort((a, b) => a.node - b.node || a.llc - b.llc || a.core - b.core || a.id - b.id);
  const placements = cpus.map(({ id }) => placementIn(topology, [id]));
  const far = placements.map(({ distances }) => cpus.map(({ id }) => distanceName(distances[id])));
  return {
    cpus: cpus.length,
    placements,
    far,
    latencies: far.map((row) => row.map((distance) => LATENCIES[distance])),
  };
}
