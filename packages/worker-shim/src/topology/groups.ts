// Which CPUs belong together, from lists that the kernel keeps for each CPU. The lists of a group are equal, so one is
// read for each group; whatever they say, every CPU ends in exactly one group, and groups nest.

/** The group of each CPU: a number that its CPUs have in common. What is made here is named by the lowest of them. */
export type Groups = ReadonlyMap<number, number>;

/** The CPUs of each group, ascending, by the group. */
export function membersOf(groups: Groups): Map<number, number[]> {
  const members = new Map<number, number[]>();
  for (const [cpu, group] of groups) {
    const others = members.get(group);
    if (others === undefined) members.set(group, [cpu]);
    else others.push(cpu);
  }
  for (const cpus of members.values()) cpus.sort((a, b) => a - b);
  return members;
}

/** What a level of the machine is made of. */
export interface Level {
  /** The list of a CPU, undefined where none can be had. */
  readonly listOf: (cpu: number) => readonly number[] | undefined;
  /** Groups that these do not reach across. */
  readonly within: Groups;
  /** Groups that these do not cut. They lie within `within` themselves. */
  readonly inner: Groups;
  /** What CPUs without a list are grouped by: `inner` for each on its own, `within` for all of them together. */
  readonly fallback: Groups;
}

/** A level's groups, and what the lists had too little or too much of. */
export interface Grouping {
  readonly groups: Groups;
  /** CPUs without a list, which no other CPU's list names. */
  readonly unlisted: readonly number[];
  /** CPUs whose list reaches across a group of `within`. */
  readonly crossing: readonly number[];
}

/** Every CPU of `cpus` in a group. */
function together(cpus: readonly number[], groups: Map<number, number>): void {
  const lowest = Math.min(...cpus);
  for (const cpu of cpus) groups.set(cpu, lowest);
}

/** Groups the CPUs, which are those of `inner` and `within`. */
export function groupBy(level: Level): Grouping {
  const { listOf, within, inner, fallback } = level;
  const atoms = membersOf(inner);
  const groups = new Map<number, number>();
  const crossing: number[] = [];
  for (const cpu of [...inner.keys()].sort((a, b) => a - b)) {
    const list = groups.has(cpu) ? undefined : listOf(cpu);
    if (list === undefined) continue;
    const online = [...list, cpu].filter((other) => inner.has(other));
    const inside = online.filter((other) => within.get(other) === within.get(cpu));
    if (inside.length < online.length) crossing.push(cpu);
    const whole = inside.flatMap((other) => atoms.get(inner.get(other) ?? other) ?? []);
    together(
      whole.filter((other) => !groups.has(other)),
      groups,
    );
  }
  const unlisted = [...inner.keys()].filter((cpu) => !groups.has(cpu));
  const rest = new Map(unlisted.map((cpu) => [cpu, fallback.get(cpu) ?? cpu]));
  for (const cpus of membersOf(rest).values()) together(cpus, groups);
  return { groups, unlisted, crossing };
}

/** Groups of one CPU each. */
export function apart(cpus: readonly number[]): Groups {
  return new Map(cpus.map((cpu) => [cpu, cpu]));
}

/** The parts that two groupings cut each other into. */
export function intersect(a: Groups, b: Groups): Groups {
  const lowest = new Map<string, number>();
  const parts = new Map<number, number>();
  for (const cpu of [...a.keys()].sort((x, y) => x - y)) {
    const key = `${a.get(cpu)} ${b.get(cpu)}`;
    const group = lowest.get(key) ?? cpu;
    lowest.set(key, group);
    parts.set(cpu, group);
  }
  return parts;
}
