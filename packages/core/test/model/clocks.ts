// Who knows of what: vector clocks, as in FastTrack (Flanagan and Freund 2009), over the happens-before of the
// ECMAScript memory model. A shared load learns what the write that it reads from knew; a store
// replaces what its word knows; a read-modify-write does both. A compare-exchange that fails only loads.
//
// Two accesses of one word that are not ordered, one of them a write and one of them plain, are a
// data race and end the run. So each passing scenario also proves that the words it
// touches are atomic, or plain and owned.

class ModelRace extends Error {}

/** How a word is accessed. Racy accesses are exempt here: the lint holds them to their closed list. */
export type Access = 'plain-read' | 'plain-write' | 'shared-read' | 'shared-write';

const CONFLICTS: Readonly<Record<Access, readonly Access[]>> = {
  'plain-read': ['plain-write', 'shared-write'],
  'plain-write': ['plain-read', 'plain-write', 'shared-read', 'shared-write'],
  'shared-read': ['plain-write'],
  'shared-write': ['plain-read', 'plain-write'],
};

/** What is known of one word. */
interface WordClock {
  /** What the last write's thread knew: a load learns it. */
  sync: number[] | undefined;
  /** By kind of access and thread, the thread's own time at its last one; 0 for none. */
  readonly last: Partial<Record<Access, number[]>>;
}

export class Clocks {
  readonly #threads: number;
  #clocks: number[][] = [];
  #words = new Map<number, WordClock>();

  constructor(threads: number) {
    this.#threads = threads;
    this.reset();
  }

  reset(): void {
    const { length } = { length: this.#threads };
    this.#clocks = Array.from({ length }, (_, i) => Array.from({ length }, (_none, j) => (i === j ? 1 : 0)));
    this.#words = new Map();
  }

  /** The thread's own time, by which others say what they know of it. */
  now(thread: number): number {
    return this.#of(thread)[thread] as number;
  }

  /** Whether the thread knows what another did at that one's own time `when`. */
  knows(thread: number, other: number, when: number): boolean {
    return when <= (this.#of(thread)[other] as number);
  }

  #of(thread: number): number[] {
    return this.#clocks[thread] as number[];
  }

  #wordOf(at: number): WordClock {
    let word = this.#words.get(at);
    if (word === undefined) {
      word = { sync: undefined, last: {} };
      this.#words.set(at, word);
    }
    return word;
  }

  #learn(thread: number, from: readonly number[]): void {
    const clock = this.#of(thread);
    for (let i = 0; i < clock.length; i++) if ((from[i] as number) > (clock[i] as number)) clock[i] = from[i] as number;
  }

  /** The half of a shared operation that reads: a load, or the first half of a read-modify-write. */
  acquire(thread: number, at: number): void {
    const { sync } = this.#wordOf(at);
    if (sync !== undefined) this.#learn(thread, sync);
  }

  /** The half of a shared operation that writes. What the thread does next is later than what it publishes here. */
  release(thread: number, at: number): void {
    const clock = this.#of(thread);
    this.#wordOf(at).sync = [...clock];
    clock[thread] = (clock[thread] as number) + 1;
  }

  /** A wake: the sleeper learns what its notifier knew (both pass through the list of waiters). */
  wake(sleeper: number, notifier: number): void {
    this.#learn(sleeper, this.#of(notifier));
    this.#of(notifier)[notifier] = this.now(notifier) + 1;
  }

  /** Notes an access, and throws if it is not ordered after a conflicting one of another thread. */
  check(thread: number, at: number, access: Access): void {
    const { last } = this.#wordOf(at);
    for (const conflict of CONFLICTS[access]) {
      const times = last[conflict];
      if (times === undefined) continue;
      for (let other = 0; other < times.length; other++) {
        if (other === thread || this.knows(thread, other, times[other] as number)) continue;
        throw new ModelRace(`data race at ${at}: ${access} by thread ${thread}, ${conflict} by thread ${other}`);
      }
    }
    let times = last[access];
    if (times === undefined) {
      times = new Array<number>(this.#threads).fill(0);
      last[access] = times;
    }
    times[thread] = this.now(thread);
  }
}
