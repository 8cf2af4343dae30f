// What `--verbose` and `--dry-run` print.

import type { Plan } from '../placement/plan.ts';
import { formatCpuList } from '../topology/cpulist.ts';
import type { Topology } from '../topology/topology.ts';

/** What the CPUs of a place have in common, in words. */
function whereabouts(topology: Topology, cpus: readonly number[]): string {
  const found = topology.cpus.filter(({ id }) => cpus.includes(id));
  const names = [
    ['core', found.map(({ core }) => core)],
    ['cache', found.map(({ llc }) => llc)],
    ['node', found.map(({ node }) => node)],
  ] as const;
  return names.flatMap(([name, ids]) => (new Set(ids).size === 1 ? [`${name} ${ids[0]}`] : [])).join(', ');
}

function placeOf(topology: Topology, who: string, cpus: readonly number[]): string {
  return `  ${who.padEnd(12)} CPU ${formatCpuList(cpus).padEnd(8)} ${whereabouts(topology, cpus)}`.trimEnd();
}

/** The plan, a line a worker, and what there is to say about it. */
export function planText(topology: Topology, plan: Plan, isMainPinned: boolean): string {
  const { workers, policy, notes, main } = plan;
  const count = workers.length === 1 ? '1 worker' : `${workers.length} workers`;
  return [
    `${count}, ${policy}, on a machine where this process may use CPU ${formatCpuList(topology.allowed)}`,
    isMainPinned ? placeOf(topology, 'main', main) : `  main thread  not pinned`,
    ...workers.map(({ worker, cpus }) => placeOf(topology, `worker ${worker}`, cpus)),
    ...[...notes, ...topology.warnings].map((note) => `  note: ${note}`),
    '',
  ].join('\n');
}
