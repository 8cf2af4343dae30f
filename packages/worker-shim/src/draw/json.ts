// A machine for programs.

import type { Topology } from '../topology/topology.ts';
import type { Pinned } from './parts.ts';

/**
 * The topology as JSON text, with `pinned`: names of threads by CPU id. The distances of a node are an object by node id. CPUs are a line
 * each, so that a difference between two machines shows as one.
 */
export function drawJson(topology: Topology, pinned: Pinned = new Map()): string {
  const { cpus, nodes, ...rest } = topology;
  const lines = (items: readonly unknown[]) =>
    `[\n    ${items.map((item) => JSON.stringify(item)).join(',\n    ')}\n  ]`;
  const rows = nodes.map((node) => ({ ...node, distances: Object.fromEntries(node.distances) }));
  const fields = { ...rest, pinned: Object.fromEntries(pinned) };
  const others = Object.entries(fields).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${[`  "cpus": ${lines(cpus)}`, `  "nodes": ${lines(rows)}`, ...others].join(',\n')}\n}\n`;
}
