// The plan of a launch, and what the processes below need of it.

import { type Plan, planPlacement } from '../placement/plan.ts';
import type { Topology } from '../topology/topology.ts';
import type { LaunchOptions } from './arguments.ts';
import type { Briefing } from './briefing.ts';

/** How many different places a plan has. */
function placesIn({ workers }: Plan): number {
  return new Set(workers.map(({ cpus }) => cpus.join())).size;
}

/** The plan for as many workers as are asked for, or as there are CPUs for. */
export function planFor(topology: Topology, launch: LaunchOptions): Plan {
  const { workers, policy, cpus, keepMainFree, skipSmt } = launch;
  const options = { policy, keepMainFree, skipSmt, ...(cpus === undefined ? {} : { cpus }) };
  if (workers !== undefined) return planPlacement(topology, { ...options, workers });
  const most = planPlacement(topology, { ...options, workers: Math.max(1, topology.allowed.length) });
  // One a CPU; where a group is a place, as many in it as it has CPUs.
  const isGrouped = policy === 'per-llc' || policy === 'per-node';
  const sizes = new Map(most.workers.map(({ cpus: group }) => [group.join(), group.length]));
  const fitting = isGrouped ? [...sizes.values()].reduce((sum, size) => sum + size, 0) : placesIn(most);
  return fitting >= most.workers.length ? most : planPlacement(topology, { ...options, workers: fitting });
}

/** What a process below the launcher has to know. */
export function briefingOf(topology: Topology, plan: Plan, { keepMainFree, verbose }: LaunchOptions): Briefing {
  const planned = new Set([...plan.workers.flatMap(({ cpus }) => cpus), ...(keepMainFree ? plan.main : [])]);
  const cpus = topology.cpus.filter(({ id }) => planned.has(id));
  const nodes = new Set(cpus.map(({ node }) => node));
  return {
    places: plan.workers.map((worker) => worker.cpus),
    main: keepMainFree ? plan.main : undefined,
    allowed: topology.allowed,
    cpus: cpus.map(({ id, core, cluster, llc, node }) => ({ id, core, cluster, llc, node })),
    nodes: topology.nodes
      .filter(({ id }) => nodes.has(id))
      .flatMap(({ id, distances }) =>
        [...distances].filter(([to]) => nodes.has(to)).map(([to, far]) => [id, to, far] as const),
      ),
    verbose,
  };
}
