// The orders in which CPUs are given to workers. Both put the sibling of a taken CPU behind the free cores, and efficiency cores
// behind performance ones: the first of a cache's (compact), the first of the machine's (spread).

import { type Cpu, groupsOf, type Topology } from '../topology/topology.ts';

/** How late a CPU comes among those that share a cache: by the siblings before it, then by its kind. */
type Tier = (cpu: Cpu) => number;

/** Tiers among these CPUs: a sibling that is not one of them takes nobody's place. */
function tiersOf(cpus: readonly Cpu[]): Tier {
  const before = new Map<Cpu, number>();
  for (const core of groupsOf(cpus, (cpu) => cpu.core)) core.forEach((cpu, i) => void before.set(cpu, i));
  return (cpu) => 2 * (before.get(cpu) ?? 0) + (cpu.kind === 'efficiency' ? 1 : 0);
}

/** CPUs of one node and package: what has a distance to others. */
function regionsOf(cpus: readonly Cpu[]): Cpu[][] {
  return groupsOf(cpus, (cpu) => `${cpu.node} ${cpu.package}`);
}

/** The firmware's distance between regions. Packages of one node are as near as the node's memory. */
function regionDistance(topology: Topology, from: readonly Cpu[], to: readonly Cpu[]): number {
  const node = topology.nodes.find(({ id }) => id === from[0]?.node);
  return node?.distances.get(to[0]?.node ?? -1) ?? Number.POSITIVE_INFINITY;
}

/** Sorts by what `keysOf` says, the earlier keys first. */
function sortBy<T>(items: readonly T[], keysOf: (item: T) => readonly number[]): T[] {
  const keyed = items.map((item) => ({ item, keys: keysOf(item) }));
  keyed.sort((a, b) => {
    const at = a.keys.findIndex((key, i) => key !== b.keys[i]);
    return at < 0 ? 0 : (a.keys[at] ?? 0) - (b.keys[at] ?? 0);
  });
  return keyed.map(({ item }) => item);
}

/** Larger groups first, so that workers are in as few as possible; of equals those with performance cores, then the lowest id. */
function largestFirst(groups: readonly Cpu[][]): Cpu[][] {
  const strong = (group: readonly Cpu[]) => group.filter((cpu) => cpu.kind !== 'efficiency').length;
  return sortBy(groups, (group) => [-strong(group), -group.length, group[0]?.id ?? 0]);
}

/**
 * Neighbours first: the CPUs of one last-level cache, then of the next in the node, then of the node nearest to the first. It starts where
 * the most CPUs are.
 */
export function compactOrder(topology: Topology, cpus: readonly Cpu[]): Cpu[] {
  const tier = tiersOf(cpus);
  const [start = [], ...others] = largestFirst(regionsOf(cpus));
  const isSame = (region: readonly Cpu[]) => (region[0]?.package === start[0]?.package ? 0 : 1);
  const near = sortBy(others, (region) => [regionDistance(topology, start, region), isSame(region)]);
  return [start, ...near].flatMap((region) =>
    largestFirst(groupsOf(region, (cpu) => cpu.llc)).flatMap((llc) =>
      sortBy(llc, (cpu) => [tier(cpu), cpu.cluster, cpu.core, cpu.id]),
    ),
  );
}

/** Regions so that each next one is as far as can be from those before it; of equals in the package that has the fewest of them. */
function farthestFirst(topology: Topology, regions: readonly Cpu[][]): Cpu[][] {
  const [first, ...left] = largestFirst(regions);
  const order = first === undefined ? [] : [first];
  while (left.length > 0) {
    const [next] = sortBy(left, (region) => [
      -Math.min(...order.map((taken) => regionDistance(topology, taken, region))),
      order.filter((taken) => taken[0]?.package === region[0]?.package).length,
      region[0]?.id ?? 0,
    ]);
    if (next === undefined) break;
    left.splice(left.indexOf(next), 1);
    order.push(next);
  }
  return order;
}

/** One of each list in turn. */
function interleave(lists: readonly Cpu[][]): Cpu[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat();
}

/** Within a region: caches in turn, in each cache its clusters in turn. */
function spreadWithin(region: readonly Cpu[]): Cpu[] {
  const llcs = largestFirst(groupsOf(region, (cpu) => cpu.llc));
  return interleave(llcs.map((llc) => interleave(largestFirst(groupsOf(llc, (cpu) => cpu.cluster)))));
}

/** As far apart as can be: nodes in turn, in each node its caches in turn. A core's siblings come after all cores. */
export function spreadOrder(topology: Topology, cpus: readonly Cpu[]): Cpu[] {
  const tier = tiersOf(cpus);
  const tiers = groupsOf(
    sortBy(cpus, (cpu) => [tier(cpu)]),
    tier,
  );
  return tiers.flatMap((inTier) => interleave(farthestFirst(topology, regionsOf(inTier)).map(spreadWithin)));
}
