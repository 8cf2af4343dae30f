// What one thread can notice: rows 0 and 1 by turns, no two operations at once, indexes that never wrap. A seeded
// fault that fails here would be found by any test, and proves nothing about the explorer.

import { CLOSED, GATE_CLOSED } from '../../src/kernel/gate.ts';
import { calibrationOf, largestOf, standardOf } from '../../src/kernel/calibration.ts';
import { C_GATE, H_CLOSED, P_CALIBRATED } from '../../src/kernel/layout.ts';
import { Drainer } from './drainer.ts';
import { each } from './parts.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { User } from './user.ts';

function expect(what: string, found: unknown, expected: unknown): void {
  if (String(found) !== String(expected)) throw new Error(`${what}: ${String(found)}, not ${String(expected)}`);
}

/** Leaves nothing behind. Each slot is used once, so that nobody notices whether it was handed back, and a trim takes one block. */
function* draining(stage: Stage): Generator<void, void, void> {
  const drainer = new Drainer(stage, 1);
  yield* stage.cut(0, 2);
  yield* stage.put(0);
  expect('trimmed in the epoch in which it came', yield* drainer.drain(), 0);
  yield* stage.put(0);
  expect('trimmed of two, one of which is new', yield* drainer.drain(), 1);
  expect('trimmed of one that nobody needed', yield* drainer.hear(1), 1);
  expect('trimmed for a period that was counted', yield* drainer.hear(1), 0);
  yield* stage.take(0, 1);
  yield* drainer.purge();
  yield* stage.home(0);
  yield* drainer.resize(4);
  expect('cut of a pool of one block', (yield* stage.cut(0, 2)).length, 1);
  yield* drainer.resize(16);
  yield* stage.home(0);
  yield* drainer.purge();
  // A part of the slab; all of it, for the lower limit; and what was cut then.
  expect('times that memory was given back', drainer.purged, 3);
}

function* deque(stage: Stage): Generator<void, void, void> {
  expect('blocks cut', (yield* stage.cut(0, 3)).length, 3);
  const [first, second, third] = stage.held(0) as [number, number, number];
  yield* stage.put(0);
  yield* stage.put(0);
  yield* stage.put(0);
  expect('popped', yield* stage.tryGet(0), [third]);
  expect('stolen', yield* stage.tryGet(1), [first]);
  expect('popped next', yield* stage.tryGet(0), [second]);
  yield* stage.home(1);
  expect('taken home block', yield* stage.tryGet(1), [first]);
}

function* messages(stage: Stage): Generator<void, void, void> {
  yield* stage.detach(0, 7);
  const message = { ...(stage.handles[0] as (typeof stage.handles)[number]) };
  expect('adopted', yield* stage.adopt(1, message), true);
  expect('adopted again', yield* stage.adopt(0, message), false);
}

/** The whole pool in the other size, and back; then nothing is left. */
function* classes(stage: Stage): Generator<void, void, void> {
  yield* stage.home(0, 1);
  yield* stage.home(1, 2);
  expect('of the other size', (yield* stage.get(0, 1)).length, 1);
  expect('of the other size', (yield* stage.get(0, 1)).length, 1);
  expect('beyond the limit', yield* stage.get(1), []);
  yield* stage.home(0, 2);
  expect('back in the first size', (yield* stage.get(1)).length, 1);
}

function* recovery(stage: Stage): Generator<void, void, void> {
  yield* stage.exit(1);
  yield* stage.recover(0, 1);
  expect('a block of the dead', (yield* stage.get(0)).length, 1);
  expect('attached', yield* stage.attach(1), true);
}

function* closing(stage: Stage): Generator<void, void, void> {
  const { kernel, memory } = stage.world;
  const user = new User(stage, 0);
  yield* user.press(0);
  yield* user.press(1);
  yield* user.relieve(1);
  expect('closed at first', memory.peek(H_CLOSED), 0);
  yield* user.close();
  yield* user.press(1);
  expect('closed', memory.peek(H_CLOSED), CLOSED);
  for (const id of [0, 1]) expect('the gate', memory.peek(kernel.classAt(id) + C_GATE), GATE_CLOSED);
  expect('let in', yield* user.enter(), false);
}

function* calibration(stage: Stage): Generator<void, void, void> {
  const { kernel, memory, pool } = stage.world;
  for (const [largest, standard] of [
    [1, 0],
    [0, 0],
  ] as const) {
    yield* kernel.calibrate(pool, memory.peek(pool + P_CALIBRATED), largest, standard);
    const word = memory.peek(pool + P_CALIBRATED);
    expect('calibrated', [largestOf(word), standardOf(word)], [largest, standard]);
  }
  expect('calibrations', calibrationOf(memory.peek(pool + P_CALIBRATED)), 2);
}

export const smoke: Scenario = {
  name: 'one thread',
  shape: { rows: 2, ringSlots: 8, perSlab: [4, 2], units: [4, 8], maxUnits: 16, slabs: 2 },
  threads: (stage) => [
    each(
      () => draining(stage),
      () => deque(stage),
      () => messages(stage),
      () => classes(stage),
      () => recovery(stage),
      () => calibration(stage),
      () => closing(stage),
    ),
  ],
  // Of slots that were not handed back one thread notices nothing: its blocks go home instead.
  allow: { leaks: true },
};
