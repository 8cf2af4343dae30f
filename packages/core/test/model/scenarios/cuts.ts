// A thread is cut before a step, after one with its value lost, or at a back-edge of a driver, by a vm timeout or a
// RangeError, and goes on with its next call: a second attempt here. Nothing is lost and nothing is doubled.

import { atHome, each, held, neverExhausted } from '../parts.ts';
import type { Scenario } from '../scenario.ts';
import type { Handle, Stage } from '../stage.ts';

const shape = { rows: 2, ringSlots: 2, perSlab: [3], units: [4], maxUnits: 12, slabs: 1 };
const twoClasses = { ...shape, perSlab: [2, 2], units: [4, 8], maxUnits: 8 };

/** Thread 0 is cut, once; what it does next. */
function cut(next: (stage: Stage) => Generator<void, unknown, void>): NonNullable<Scenario['deaths']> {
  return { threads: [0], goOn: (stage) => each(() => next(stage)) };
}

export const cutScenarios: readonly Scenario[] = [
  {
    name: 'a put that is cut has given its blocks away once when the thread goes on',
    shape,
    deaths: cut((stage) => stage.tryGet(0)),
    prepare: (stage) => held(stage, 3),
    threads: (stage) => [
      each(
        () => stage.put(0, 3),
        () => stage.tryGet(0),
      ),
      each(
        () => stage.steal(1, 0, 2),
        () => stage.tryGet(1),
      ),
    ],
  },
  {
    name: 'a get that is cut anywhere leaves its batch where the next one finds it',
    shape,
    deaths: cut((stage) => stage.get(0, 0, 2)),
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [
      each(() => stage.get(0, 0, 2)),
      each(
        () => stage.tryGet(1),
        () => stage.put(1),
      ),
    ],
    check: neverExhausted(0),
  },
  {
    name: 'an acquire that is cut is asked again and gets the block that was put meanwhile',
    shape: { ...shape, perSlab: [1], maxUnits: 4 },
    deaths: cut((stage) => stage.acquire(0)),
    prepare: (stage) => each(() => stage.cut(1)),
    threads: (stage) => [each(() => stage.acquire(0)), each(() => stage.put(1))],
  },
  {
    name: 'a release that is cut is finished or undone by the same thread',
    shape: twoClasses,
    // Tens of thousands of schedules at bound 2, a million at 3: the deep run adds random ones only.
    deepBound: 2,
    deaths: cut((stage) => stage.get(0, 1)),
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [
      each(() => stage.get(0, 1)),
      each(
        () => stage.takeByHints(1),
        () => stage.home(1),
      ),
    ],
  },
  {
    name: 'nobody concludes while a releaser that was cut has not gone on',
    shape: { ...twoClasses, units: [4, 4], perSlab: [2, 1], runSlabs: [0, 1] },
    // Tens of thousands of schedules at bound 2, a million at 3: the deep run adds random ones only.
    deepBound: 2,
    deaths: cut((stage) => stage.home(0, 2)),
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [each(() => stage.get(0, 1)), each(() => stage.get(1, 0))],
    check: neverExhausted(1),
  },
  {
    name: 'a detach that is cut has made a message or takes its block back',
    shape,
    deaths: cut((stage) => stage.tryGet(0)),
    prepare: (stage) => held(stage, 1),
    threads: (stage) => [
      each(
        () => stage.detach(0, 7),
        () => stage.tryGet(0),
      ),
      each(() => stage.tryGet(1)),
    ],
  },
  {
    name: 'an adopt that is cut sends home what it got, and the message is nobody else’s',
    shape,
    deaths: cut((stage) => stage.tryGet(0)),
    prepare: function* (stage) {
      yield* stage.cut(0);
      yield* stage.detach(0, 7);
    },
    threads: (stage) => {
      const [message] = stage.handles as [Handle];
      return [
        each(
          () => stage.adopt(0, message),
          () => stage.home(0, stage.held(0).length),
        ),
        each(
          () => stage.adopt(1, message),
          () => stage.home(1, stage.held(1).length),
        ),
      ];
    },
  },
  {
    name: 'a cut inside a step of put, home or get, as the Atomics kernel knows it, leaks at most and doubles nothing',
    shape,
    // Tens of thousands of schedules at bound 2, a million at 3: the deep run adds random ones only.
    deepBound: 2,
    allow: { leaks: true, reservations: true },
    deaths: { threads: [0], insideSteps: true, goOn: (stage) => each(() => stage.tryGet(0, 0, 2)) },
    prepare: (stage) => held(stage, 2),
    threads: (stage) => [
      each(
        () => stage.put(0),
        () => stage.home(0),
        () => stage.tryGet(0),
      ),
      each(() => stage.tryGet(1)),
    ],
  },
];
