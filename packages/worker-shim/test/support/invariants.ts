// What holds for every topology, however broken the files were that it was read from.

import type { Cpu, Topology } from '../../dist/index.js';

const LEVELS = ['core', 'cluster', 'llc', 'die', 'package'] as const;

function isAscending(ids: readonly number[]): boolean {
  return ids.every((id, i) => Number.isInteger(id) && id > (i === 0 ? -1 : (ids[i - 1] ?? 0)));
}

/** Groups that are not named by their lowest CPU. */
function misnamed(cpus: readonly Cpu[]): string[] {
  return LEVELS.flatMap((level) => {
    const first = new Map(cpus.map((cpu) => [cpu[level], cpu.id] as const).reverse());
    return cpus.flatMap((cpu) => {
      const lowest = first.get(cpu[level]);
      return lowest === cpu[level] ? [] : [`CPU ${cpu.id}: ${level} ${cpu[level]}, whose lowest is ${lowest}`];
    });
  });
}

/** Pairs of CPUs that share the first and not the second: cores cut by caches, caches by nodes. */
function uncontained(cpus: readonly Cpu[]): string[] {
  const pairs = [
    ['core', 'cluster'],
    ['cluster', 'llc'],
    ['llc', 'node'],
    ['llc', 'package'],
    ['core', 'die'],
    ['die', 'package'],
  ] as const;
  return pairs.flatMap(([inner, outer]) => {
    const first = new Map<number, Cpu>();
    return cpus.flatMap((cpu) => {
      const other = first.get(cpu[inner]) ?? cpu;
      first.set(cpu[inner], other);
      return other[outer] === cpu[outer] ? [] : [`CPUs ${other.id} and ${cpu.id} share a ${inner} and no ${outer}`];
    });
  });
}

function nodeFaults({ cpus, nodes }: Topology): string[] {
  const ids = nodes.map((node) => node.id);
  return nodes.flatMap((node) => {
    const own = cpus.filter((cpu) => cpu.node === node.id).map((cpu) => cpu.id);
    const row = [...node.distances];
    const isComplete = row.map(([id]) => id).join() === ids.join() && row.every(([, d]) => d >= 10 && d <= 255);
    return [
      ...(own.join() === node.cpus.join() ? [] : [`node ${node.id} has CPUs ${node.cpus}, and CPUs ${own} have it`]),
      ...(isComplete ? [] : [`node ${node.id} has distances ${row}`]),
    ];
  });
}

/** What is wrong with a topology: nothing. */
export function topologyFaults(topology: Topology): string[] {
  const { cpus, allowed, nodes, quotaCpus, warnings } = topology;
  const ids = cpus.map((cpu) => cpu.id);
  const threads = new Set(cpus.map((cpu) => `${cpu.core} ${cpu.smt}`));
  return [
    ...(ids.length > 0 && isAscending(ids) ? [] : [`CPUs ${ids}`]),
    ...(allowed.length > 0 && isAscending(allowed) ? [] : [`allowed ${allowed}`]),
    ...allowed.flatMap((id) => (ids.includes(id) ? [] : [`CPU ${id} is allowed and not online`])),
    ...cpus.flatMap((cpu) =>
      nodes.some((node) => node.id === cpu.node) ? [] : [`CPU ${cpu.id} has node ${cpu.node}`],
    ),
    ...(threads.size === cpus.length ? [] : ['two threads of a core have one number']),
    ...(quotaCpus === undefined || (quotaCpus > 0 && Number.isFinite(quotaCpus)) ? [] : [`quota ${quotaCpus}`]),
    ...warnings.flatMap((line) =>
      /^(?:\/(?:sys|proc)\/|cpuset of )[^:]*: ./.test(line) ? [] : [`names no file: ${line}`],
    ),
    ...misnamed(cpus),
    ...uncontained(cpus),
    ...nodeFaults(topology),
  ];
}
