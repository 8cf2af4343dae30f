// The limit of a pool moves while others cut, wait, and send home.

import * as layout from '../../../src/kernel/layout.ts';
import { Drainer } from '../drainer.ts';
import type { Body } from '../execution.ts';
import { atHome, each, neverExhausted } from '../parts.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const shape = { rows: 2, ringSlots: 2, perSlab: [4], units: [4], maxUnits: 8, slabs: 1 };
const observed = { always: ({ limits, world }: Stage) => limits.see(world) };

type Work = () => Generator<void, unknown, void>;

/** Cuts, one call after the other. */
function cuts(stage: Stage, thread: number, ...counts: readonly number[]): Body {
  return each(...counts.map((count) => () => stage.limits.cutting(stage.world, thread, stage.cut(thread, count))));
}

const resizes = (stage: Stage, thread: number, ...limits: readonly number[]): Body =>
  each(
    ...limits.map(
      (units): Work =>
        () =>
          new Drainer(stage, thread).resize(units),
    ),
  );

/** The first state counts too. */
function threads(make: (stage: Stage) => Body[]): (stage: Stage) => Body[] {
  return (stage) => {
    stage.limits.see(stage.world);
    return make(stage);
  };
}

function reserved({ world: { memory, pool } }: Stage): number {
  return memory.peek(pool + layout.P_RESERVED);
}

/** Thread 0 moves the limit up, and dies or is cut on the way; the waiter is woken by who moves it next, at the latest. */
const grows = (stage: Stage): Body =>
  each(
    () => resizes(stage, 0, 8),
    () => stage.exit(0),
  );

export const resizingScenarios: readonly Scenario[] = [
  {
    name: 'a limit that comes down holds for every cut that begins after it, and one before counts as before',
    shape: { ...shape, rows: 3 },
    ...observed,
    threads: threads((stage) => [
      each(
        () => stage.world.kernel.limitPool(stage.world.pool, 4),
        () => cuts(stage, 0, 1),
      ),
      cuts(stage, 1, 1, 1),
      cuts(stage, 2, 2),
    ]),
  },
  {
    name: 'a limit that goes up and down under those who cut is one of the two for each of them',
    shape: { ...shape, rows: 3, maxUnits: 4 },
    ...observed,
    threads: threads((stage) => [
      each(
        () => stage.world.kernel.limitPool(stage.world.pool, 12),
        () => stage.world.kernel.limitPool(stage.world.pool, 4),
      ),
      cuts(stage, 1, 2),
      cuts(stage, 2, 1, 1),
    ]),
  },
  {
    name: 'what is at home and in deques is given back until the pool has no more than its new limit',
    shape,
    deepBound: 2,
    ...observed,
    prepare: function* (stage) {
      yield* stage.cut(0, 2);
      yield* stage.put(0, 2);
    },
    threads: threads((stage) => [
      resizes(stage, 0, 4),
      each(
        () => stage.limits.cutting(stage.world, 1, stage.tryGet(1)),
        () => stage.home(1, stage.held(1).length),
      ),
    ]),
    check: (stage) => {
      for (const _stop of new Drainer(stage, 0).empty()) {
        // All others have ended.
      }
      if (reserved(stage) > 4)
        throw new Error(`the limit: ${reserved(stage)} units are reserved of 4, and all are home`);
    },
  },
  {
    name: 'a waiter at the limit is woken when that goes up, or sees it before',
    shape: { ...shape, maxUnits: 0 },
    bound: Number.POSITIVE_INFINITY,
    threads: (stage) => [resizes(stage, 0, 4), each(() => stage.acquire(1))],
  },
  {
    name: 'two waiters at the limit are both woken when it goes up by two blocks',
    shape: { ...shape, rows: 3, maxUnits: 0 },
    threads: (stage) => [resizes(stage, 0, 8), each(() => stage.acquire(1)), each(() => stage.acquire(2))],
  },
  {
    name: 'a waiter for any size is woken when the limit of the pool goes up',
    shape: { ...shape, rows: 3, perSlab: [2, 2], units: [4, 4], maxUnits: 0, slabs: 2 },
    threads: (stage) => [resizes(stage, 0, 8), each(() => stage.acquire(1)), each(() => stage.acquire(2, 1))],
  },
  {
    name: 'of two that move the limit up by turns the waiter has the higher one in the end',
    shape: { ...shape, rows: 3, maxUnits: 0 },
    threads: (stage) => [resizes(stage, 0, 4), resizes(stage, 1, 4, 8), each(() => stage.acquire(2))],
  },
  {
    name: 'who gives blocks back while the limit comes down below them exhausts nobody who finds them',
    shape: { ...shape, maxUnits: 8 },
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [resizes(stage, 0, 4), each(() => stage.get(1))],
    check: neverExhausted(1),
  },
  {
    name: 'a thread dies anywhere while it moves the limit up, and who moves it next wakes the waiters',
    shape: { ...shape, rows: 3, maxUnits: 0 },
    deepBound: 2,
    deaths: { threads: [0] },
    threads: (stage) => [
      grows(stage),
      each(
        () => stage.recover(1, 0),
        () => resizes(stage, 1, 8),
      ),
      each(() => stage.acquire(2)),
    ],
  },
  {
    name: 'a thread that is cut while it moves the limit up does so again, and the waiter is woken',
    shape: { ...shape, maxUnits: 0 },
    deaths: { threads: [0], goOn: (stage) => resizes(stage, 0, 8) },
    threads: (stage) => [resizes(stage, 0, 8), each(() => stage.acquire(1))],
  },
  {
    name: 'a thread dies anywhere while it moves the limit down, and what it had goes home',
    shape: { ...shape, perSlab: [2] },
    bound: 1,
    // 114,000 schedules.
    deepBound: 2,
    deaths: { threads: [0] },
    prepare: function* (stage) {
      yield* stage.cut(0, 2);
      yield* stage.put(0);
      yield* stage.home(0);
    },
    threads: (stage) => [
      each(
        () => resizes(stage, 0, 4),
        () => stage.exit(0),
      ),
      each(
        () => stage.tryGet(1),
        () => stage.home(1, stage.held(1).length),
        () => stage.recover(1, 0),
      ),
    ],
  },
];
