// Who keeps a pool: a hint, and yet nobody is told of a keeper that is gone for good, for then its pages would stay.

import { packLive } from '../../../src/kernel/row.ts';
import { DONE } from '../../../src/kernel/outcome.ts';
import type { Body } from '../execution.ts';
import { each } from '../parts.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { FIRST_INCARNATION } from '../world.ts';

const shape = { rows: 3, ringSlots: 2, perSlab: [2], units: [4], maxUnits: 8, slabs: 1 };

/** Row 0 as its threads come and go, and what others are told of it. */
class Keeping {
  readonly #stage: Stage;
  #isGone = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** The keeper leaves with its buffers. */
  *goes(): Body {
    const { world } = this.#stage;
    yield* world.kernel.dropKeeper(world.pool, world.ownedBy(0));
    this.#isGone = true;
  }

  /** The keeper's row is freed before it could say that it goes, and another thread's then. */
  *isReplaced(): Body {
    const { world } = this.#stage;
    yield* world.kernel.leaveRow(world.row(0), packLive(FIRST_INCARNATION));
    this.#isGone = true;
    yield* this.#stage.attach(0);
  }

  /** A worker that asks once it may know that the keeper is gone. */
  *asks(): Body {
    const wasGone = this.#isGone;
    const isKept = (yield* this.#stage.world.kernel.findKeeper(this.#stage.world.pool)) === DONE;
    if (isKept && wasGone) throw new Error('a keeper is named that is gone');
  }
}

/** Another copy of the package in the main thread: it keeps the pool too, or finds it kept, and leaves. */
function* keepsAndGoes({ world }: Stage, thread: number): Body {
  yield* world.kernel.keep(world.row(thread), world.pool);
  yield* world.kernel.dropKeeper(world.pool, world.ownedBy(thread));
}

function* isKeptThroughout({ world: { kernel, pool } }: Stage): Body {
  if ((yield* kernel.findKeeper(pool)) !== DONE) throw new Error('a keeper is not named that is there');
}

function* kept({ world }: Stage): Generator<void, void, void> {
  yield* world.kernel.keep(world.row(0), world.pool);
}

export const keepingScenarios: readonly Scenario[] = [
  {
    name: 'a keeper that stays is named to each who asks, though another keeps the pool too and goes',
    shape,
    prepare: kept,
    threads: (stage) => [
      keepsAndGoes(stage, 1),
      each(
        () => isKeptThroughout(stage),
        () => isKeptThroughout(stage),
      ),
    ],
  },
  {
    name: 'a keeper that goes with its buffers is named to nobody who asks from then on',
    shape,
    prepare: kept,
    threads: (stage) => {
      const keeping = new Keeping(stage);
      return [
        each(() => keeping.goes()),
        each(
          () => keeping.asks(),
          () => keeping.asks(),
        ),
      ];
    },
  },
  {
    name: 'a keeper whose row has another thread is named to nobody who asks from then on',
    shape,
    prepare: kept,
    threads: (stage) => {
      const keeping = new Keeping(stage);
      return [
        each(() => keeping.isReplaced()),
        each(
          () => keeping.asks(),
          () => keeping.asks(),
        ),
      ];
    },
  },
];
