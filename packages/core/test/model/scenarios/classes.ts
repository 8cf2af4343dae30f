// A slab that is one class's, is released, and is cut anew for another, under threads that still see it as it was.

import { atHome, each } from '../parts.ts';
import type { Scenario } from '../scenario.ts';

/** Two blocks of class 0 are all that the pool may have, or one of class 1, in the same slab. */
const shape = { rows: 2, ringSlots: 2, perSlab: [2, 2], units: [4, 8], maxUnits: 8, slabs: 1 };

export const classScenarios: readonly Scenario[] = [
  {
    name: 'a take that sees the class of before puts back what it got of the class of now',
    shape,
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [
      each(
        () => stage.get(0, 1),
        () => stage.home(0),
      ),
      each(() => stage.take(1, 1, 2, 0)),
    ],
  },
  {
    name: 'the last block of a class is taken and comes home while its slab is being released',
    shape: { ...shape, perSlab: [1, 1], units: [8, 8] },
    prepare: (stage) => atHome(stage, 1),
    threads: (stage) => [
      each(() => stage.get(0, 1)),
      each(
        () => stage.take(1, 1),
        () => stage.home(1),
      ),
    ],
  },
  {
    name: 'a slab that is cut further while it is gathered is given back block by block',
    shape: { ...shape, perSlab: [3, 1], units: [4, 8], maxUnits: 12 },
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [
      each(() => stage.get(0, 1)),
      each(
        () => stage.cut(1, 1),
        () => stage.home(1),
      ),
    ],
  },
  {
    name: 'a slab with nothing cut yet goes to one class or to the other',
    shape: { ...shape, units: [4, 4] },
    threads: (stage) => [each(() => stage.get(0, 1)), each(() => stage.get(1, 0))],
    check: (stage) => {
      if (stage.hands.flat().length === 0) throw new Error('two classes kept the one slab from each other');
    },
  },
  {
    name: 'a slab goes from class to class and back while both classes are asked for',
    shape,
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [
      each(
        () => stage.get(0, 1),
        () => stage.home(0),
      ),
      each(
        () => stage.get(1, 0),
        () => stage.home(1),
      ),
    ],
  },
];
