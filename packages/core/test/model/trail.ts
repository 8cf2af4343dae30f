// The choices of one execution. A schedule is its list of choices; everything else is deterministic.
//
// A replay string names the choices that are not the default (0: the thread that runs goes on, a racy
// load returns the newest value, nobody dies), so that what is unusual about a schedule is what one reads:
//
//   bound=2 17:1/3 40:1/2     the 17th choice is option 1 of 3, the 40th is option 1 of 2

export interface Choice {
  taken: number;
  readonly count: number;
}

/** What the explorer may do, beyond switching when a thread cannot go on. */
export interface Limits {
  /** Most preemptions: switches away from a thread that could go on. Infinity for no limit. */
  readonly bound: number;
  /** Most deaths and cuts. */
  readonly deaths: number;
  /** Leave out schedules that sleep sets show to be covered. */
  readonly sleepSets: boolean;
}

/** Answers the explorer's questions: which of `count` options, and what for. For `thread`, `threads` says whom each is. */
export interface Chooser {
  choose(count: number, kind: ChoiceKind, threads?: readonly number[]): number;
  readonly trail: readonly Choice[];
}

export type ChoiceKind = 'thread' | 'racy' | 'death';

/** Follows given choices and takes the first option after them. */
export class TrailChooser implements Chooser {
  readonly trail: Choice[];
  #depth = 0;

  constructor(trail: Choice[]) {
    this.trail = trail;
  }

  choose(count: number): number {
    const known = this.trail[this.#depth];
    this.#depth += 1;
    if (known === undefined) {
      this.trail.push({ taken: 0, count });
      return 0;
    }
    if (known.count !== count) throw new Error('the replay diverged: the scenario is not deterministic');
    return known.taken;
  }
}

/** Follows sparse choices, by their place. `strict` refuses a choice that is not there; else it counts as the default. */
export class SparseChooser implements Chooser {
  readonly trail: Choice[] = [];
  readonly #choices: ReadonlyMap<number, Choice>;
  readonly #strict: boolean;

  constructor(choices: ReadonlyMap<number, Choice>, strict: boolean) {
    this.#choices = choices;
    this.#strict = strict;
  }

  choose(count: number): number {
    const wanted = this.#choices.get(this.trail.length);
    if (this.#strict && wanted !== undefined && wanted.count !== count) {
      throw new Error('the replay string does not belong to this scenario, or the scenario has changed');
    }
    const taken = wanted !== undefined && wanted.taken < count ? wanted.taken : 0;
    this.trail.push({ taken, count });
    return taken;
  }
}

/** The choices of a trail that are not the default. */
export function sparse(trail: readonly Choice[]): Map<number, Choice> {
  return new Map([...trail.entries()].filter(([, { taken }]) => taken > 0));
}

export function encode(limits: Limits, trail: readonly Choice[]): string {
  const choices = [...sparse(trail)].map(([at, { taken, count }]) => `${at}:${taken}/${count}`);
  const { bound, deaths, sleepSets } = limits;
  return [`bound=${bound}`, `deaths=${deaths}`, `sleep=${Number(sleepSets)}`, ...choices].join(' ');
}

export function decode(text: string): { limits: Limits; choices: Map<number, Choice> } {
  const numberOf = (name: string) => Number(new RegExp(`${name}=(\\w+)`).exec(text)?.[1]);
  const choices = [...text.matchAll(/(\d+):(\d+)\/(\d+)/g)].map(
    ([, at, taken, count]) => [Number(at), { taken: Number(taken), count: Number(count) }] as const,
  );
  const limits = { bound: numberOf('bound'), deaths: numberOf('deaths'), sleepSets: numberOf('sleep') === 1 };
  return { limits, choices: new Map(choices) };
}

/** Drops the exhausted tail and takes the next option of what remains. False when there is none. */
export function nextTrail(trail: Choice[]): boolean {
  for (let last = trail.at(-1); last !== undefined; last = trail.at(-1)) {
    if (last.taken + 1 < last.count) {
      last.taken += 1;
      return true;
    }
    trail.pop();
  }
  return false;
}
