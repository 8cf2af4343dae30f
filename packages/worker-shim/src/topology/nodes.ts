// The NUMA nodes of a Linux machine, from /sys/devices/system/node: which CPUs are near which memory, and how far the nodes are from each
// other. Nodes without CPUs exist: memory behind CXL, or the fast memory of some packages.

import type { Sysfs } from './sysfs.ts';
import type { NumaNode } from './topology.ts';

const NODE_FOLDER = '/sys/devices/system/node';

/** The kernel's LOCAL_DISTANCE and REMOTE_DISTANCE: what firmware without a table of distances gets. */
const LOCAL = 10;
const REMOTE = 20;
/** The largest distance of a firmware table, "unreachable". */
const FARTHEST = 255;

/** The nodes, and the node id of every CPU. */
export interface Nodes {
  readonly nodes: readonly NumaNode[];
  readonly nodeOf: ReadonlyMap<number, number>;
}

function onlineNodes(sysfs: Sysfs): readonly number[] {
  const path = `${NODE_FOLDER}/online`;
  const online = sysfs.listWithFolders(path, NODE_FOLDER, 'node');
  if (online !== undefined) return online;
  const folders = sysfs.numbered(NODE_FOLDER, 'node');
  if (folders.length > 0) sysfs.warn(path, `names no node; those with a folder in ${NODE_FOLDER} are taken`);
  else sysfs.warn(path, 'names no node; all CPUs count as one node');
  return folders.length > 0 ? folders : [0];
}

/** A node's row of distances, one for each online node in the order of their ids. */
function distancesOf(sysfs: Sysfs, id: number, ids: readonly number[]): Map<number, number> {
  const path = `${NODE_FOLDER}/node${id}/distance`;
  const text = sysfs.text(path);
  const row = text === undefined ? [] : text.split(/\s+/).map(Number);
  const isRow = row.length === ids.length && row.every((d) => Number.isInteger(d) && d >= LOCAL && d <= FARTHEST);
  if (!isRow && ids.length > 1) {
    const instead = `${REMOTE} to each other node is assumed`;
    if (text === undefined) sysfs.warn(path, `missing; ${instead}`);
    else sysfs.malformed(path, text, `${ids.length} distances from ${LOCAL} to ${FARTHEST}; ${instead}`);
  }
  const assumed = (other: number) => (other === id ? LOCAL : REMOTE);
  return new Map(ids.map((other, i) => [other, (isRow ? row[i] : undefined) ?? assumed(other)]));
}

/** The node of each CPU: the first whose list names it. CPUs in no list go to the first node. */
function assign(sysfs: Sysfs, cpus: readonly number[], ids: readonly number[]): Map<number, number> {
  const nodeOf = new Map<number, number>();
  const known = new Set(cpus);
  for (const id of ids) {
    const path = `${NODE_FOLDER}/node${id}/cpulist`;
    const list = sysfs.list(path)?.filter((cpu) => known.has(cpu)) ?? [];
    const taken = list.filter((cpu) => nodeOf.has(cpu));
    if (taken.length > 0) sysfs.warn(path, 'names CPUs of an earlier node; they stay there', taken);
    for (const cpu of list) if (!nodeOf.has(cpu)) nodeOf.set(cpu, id);
  }
  const homeless = cpus.filter((cpu) => !nodeOf.has(cpu));
  const first = ids[0] ?? 0;
  for (const cpu of homeless) nodeOf.set(cpu, first);
  const isUnknown = homeless.length === cpus.length && ids.length === 1;
  if (homeless.length > 0 && !isUnknown) {
    sysfs.warn(`${NODE_FOLDER}/nodeN/cpulist`, `named by no node; node ${first} is assumed`, homeless);
  }
  return nodeOf;
}

/** Reads the nodes of a machine with these online CPUs. */
export function readNodes(sysfs: Sysfs, cpus: readonly number[]): Nodes {
  const ids = onlineNodes(sysfs);
  const nodeOf = assign(sysfs, cpus, ids);
  const nodes = ids.map((id) => ({
    id,
    cpus: cpus.filter((cpu) => nodeOf.get(cpu) === id),
    distances: distancesOf(sysfs, id, ids),
  }));
  return { nodes, nodeOf };
}
