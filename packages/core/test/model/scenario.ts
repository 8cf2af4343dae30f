// A scenario: a small world, what each of its threads does, and what must be true. The sentence that names
// it says what is claimed of every schedule.

import type { Body, Mortality, Program } from './execution.ts';
import type { Bind, Build } from './instrument.ts';
import { each } from './parts.ts';
import { type Allowance, conserve, stayWithinLimit } from './places.ts';
import { Stage } from './stage.ts';
import { type Shape, World } from './world.ts';

export interface Scenario {
  readonly name: string;
  readonly shape: Shape;
  /** Bits of a deque index, 2 unless given: a lap of the index is then 4 pushes. */
  readonly indexBits?: 2 | 3;
  /**
   * The bound of the ordinary run, 2 unless given. A small program may take Infinity, unless it checks its history:
   * sleep sets keep every final state, but not every order in time of operations that commute.
   */
  readonly bound?: number;
  /** The bound of the deep run, 3 unless given. */
  readonly deepBound?: number;
  /** Fills hands, deques and slabs before the threads start. */
  readonly prepare?: (stage: Stage) => Generator<void, void, void>;
  readonly threads: (stage: Stage) => Body[];
  /** Throws if a state in between cannot be. The limit of the pool is checked in any case. */
  readonly always?: (stage: Stage) => void;
  /** Throws if what the threads have seen cannot be. Conservation is checked in any case. */
  readonly check?: (stage: Stage) => void;
  readonly allow?: Allowance;
  /**
   * Who may die or be cut, and what a thread that was cut does; once, unless `most` says more. A thread that may
   * die ends with `stage.exit` if it lives, so that whoever recovers it can wait for its end.
   */
  readonly deaths?: {
    readonly threads: readonly number[];
    readonly insideSteps?: boolean;
    readonly most?: number;
    /** After the settling that every slow path begins with. Nothing: the thread is dead, and its exit is announced. */
    readonly goOn?: (stage: Stage, thread: number) => Body;
    /** What it does before that settling: it hears an event. */
    readonly hears?: (stage: Stage, thread: number) => Body;
  };
}

/** How the kernel is built for a scenario: with indexes as narrow as it wants them, cut where it wants. */
export function buildOf({ indexBits = 2, shape }: Scenario): Build {
  return { indexBits, hasTornSteps: shape.hasTornSteps };
}

/** The world of a scenario, prepared, with what its hands hold. */
function prepared(scenario: Scenario, bind: Bind): Stage {
  const stage = new Stage(new World(bind, scenario.shape));
  for (const _stop of scenario.prepare?.(stage) ?? []) {
    // Nobody else runs yet.
  }
  stage.world.memory.seal();
  return stage;
}

/** Binds a scenario to a kernel, as something to explore. */
export function programOf(scenario: Scenario, bind: Bind): Program {
  const initial = prepared(scenario, bind);
  const { world } = initial;
  let stage = initial;
  const program: Program = {
    memory: world.memory,
    start: () => {
      stage = initial.copy();
      return scenario.threads(stage);
    },
    always: () => {
      stayWithinLimit(stage);
      scenario.always?.(stage);
    },
    check: () => {
      conserve(stage, scenario.allow);
      scenario.check?.(stage);
    },
  };
  return scenario.deaths === undefined ? program : { ...program, mortality: mortalityOf(scenario.deaths, () => stage) };
}

function mortalityOf(deaths: NonNullable<Scenario['deaths']>, stageNow: () => Stage): Mortality {
  const { threads, insideSteps = false, goOn, hears } = deaths;
  return {
    threads,
    insideSteps,
    reborn: (thread) => {
      const stage = stageNow();
      stage.wasCut = true;
      if (goOn === undefined) return stage.exit(thread);
      return each(
        () => hears?.(stage, thread) ?? each(),
        () => stage.settle(thread),
        () => goOn(stage, thread),
      );
    },
  };
}
