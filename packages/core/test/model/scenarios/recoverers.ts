// Those who recover: two at once, one that dies or is cut itself, one that comes late, and deaths inside a step,
// which only the Atomics kernel knows.

import * as layout from '../../../src/kernel/layout.ts';
import { each, held } from '../parts.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const shape = { rows: 3, ringSlots: 2, perSlab: [3], units: [4], maxUnits: 12, slabs: 1 };

/** What thread 0 leaves behind in the scenarios whose recoverers are what matters: a block in each kind of place. */
function* everywhere(stage: Stage): Generator<void, void, void> {
  yield* stage.cut(0, 3);
  yield* stage.put(0);
  yield* stage.detach(0, 7);
}

/** Blocks at home once everybody that died is recovered; only a message is still out. */
function homeIs(count: number): (stage: Stage) => void {
  return ({ world: { kernel, memory } }) => {
    const found = memory
      .peek(kernel.slabAt(1) + layout.S_BITMAP)
      .toString(2)
      .replaceAll('0', '').length;
    if (found !== count) throw new Error(`${found} blocks are home, not ${count}`);
  };
}

export const recovererScenarios: readonly Scenario[] = [
  {
    name: 'two that recover one row at once take each block once',
    shape,
    prepare: everywhere,
    threads: (stage) => [each(() => stage.exit(0)), each(() => stage.recover(1, 0)), each(() => stage.recover(2, 0))],
    check: homeIs(2),
  },
  {
    name: 'two that recover a slab in release give back its bytes once',
    shape: { ...shape, perSlab: [2], units: [4], maxUnits: 8 },
    prepare: function* (stage) {
      const { kernel, memory } = stage.world;
      yield* stage.cut(0, 2);
      // The last that thread 0 does: it owns every block of the slab and has begun to release it.
      stage.held(0).length = 0;
      yield* kernel.beginRelease(stage.world.row(0), 1, memory.peek(kernel.slabAt(1) + layout.S_WORD));
    },
    threads: (stage) => [each(() => stage.exit(0)), each(() => stage.recover(1, 0)), each(() => stage.recover(2, 0))],
  },
  {
    name: 'a recoverer that dies anywhere is recovered together with the row that it had claimed',
    shape,
    bound: 1,
    deepBound: 2,
    deaths: { threads: [1] },
    prepare: everywhere,
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(
        () => stage.recover(1, 0),
        () => stage.exit(1),
      ),
      each(() => stage.recover(2, 0, 1)),
    ],
    check: homeIs(2),
  },
  {
    name: 'a thread dies, then its recoverer, and a third recovers both',
    shape: { ...shape, perSlab: [2] },
    bound: 1,
    deepBound: 2,
    deaths: { threads: [0, 1], most: 2 },
    prepare: (stage) => held(stage, 2),
    threads: (stage) => [
      each(
        () => stage.put(0),
        () => stage.exit(0),
      ),
      each(
        () => stage.recover(1, 0),
        () => stage.exit(1),
      ),
      each(() => stage.recover(2, 0, 1)),
    ],
    check: homeIs(2),
  },
  {
    name: 'a recoverer that is cut goes on with the recovery at its next slow path',
    shape,
    // 440,000 schedules at bound 2.
    bound: 1,
    deepBound: 2,
    deaths: {
      threads: [1],
      // The event came once: without the note in its row, nobody would ever recover row 0, unless the claim was not made.
      goOn: (stage) => each(() => stage.recover(1, 0)),
    },
    prepare: everywhere,
    threads: (stage) => [each(() => stage.exit(0)), each(() => stage.recover(1, 0)), each(() => stage.tryGet(2))],
  },
  {
    name: 'a thread that was cut with blocks staged recovers another before it settles them, and loses none',
    shape: { ...shape, rows: 2, perSlab: [4], maxUnits: 16 },
    deaths: {
      threads: [1],
      // An 'exit' event is no slow path: what the cut get has staged is staged still.
      hears: (stage) => stage.recover(1, 0),
      goOn: (stage) => stage.home(1, stage.held(1).length),
    },
    prepare: function* (stage) {
      yield* stage.cut(0, 4);
      yield* stage.home(0, 2);
      yield* stage.put(0);
    },
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(
        () => stage.takeByHints(1, 2),
        () => stage.home(1, stage.held(1).length),
        () => stage.recover(1, 0),
      ),
    ],
  },
  {
    name: 'what the dead owned is wiped before anybody has it, batch after batch, wherever its recoverer dies',
    shape: { ...shape, perSlab: [9], maxUnits: 36 },
    bound: 1,
    // 9 seizes, each with the choice of a death.
    deepBound: 1,
    deaths: { threads: [1] },
    prepare: (stage) => held(stage, 9),
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(
        () => stage.recover(1, 0),
        () => stage.exit(1),
      ),
      each(
        () => stage.takeByHints(2, 2),
        () => stage.recover(2, 0, 1),
      ),
    ],
  },
  {
    name: 'a late exit event leaves the thread alone that has the row now',
    shape: { ...shape, rows: 4, perSlab: [2], maxUnits: 8 },
    bound: 1,
    deepBound: 2,
    prepare: (stage) => held(stage, 1),
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(() => stage.recover(1, 0)),
      each(() => stage.recover(2, 0)),
      each(function* () {
        // The new thread of row 0, as soon as the row is free.
        yield* stage.recover(3, 0);
        if (!(yield* stage.attach(0))) return;
        yield* stage.cut(0);
        yield* stage.put(0);
        yield* stage.pop(0, 1);
      }),
    ],
    check: (stage) => {
      if (stage.dead.has(0)) return;
      if (stage.held(0).length !== 1) throw new Error('a late recovery took a block of the living');
    },
  },
  {
    name: 'a row that was recovered has one new thread when two attach to it',
    shape: { ...shape, rows: 4 },
    prepare: (stage) => held(stage, 1),
    threads: (stage) => {
      let attached = 0;
      const attach = function* () {
        if (yield* stage.attach(0)) attached += 1;
        if (attached > 1) throw new Error('two threads have one row');
      };
      return [each(() => stage.exit(0)), each(() => stage.recover(1, 0)), each(attach, attach), each(attach, attach)];
    },
  },
  {
    name: 'what a death inside a step of put or get has lost, an audit gives back',
    shape: { ...shape, hasTornSteps: true },
    bound: 1,
    deepBound: 2,
    deaths: { threads: [0], insideSteps: true },
    prepare: (stage) => held(stage, 2),
    threads: (stage) => [
      each(
        () => stage.put(0),
        () => stage.home(0),
        () => stage.tryGet(0),
        () => stage.exit(0),
      ),
      each(
        () => stage.tryGet(1),
        () => stage.put(1, 2),
        () => stage.recover(1, 0),
        () => stage.audit(1),
        () => stage.tryGet(1),
      ),
    ],
  },
  {
    name: 'what a death inside a step of a release has lost, an audit gives back',
    shape: { ...shape, rows: 2, perSlab: [2, 1], units: [4, 8], maxUnits: 8, hasTornSteps: true },
    bound: 1,
    deepBound: 2,
    deaths: { threads: [0], insideSteps: true },
    prepare: function* (stage) {
      yield* stage.cut(0, 2);
      yield* stage.home(0, 2);
    },
    threads: (stage) => [
      each(
        () => stage.get(0, 1),
        () => stage.exit(0),
      ),
      each(
        () => stage.tryGet(1),
        () => stage.recover(1, 0),
        () => stage.audit(1),
        () => stage.tryGet(1),
      ),
    ],
  },
];
