// The deque: one owner, thread 0 unless said otherwise, and thieves. Rings of two slots and 2-bit indexes, so that a
// word of the deque returns after four pushes; four slots and 3-bit indexes in some.

import * as layout from '../../../src/kernel/layout.ts';
import { FULL } from '../../../src/kernel/outcome.ts';
import type { Body } from '../execution.ts';
import { each } from '../parts.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const shape = { ringSlots: 2, perSlab: [8], units: [4], maxUnits: 1000, slabs: 1 };

function linearizable(stage: Stage): void {
  stage.history.check(stage.world.shape.ringSlots);
}

/** Blocks in the hands of the owner. */
function given(count: number): (stage: Stage) => Body {
  return function* (stage) {
    yield* stage.cut(0, count);
  };
}

/** The same, and the first `pushed` of them on the owner's deque. */
function pushed(count: number, onDeque: number): (stage: Stage) => Body {
  return function* (stage) {
    yield* stage.cut(0, count);
    for (let i = 0; i < onDeque; i++) yield* stage.push(0);
  };
}

export const dequeScenarios: readonly Scenario[] = [
  {
    name: 'what an owner pushes is popped or stolen exactly once',
    shape: { ...shape, rows: 2 },
    bound: 3,
    prepare: given(2),
    threads: (stage) => [
      each(
        () => stage.push(0),
        () => stage.push(0),
        () => stage.pop(0, 1),
        () => stage.pop(0, 1),
      ),
      each(
        () => stage.steal(1, 0, 1),
        () => stage.steal(1, 0, 1),
      ),
    ],
    check: linearizable,
  },
  {
    name: 'two thieves of one victim never get the same block',
    shape: { ...shape, rows: 3 },
    prepare: given(3),
    threads: (stage) => [
      each(
        () => stage.push(0),
        () => stage.push(0),
        () => stage.pop(0, 1),
        () => stage.push(0),
      ),
      each(() => stage.steal(1, 0, 1)),
      each(
        () => stage.steal(2, 0, 2),
        () => stage.steal(2, 0, 1),
      ),
    ],
    check: linearizable,
  },
  {
    name: 'the last block goes to the owner or to a thief',
    shape: { ...shape, rows: 3 },
    bound: 3,
    prepare: given(1),
    threads: (stage) => [
      each(
        () => stage.push(0),
        () => stage.pop(0, 2),
      ),
      each(() => stage.steal(1, 0, 2)),
      each(() => stage.steal(2, 0, 2)),
    ],
    check: linearizable,
  },
  {
    name: 'a batch stolen and a batch popped share a ring of four without a block twice',
    shape: { ...shape, ringSlots: 4, rows: 2 },
    indexBits: 3,
    bound: 3,
    prepare: given(4),
    threads: (stage) => [
      each(
        () => stage.push(0, 3),
        () => stage.pop(0, 2),
        () => stage.push(0, 1),
      ),
      each(
        () => stage.steal(1, 0, 2),
        () => stage.steal(1, 0, 2),
      ),
    ],
    check: linearizable,
  },
  {
    name: 'a thief that sleeps over a whole lap of the indexes takes what is there now',
    shape: { ...shape, rows: 2 },
    bound: Number.POSITIVE_INFINITY,
    prepare: given(2),
    // Four pushes and four pops by turns of two bring the word back to where the thief has seen it.
    threads: (stage) => [
      each(
        () => stage.push(0),
        () => stage.steal(0, 0, 1),
        () => stage.push(0),
        () => stage.steal(0, 0, 1),
        () => stage.push(0),
        () => stage.steal(0, 0, 1),
        () => stage.push(0),
        () => stage.steal(0, 0, 1),
        () => stage.push(0),
      ),
      each(() => stage.steal(1, 0, 1)),
    ],
  },
  {
    name: 'a slot that a thief has not handed back makes push say full, and is not overwritten',
    shape: { ...shape, rows: 2 },
    bound: Number.POSITIVE_INFINITY,
    prepare: pushed(4, 2),
    threads: (stage) => [
      each(
        () => stage.push(0),
        () => stage.pop(0, 1),
        () => stage.push(0),
        () => stage.push(0),
      ),
      each(() => stage.steal(1, 0, 1)),
    ],
  },
  {
    name: 'two owners that steal from one another lose nothing',
    shape: { ...shape, rows: 2 },
    prepare: function* (stage) {
      yield* stage.cut(0, 2);
      yield* stage.cut(1, 2);
    },
    threads: (stage) => [
      each(
        () => stage.push(0, 2),
        () => stage.steal(0, 1, 1),
        () => stage.pop(0, 1),
      ),
      each(
        () => stage.push(1, 2),
        () => stage.steal(1, 0, 1),
        () => stage.pop(1, 1),
      ),
    ],
  },
  {
    name: 'a sweep over every row, its own deque included, races with a thief of that deque',
    shape: { ...shape, rows: 2 },
    prepare: pushed(2, 2),
    threads: (stage) => [
      each(
        () => stage.sweep(0),
        () => stage.sweep(0),
      ),
      each(
        () => stage.steal(1, 0, 2),
        () => stage.sweep(1),
      ),
    ],
  },
  {
    name: 'the hint is set whenever a deque has blocks and nobody is at it',
    shape: { ...shape, rows: 3 },
    prepare: pushed(2, 1),
    threads: (stage) => [
      each(() => stage.push(0)),
      each(
        () => stage.steal(1, 0, 1),
        () => stage.steal(1, 0, 1),
      ),
      each(() => stage.steal(2, 0, 1)),
    ],
  },
  {
    name: 'a push that did not fit has changed nothing, and the block can go elsewhere',
    shape: { ...shape, rows: 2 },
    prepare: pushed(4, 2),
    threads: (stage) => [
      (function* () {
        const before = stage.held(0).length;
        if ((yield* stage.push(0, 2)) === FULL && stage.held(0).length !== before)
          throw new Error('a push that failed kept blocks');
        yield* stage.home(0, stage.held(0).length);
      })(),
      each(
        () => stage.steal(1, 0, 1),
        () => stage.steal(1, 0, 1),
      ),
    ],
  },
  {
    name: 'a spill fills the deque and sends home what it will not have, while a thief makes room',
    shape: { ...shape, rows: 2 },
    prepare: given(3),
    threads: (stage) => [
      each(
        () => stage.put(0),
        () => stage.put(0),
        () => stage.put(0),
      ),
      each(
        () => stage.steal(1, 0, 2),
        () => stage.steal(1, 0, 2),
      ),
    ],
    check: (stage) => {
      const staged = stage.world.memory.peek(stage.world.row(0) + layout.R_STAGED);
      if (staged !== 0) throw new Error(`a spill left ${staged} blocks staged`);
    },
  },
];
