// Handing a block over as a message: exactly one thread adopts it, and an old message names nothing.

import * as layout from '../../../src/kernel/layout.ts';
import { each } from '../parts.ts';
import type { Body } from '../execution.ts';
import type { Scenario } from '../scenario.ts';
import type { Handle, Stage } from '../stage.ts';

const shape = { rows: 2, ringSlots: 2, perSlab: [2], units: [4], maxUnits: 1000, slabs: 1 };

/** The length in use that every message says. */
const USED = 7;

function* messages(stage: Stage, count: number): Body {
  yield* stage.cut(0, count);
  for (let i = 0; i < count; i++) yield* stage.detach(0, USED);
}

function first(stage: Stage): Handle {
  return stage.handles[0] as Handle;
}

export const handoverScenarios: readonly Scenario[] = [
  {
    name: 'two threads adopt one message, and one of them gets the block',
    shape: { ...shape, rows: 3 },
    bound: 3,
    prepare: (stage) => messages(stage, 1),
    threads: (stage) => {
      const message = first(stage);
      return [
        each(() => stage.adopt(0, message)),
        each(() => stage.adopt(1, message)),
        each(() => stage.adopt(2, message)),
      ];
    },
    check: (stage) => {
      if (stage.hands.flat().length !== 1) throw new Error('nobody adopted the message');
    },
  },
  {
    name: 'who adopts a block reads the length that its message was made with',
    shape,
    bound: Number.POSITIVE_INFINITY,
    prepare: function* (stage) {
      yield* stage.cut(0);
    },
    threads: (stage) => {
      const { kernel, memory } = stage.world;
      const [block] = stage.held(0).splice(0) as [number];
      // Thread 1 guesses the message before it is made: the earliest that it could come by it.
      const message = { block, generation: 1 };
      stage.handles.push(message);
      return [
        each(() => kernel.detach(stage.world.row(0), block, USED, 0)),
        each(function* () {
          const line = kernel.lineAt(block);
          const used = yield* kernel.adopt(stage.world.row(1), block, 1);
          if (used < 0) return;
          stage.handles.pop();
          stage.held(1).push(block);
          if (used !== USED) throw new Error(`the message says ${used} bytes, not ${USED}`);
          if (memory.loadPlain(line + layout.L_GENERATION) !== 1)
            throw new Error('the generation came after the message');
        }),
      ];
    },
  },
  {
    name: 'the message of a block that was adopted and detached again is stale',
    shape,
    bound: 3,
    prepare: (stage) => messages(stage, 1),
    threads: (stage) => {
      const message = first(stage);
      return [
        each(
          () => stage.adopt(0, message),
          () => (stage.held(0).length > 0 ? stage.detach(0, USED) : each()),
        ),
        each(
          () => stage.adopt(1, message),
          () => stage.adopt(1, message),
        ),
      ];
    },
  },
  {
    name: 'the message of a block whose slab was cut anew for another class is stale',
    shape: { ...shape, perSlab: [1, 1], units: [8, 8], maxUnits: 8 },
    prepare: (stage) => messages(stage, 1),
    threads: (stage) => {
      const message = first(stage);
      return [
        each(
          () => stage.adopt(0, message),
          () => stage.home(0),
          () => stage.get(0, 1),
          () => (stage.held(0).length > 0 ? stage.detach(0, USED) : each()),
        ),
        each(
          () => stage.adopt(1, message),
          () => stage.home(1),
          () => stage.adopt(1, message),
        ),
      ];
    },
  },
  {
    name: 'a message and its block cross while both threads hand over and back',
    shape,
    prepare: (stage) => messages(stage, 2),
    threads: (stage) => {
      const [one, two] = stage.handles as [Handle, Handle];
      const handOver = (thread: number, ...wanted: readonly Handle[]): Body =>
        each(
          ...wanted.map((message) => () => stage.adopt(thread, message)),
          () => (stage.held(thread).length > 0 ? stage.detach(thread, USED) : each()),
          () => stage.home(thread, stage.held(thread).length),
        );
      return [handOver(0, one, two), handOver(1, two, one)];
    },
  },
];
