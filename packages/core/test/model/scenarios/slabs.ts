// Home blocks: taken by and-mask, sent home by or, cut at the pool's limit.

import { EMPTY } from '../../../src/kernel/outcome.ts';
import type { Body } from '../execution.ts';
import { atHome, each } from '../parts.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const shape = { rows: 2, ringSlots: 2, perSlab: [4], units: [4], maxUnits: 1000, slabs: 1 };

/** Cuts a block that stays staged; whoever is told that there is no slab with room would conclude that there is nothing. */
function* cutsThereIs(stage: Stage, thread: number): Body {
  const { world } = stage;
  const outcome = yield* world.kernel.cutFresh(world.row(thread), world.cls(), 1);
  if (outcome === EMPTY) throw new Error(`false exhaustion: thread ${thread} was told that no slab has room`);
}

export const slabScenarios: readonly Scenario[] = [
  {
    name: 'a block that comes home while another is taken is in the slab or in one hand',
    shape,
    bound: 3,
    prepare: function* (stage) {
      yield* stage.cut(0, 2);
      yield* stage.home(0);
    },
    threads: (stage) => [
      each(
        () => stage.home(0),
        () => stage.take(0, 1),
      ),
      each(
        () => stage.take(1, 1, 2),
        () => stage.home(1),
      ),
    ],
  },
  {
    name: 'two takes of one word share its blocks, whatever comes home in between',
    shape: { ...shape, rows: 3 },
    prepare: function* (stage) {
      yield* stage.cut(2, 1);
      yield* atHome(stage, 3);
    },
    threads: (stage) => [each(() => stage.take(0, 1, 2)), each(() => stage.take(1, 1, 2)), each(() => stage.home(2))],
  },
  {
    name: 'the hint of a slab is set whenever a block is home and nobody is at it',
    shape: { ...shape, rows: 3 },
    prepare: function* (stage) {
      yield* stage.cut(2, 1);
      yield* atHome(stage, 1);
    },
    threads: (stage) => [
      each(
        () => stage.takeByHints(0),
        () => stage.takeByHints(0),
      ),
      each(() => stage.takeByHints(1)),
      each(() => stage.home(2)),
    ],
  },
  {
    name: 'three cuts at the limit give out no unit too many and leave no reservation behind',
    shape: { ...shape, rows: 3, maxUnits: 12 },
    threads: (stage) => [each(() => stage.cut(0, 2)), each(() => stage.cut(1, 2)), each(() => stage.cut(2, 1))],
  },
  {
    name: 'two cuts that open one slab after another give every block once',
    shape: { ...shape, perSlab: [1], slabs: 2 },
    threads: (stage) => [
      each(
        () => stage.cut(0),
        () => stage.cut(0),
      ),
      each(
        () => stage.cut(1),
        () => stage.cut(1),
      ),
    ],
  },
  {
    name: 'of two that open the last slab neither is told that there is none with room',
    shape: { ...shape, perSlab: [2] },
    bound: 3,
    threads: (stage) => [cutsThereIs(stage, 0), cutsThereIs(stage, 1)],
  },
  {
    name: 'runs and shared slabs never meet in the middle of data memory',
    shape: { ...shape, perSlab: [1, 1], units: [4, 16], runSlabs: [0, 2], slabs: 3 },
    threads: (stage) => [
      each(
        () => stage.cut(0),
        () => stage.cut(0),
      ),
      each(
        () => stage.cut(1, 1, 1),
        () => stage.cut(1),
      ),
    ],
  },
];
