// Waiting for a block: whoever sleeps although there is one sleeps for ever here, because no time limit ends a wait.

import { each, held } from '../parts.ts';
import type { Scenario } from '../scenario.ts';

/** One block is all there is. */
const shape = { rows: 2, ringSlots: 2, perSlab: [1], units: [4], maxUnits: 4, slabs: 1 };

export const waitingScenarios: readonly Scenario[] = [
  {
    name: 'a waiter is woken by a put into a deque',
    shape,
    prepare: (stage) => held(stage, 1),
    threads: (stage) => [each(() => stage.put(0)), each(() => stage.acquire(1))],
  },
  {
    name: 'a waiter is woken by a block that comes home',
    shape,
    prepare: (stage) => held(stage, 1),
    threads: (stage) => [each(() => stage.home(0)), each(() => stage.acquire(1))],
  },
  {
    name: 'one block goes through the hands of two waiters',
    shape: { ...shape, rows: 3 },
    // Tens of thousands of schedules at bound 2, a million at 3: the deep run adds random ones only.
    deepBound: 2,
    prepare: (stage) => held(stage, 1),
    threads: (stage) => [
      each(() => stage.put(0)),
      each(
        () => stage.acquire(1),
        () => stage.home(1),
      ),
      each(
        () => stage.acquire(2),
        () => stage.home(2),
      ),
    ],
  },
  {
    name: 'two waiters get the two blocks of two puts',
    shape: { ...shape, rows: 3, perSlab: [2], maxUnits: 8 },
    // 240,000 schedules at bound 2, three quarters of a minute.
    bound: 1,
    deepBound: 2,
    prepare: (stage) => held(stage, 2),
    threads: (stage) => [
      each(
        () => stage.put(0),
        () => stage.home(0),
      ),
      each(() => stage.acquire(1)),
      each(() => stage.acquire(2)),
    ],
  },
  {
    name: 'a waiter that gives up takes nobody else’s wake along',
    shape: { ...shape, rows: 3 },
    prepare: (stage) => held(stage, 1),
    threads: (stage) => [
      each(() => stage.home(0)),
      // Announces itself, concludes, and never sleeps; what it got after all, it gives back.
      each(
        () => stage.get(1),
        () => stage.home(1),
      ),
      each(() => stage.acquire(2)),
    ],
  },
  {
    name: 'a waiter for one size is woken by the thread that makes one out of blocks of another',
    shape: { ...shape, perSlab: [2, 1], units: [4, 8], maxUnits: 8 },
    prepare: (stage) => held(stage, 2),
    threads: (stage) => [
      each(
        () => stage.home(0, 2),
        () => stage.get(0, 1),
        () => stage.home(0),
      ),
      each(() => stage.acquire(1, 1)),
    ],
  },
];
