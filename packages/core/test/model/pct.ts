// Random schedules for programs that are too large for all of them: probabilistic concurrency testing
// (Burckhardt, Kothari, Musuvathi and Nagarakatte, ASPLOS 2010). Threads have random priorities, the one of
// the highest goes on, and at d - 1 random steps the running one falls below all others: a bug of
// depth d is found with probability 1 / (n * k^(d-1)) at least, n threads and k steps.
//
// Added to that, long freezes: a thread may stand still for a random part of the run, so that the others
// pass whole laps and reclaim whole slabs around it.

import { Xorshift } from '../support/prng.ts';
import { Execution, type Program } from './execution.ts';
import { type Failure, type Report, replay } from './explore.ts';
import { type Choice, type ChoiceKind, type Chooser, encode, type Limits } from './trail.ts';

export interface PctOptions {
  readonly seed: number;
  readonly schedules: number;
  readonly depth?: number;
  readonly deaths?: number;
}

/** Most threads of a program. */
const MOST_THREADS = 8;
const FREEZES = 2;
/** One racy load in so many returns an old value, and one place in so many where a thread may die is its end. */
const RARE = 8;

class PctChooser implements Chooser {
  readonly trail: Choice[] = [];
  readonly #random: Xorshift;
  readonly #priorities: number[];
  readonly #changes: ReadonlySet<number>;
  /** By thread, the decision until which it stands still. */
  readonly #frozenUntil: number[];
  readonly #freezes: ReadonlySet<number>;
  readonly #expected: number;
  #decisions = 0;
  #lowest = 0;
  #last = -1;

  constructor(random: Xorshift, expected: number, depth: number) {
    const somewhere = (count: number) => new Set(Array.from({ length: count }, () => random.below(expected)));
    this.#random = random;
    this.#expected = expected;
    this.#priorities = Array.from({ length: MOST_THREADS }, () => 1 + random.below(1 << 20));
    this.#frozenUntil = new Array<number>(MOST_THREADS).fill(0);
    this.#changes = somewhere(depth - 1);
    this.#freezes = somewhere(random.below(FREEZES + 1));
  }

  choose(count: number, kind: ChoiceKind, threads: readonly number[] = []): number {
    const taken = kind === 'thread' ? this.#pick(threads) : this.#rarely(count, kind);
    this.trail.push({ taken, count });
    return taken;
  }

  #rarely(count: number, kind: ChoiceKind): number {
    const odds = kind === 'death' ? this.#expected : RARE;
    return this.#random.below(odds) === 0 ? 1 + this.#random.below(count - 1) : 0;
  }

  #pick(threads: readonly number[]): number {
    this.#decisions += 1;
    if (this.#last >= 0 && this.#changes.has(this.#decisions)) {
      this.#lowest -= 1;
      this.#priorities[this.#last] = this.#lowest;
    }
    if (this.#last >= 0 && this.#freezes.has(this.#decisions)) {
      this.#frozenUntil[this.#last] = this.#decisions + this.#random.below(this.#expected);
    }
    const rank = (thread: number) =>
      (this.#priorities[thread] as number) - ((this.#frozenUntil[thread] as number) > this.#decisions ? 1 << 24 : 0);
    let taken = 0;
    threads.forEach((thread, i) => {
      if (rank(thread) > rank(threads[taken] as number)) taken = i;
    });
    this.#last = threads[taken] as number;
    return taken;
  }
}

/** Runs seeded random schedules, and stops at the first failure. Its message names the seed. */
export function explorePct(program: Program, options: PctOptions): Report {
  const random = new Xorshift(options.seed);
  const limits: Limits = { bound: Number.POSITIVE_INFINITY, deaths: options.deaths ?? 0, sleepSets: false };
  let expected = 64;
  for (let schedules = 1; schedules <= options.schedules; schedules++) {
    const chooser = new PctChooser(random, expected, options.depth ?? 3);
    const execution = new Execution(program, limits, chooser);
    try {
      execution.run();
      expected = Math.max(16, chooser.trail.length);
    } catch (error) {
      return { schedules, complete: false, failure: reproduced(program, encode(limits, chooser.trail), error) };
    }
  }
  return { schedules: options.schedules, complete: true, failure: undefined };
}

function reproduced(program: Program, text: string, error: unknown): Failure {
  const failure = replay(program, text);
  if (failure === undefined)
    throw new Error('a failure did not repeat: the scenario is not deterministic', { cause: error });
  return failure;
}
