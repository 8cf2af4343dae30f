// A machine as parts in parts: what the drawings have in common.

import { type Cpu, groupsOf, type Topology } from '../topology/topology.ts';

/** Names of the threads that are pinned to a CPU, by its id. A thread with several CPUs is named at each. */
export type Pinned = ReadonlyMap<number, readonly string[]>;

type PartKind = 'package' | 'node' | 'llc' | 'cluster' | 'core' | 'cpu';

/** A package and what is in it, down to the CPUs. */
export interface Part {
  readonly kind: PartKind;
  readonly label: string;
  /** All CPUs in it; of a `cpu`, the one. */
  readonly cpus: readonly Cpu[];
  readonly parts: readonly Part[];
}

function coreOf(cpus: readonly Cpu[]): Part {
  const kind = cpus[0]?.kind === 'efficiency' ? 'efficiency core' : 'core';
  const threads = cpus.map((cpu): Part => ({ kind: 'cpu', label: `${cpu.id}`, cpus: [cpu], parts: [] }));
  return { kind: 'core', label: `${kind} ${cpus[0]?.core}`, cpus, parts: threads };
}

/** The cores of a cache, in their clusters where those say more than cores and cache do. */
function insideOf(llc: readonly Cpu[]): Part[] {
  const clusters = groupsOf(llc, (cpu) => cpu.cluster);
  return clusters.flatMap((cpus): Part[] => {
    const cores = groupsOf(cpus, (cpu) => cpu.core).map(coreOf);
    if (cores.length === 1 || clusters.length === 1) return cores;
    return [{ kind: 'cluster', label: `cluster ${cpus[0]?.cluster}`, cpus, parts: cores }];
  });
}

/** The packages of a machine. A node that several packages share is in each of them. */
export function packagesOf(topology: Topology): Part[] {
  return groupsOf(topology.cpus, (cpu) => cpu.package).map((inPackage): Part => {
    const nodes = groupsOf(inPackage, (cpu) => cpu.node).map((inNode): Part => {
      const llcs = groupsOf(inNode, (cpu) => cpu.llc).map(
        (cpus): Part => ({ kind: 'llc', label: `LLC ${cpus[0]?.llc}`, cpus, parts: insideOf(cpus) }),
      );
      return { kind: 'node', label: `node ${inNode[0]?.node}`, cpus: inNode, parts: llcs };
    });
    return { kind: 'package', label: `package ${inPackage[0]?.package}`, cpus: inPackage, parts: nodes };
  });
}

/** Whether a terminal takes it for a letter, and XML can hold it: no control character, no half of a surrogate pair, no non-character. */
function isLetter(letter: string): boolean {
  return letter >= ' ' && !/^[\u007f-\u009f\ud800-\udfff\ufffe\uffff]$/u.test(letter);
}

/** Names of the threads at a CPU, without what is no letter. */
export function namesAt(pinned: Pinned, cpu: Cpu): string[] {
  return (pinned.get(cpu.id) ?? []).map((name) => [...name].filter(isLetter).join(''));
}

/** A number with its thing, `2 nodes`. */
export function plural(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** The machine in a line. */
export function summaryOf(topology: Topology): string {
  const { cpus, allowed, nodes, quotaCpus, system } = topology;
  const count = (level: 'package' | 'llc' | 'core') => new Set(cpus.map((cpu) => cpu[level])).size;
  const parts = [
    plural(count('package'), 'package'),
    plural(nodes.length, 'node'),
    plural(count('llc'), 'last-level cache'),
    plural(count('core'), 'core'),
    plural(cpus.length, 'CPU'),
  ];
  const known = system === 'flat' ? [plural(cpus.length, 'CPU'), 'no more is known of this machine'] : parts;
  const limits = [
    ...(allowed.length < cpus.length ? [`${allowed.length} of them for this process`] : []),
    ...(quotaCpus === undefined ? [] : [`a quota of ${plural(quotaCpus, 'CPU')}`]),
  ];
  return [...known, ...limits].join(', ');
}
