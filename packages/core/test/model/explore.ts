// Runs a program under every schedule within a bound, by stateless replay: the next schedule differs from the last
// one in its last choice that has an alternative left.

import { Execution, Pruned, type Program } from './execution.ts';
import {
  type Choice,
  type Chooser,
  decode,
  encode,
  type Limits,
  nextTrail,
  SparseChooser,
  sparse,
  TrailChooser,
} from './trail.ts';

export interface Options {
  /** Most preemptions; Infinity for none, with sleep sets unless `sleepSets` is false. */
  readonly bound: number;
  /** Most deaths, 0 unless given. */
  readonly deaths?: number;
  /** Gives up after so many schedules; `complete` says so. */
  readonly most?: number;
  readonly sleepSets?: boolean;
}

export interface Failure {
  readonly message: string;
  /** What `replay` takes. */
  readonly replay: string;
  readonly preemptions: number;
  readonly steps: number;
  /** The failing execution, a line a step. */
  readonly trace: readonly string[];
}

export interface Report {
  readonly schedules: number;
  readonly complete: boolean;
  readonly failure: Failure | undefined;
}

/** The error of one execution, undefined if it passes. */
function attempt(program: Program, limits: Limits, chooser: Chooser): unknown {
  try {
    new Execution(program, limits, chooser).run();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Runs a schedule with a trace. Its failure, if it fails. */
function traced(program: Program, limits: Limits, chooser: Chooser): Failure | undefined {
  const execution = new Execution(program, limits, chooser, true);
  try {
    execution.run();
    return undefined;
  } catch (error) {
    if (error instanceof Pruned) return undefined;
    const message = error instanceof Error ? error.message : String(error);
    const { preemptions, trace, steps } = execution;
    return { message, replay: encode(limits, chooser.trail), preemptions, steps, trace: trace ?? [] };
  }
}

/** Runs one schedule again. Its failure, if it still fails. */
export function replay(program: Program, text: string): Failure | undefined {
  const { limits, choices } = decode(text);
  return traced(program, limits, new SparseChooser(choices, true));
}

/** Explores every schedule within the bound, and stops at the first failure. */
export function explore(program: Program, options: Options): Report {
  const trail: Choice[] = [];
  const limits = {
    bound: options.bound,
    deaths: options.deaths ?? 0,
    sleepSets: options.sleepSets ?? options.bound === Number.POSITIVE_INFINITY,
  };
  if (limits.sleepSets && (limits.deaths > 0 || Number.isFinite(limits.bound))) {
    throw new Error('sleep sets know neither deaths nor a bound');
  }
  const most = options.most ?? Number.POSITIVE_INFINITY;
  let schedules = 0;
  do {
    const error = attempt(program, limits, new TrailChooser(trail));
    if (!(error instanceof Pruned)) schedules += 1;
    if (error !== undefined && !(error instanceof Pruned)) {
      const failure = traced(program, limits, new TrailChooser(trail));
      if (failure === undefined)
        throw new Error('a failure did not repeat: the scenario is not deterministic', { cause: error });
      return { schedules, complete: false, failure };
    }
    if (schedules >= most) return { schedules, complete: false, failure: undefined };
  } while (nextTrail(trail));
  return { schedules, complete: true, failure: undefined };
}

/**
 * A failing schedule with fewer choices that are not the default: drops them one by one, and in pairs, as long as the
 * same oracle still fails. Found choices shift when an earlier one goes, so this is a greedy search and not the least.
 */
function drop(program: Program, failure: Failure): Failure {
  const { limits, choices } = decode(failure.replay);
  let best = failure;
  let rest = choices;
  for (let again = true; again; ) {
    again = false;
    for (const at of [...rest.keys()].reverse()) {
      const fewer = new Map([...rest].filter(([one]) => one !== at));
      const chooser = new SparseChooser(fewer, false);
      const error = attempt(program, limits, chooser);
      if (!isSame(error, failure)) continue;
      const shorter = traced(program, limits, new SparseChooser(sparse(chooser.trail), true));
      if (shorter === undefined) continue;
      best = shorter;
      rest = sparse(chooser.trail);
      again = true;
      break;
    }
  }
  return best;
}

/** Numbers differ from schedule to schedule: what was wrong is the rest of the message. */
function isSame(error: unknown, failure: Failure): boolean {
  const gist = (message: string) => message.replace(/\d+(?:,\s*\d+)*/g, '#');
  return error instanceof Error && !(error instanceof Pruned) && gist(error.message) === gist(failure.message);
}

/** The shortest failing schedule found: at the least bound that shows a failure within `most` schedules, else with choices dropped. */
export function shrink(program: Program, failure: Failure, most = 20_000): Failure {
  const { deaths } = decode(failure.replay).limits;
  for (let bound = 0; bound < failure.preemptions; bound++) {
    const found = explore(program, { bound, deaths, most }).failure;
    if (found !== undefined) return drop(program, found);
  }
  return drop(program, failure);
}
