// A process below the launcher: the plan, the table of its places, and how both reach all of its threads.

import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { threadLives } from '../pin/threads.ts';
import type { Briefing } from './briefing.ts';
import { placementOn, type ThreadPlacement } from '../placement/of-thread.ts';
import { type Claim, Places } from './places.ts';
import type { PutInto } from './preload-option.ts';

/** Environment data reaches every worker, whatever its options, and its workers too. */
const KEY = 'syncpool:launch';

/** What a worker that is being started has to know of itself. */
export interface Birth {
  readonly claim: Claim;
  /** Whether the program gave it a name, which then stays. */
  readonly isNamed: boolean;
  readonly putInto: PutInto;
}

/** What stands in the environment data. */
interface Inheritance {
  readonly briefing: Briefing;
  readonly usable: readonly number[];
  readonly table: SharedArrayBuffer;
  /** Of the worker that is being started, while it is. */
  readonly birth: Birth | undefined;
}

/** Whether the CPUs are all among `mask`. */
function within(cpus: readonly number[], mask: ReadonlySet<number>): boolean {
  return cpus.every((cpu) => mask.has(cpu));
}

export class Site {
  readonly briefing: Briefing;
  readonly places: Places;
  /** Numbers of the plan's places that this process may use. */
  readonly usable: readonly number[];

  private constructor(briefing: Briefing, usable: readonly number[], table?: SharedArrayBuffer) {
    this.briefing = briefing;
    this.usable = usable;
    this.places = new Places(threadLives, table);
  }

  /** The site of a process whose main thread has `mask`. A mask narrower than the plan's CPUs was somebody's wish, and is kept to. */
  static begin(briefing: Briefing, mask: readonly number[]): Site {
    const own = new Set(mask);
    const usable = briefing.places.flatMap((cpus, place) => (within(cpus, own) ? [place] : []));
    const site = new Site(briefing, usable);
    // A process without places has no site: its workers find nothing.
    if (usable.length > 0) site.announce(undefined);
    return site;
  }

  /** In a worker: the site, and what its creator knew of it. Undefined where the main thread has none. */
  static join(): { readonly site: Site; readonly birth: Birth | undefined } | undefined {
    const inherited = getEnvironmentData(KEY) as Inheritance | undefined;
    if (inherited === undefined) return undefined;
    const site = new Site(inherited.briefing, inherited.usable, inherited.table);
    // Its own birth is not that of the workers it starts.
    site.announce(undefined);
    return { site, birth: inherited.birth };
  }

  /** What the next worker that this thread starts will find. */
  announce(birth: Birth | undefined): void {
    const { briefing, usable } = this;
    const inheritance: Inheritance = { briefing, usable, table: this.places.memory, birth };
    setEnvironmentData(KEY, inheritance);
  }

  /** Number and CPUs of the plan's place that a claim stands for. Claims beyond the plan go round. */
  placeOf({ place }: Claim): { readonly place: number; readonly cpus: readonly number[] } {
    const planned = this.usable[place % this.usable.length] ?? 0;
    return { place: planned, cpus: this.briefing.places[planned] ?? [] };
  }

  /** What a thread in that place publishes. */
  placement(place: number, cpus: readonly number[]): ThreadPlacement {
    const { cpus: facts, nodes } = this.briefing;
    const distance = (from: number, to: number) => nodes.find(([a, b]) => a === from && b === to)?.[2];
    return placementOn(place, cpus, facts, distance);
  }
}
