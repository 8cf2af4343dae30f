// Close against everything: nobody sleeps for ever, a gate that is shut stays shut, who was refused once is refused
// everywhere, and no block changes its place.

import { CLOSED, GATE_CLOSED } from '../../../src/kernel/gate.ts';
import * as layout from '../../../src/kernel/layout.ts';
import { atHome, each, held } from '../parts.ts';
import type { Body } from '../execution.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { User } from '../user.ts';

const shape = { rows: 2, ringSlots: 2, perSlab: [2], units: [4], maxUnits: 8, slabs: 1 };
/** Nothing to be had: who waits can only be refused. */
const empty = { ...shape, maxUnits: 0 };
/** One class of the pool that is open, and one of a pool that is not. */
const twoPools = { ...shape, perSlab: [1, 1], units: [4, 4], maxUnits: 4, pools: 2, laterClasses: 1 };

/** The runtime is closed, and every gate is shut. */
function shut({
  world: {
    kernel,
    memory,
    shape: { units },
  },
}: Stage): void {
  if (memory.peek(layout.H_CLOSED) !== CLOSED) throw new Error('somebody closed, and the runtime is open');
  units.forEach((_units, id) => {
    const gate = memory.peek(kernel.classAt(id) + layout.C_GATE);
    if (gate !== GATE_CLOSED) throw new Error(`the gate of class ${id} is not shut: ${gate}`);
  });
}

type Use = (user: User, stage: Stage) => Body;

/** Thread i does the i-th. */
function users(...uses: readonly Use[]): (stage: Stage) => Body[] {
  return (stage) => uses.map((use, thread) => use(new User(stage, thread), stage));
}

const closes: Use = (user) => each(() => user.close());

export const closingScenarios: readonly Scenario[] = [
  {
    name: 'a waiter that goes to sleep while the runtime closes is woken, or sees it before',
    shape: empty,
    bound: Number.POSITIVE_INFINITY,
    threads: users(closes, (user) => user.acquire()),
    check: shut,
  },
  {
    name: 'a waiter that believes its last conclusion is woken by close, or sees it before',
    shape: empty,
    prepare: (stage) => each(() => stage.get(1)),
    bound: Number.POSITIVE_INFINITY,
    threads: users(closes, (user) => user.acquire(0, true)),
    check: shut,
  },
  {
    name: 'two waiters of one class are both woken when the runtime closes',
    shape: { ...empty, rows: 3 },
    threads: users(
      closes,
      (user) => user.acquire(),
      (user) => user.acquire(),
    ),
    check: shut,
  },
  {
    name: 'a waiter has the block of a put, or is refused, when the runtime closes meanwhile',
    shape: { ...shape, rows: 3, perSlab: [1], maxUnits: 4 },
    prepare: (stage) => each(() => stage.cut(2)),
    threads: users(
      closes,
      (user) => user.acquire(),
      (user, stage) => user.call(() => stage.put(2)),
    ),
    check: shut,
  },
  {
    name: 'neither a press nor its end moves a gate that close has shut',
    shape: { ...empty, rows: 3 },
    bound: Number.POSITIVE_INFINITY,
    threads: users(
      closes,
      (user) =>
        each(
          () => user.press(),
          () => user.relieve(),
        ),
      (user) => user.press(),
    ),
    check: shut,
  },
  {
    name: 'blocks that are put, popped and stolen while the runtime closes are where they should be',
    shape: { ...shape, rows: 3 },
    prepare: (stage) => held(stage, 2),
    threads: users(
      (user, stage) =>
        each(
          () => user.call(() => stage.put(0, 2)),
          () => user.call(() => stage.pop(0, 1)),
        ),
      (user, stage) => user.call(() => stage.get(1)),
      closes,
    ),
    check: shut,
  },
  {
    name: 'blocks that are cut, sent home and taken while the runtime closes are where they should be',
    shape: { ...shape, rows: 3, perSlab: [2, 2], units: [4, 8] },
    prepare: (stage) => atHome(stage, 1),
    threads: users(
      (user, stage) =>
        each(
          () => user.call(() => stage.cut(0)),
          () => user.call(() => stage.home(0)),
        ),
      (user, stage) => user.call(() => stage.get(1, 1)),
      closes,
    ),
    check: shut,
  },
  {
    name: 'who was refused once is refused everywhere, also in a pool that opens while the runtime closes',
    shape: { ...twoPools, rows: 3 },
    // 60,000 schedules, half a minute.
    deepBound: Number.POSITIVE_INFINITY,
    threads: users(
      closes,
      (user) =>
        each(
          () => user.open(),
          () => user.enter(),
        ),
      (user) =>
        each(
          () => user.open(),
          () => user.enter(),
        ),
    ),
  },
  {
    name: 'a waiter in a pool that opens while the runtime closes is woken, or sees it before',
    shape: twoPools,
    bound: Number.POSITIVE_INFINITY,
    threads: users(closes, (user) =>
      each(
        () => user.open(),
        () => user.acquire(1),
      ),
    ),
  },
  {
    name: 'who is refused stays refused when two close at once',
    shape: { ...twoPools, rows: 3 },
    threads: users(closes, closes, (user) =>
      each(
        () => user.open(),
        () => user.enter(),
        () => user.enter(),
      ),
    ),
  },
  {
    name: 'a waiter is woken by one of two that close at once, or sees it before',
    shape: { ...twoPools, rows: 3 },
    threads: users(closes, closes, (user) =>
      each(
        () => user.open(),
        () => user.acquire(1),
      ),
    ),
  },
  {
    name: 'a closer that dies anywhere leaves an open runtime or a closed one, and who closes next wakes the waiters',
    shape: { ...shape, rows: 3, maxUnits: 4, perSlab: [1] },
    deaths: { threads: [0] },
    prepare: (stage) => held(stage, 1),
    threads: users(
      (user, stage) =>
        each(
          () => user.close(),
          () => stage.exit(0),
        ),
      (user, stage) =>
        each(
          // A closed runtime is recovered by nobody; that somebody could shows that it is whole.
          () => stage.recover(1, 0),
          () => user.close(),
        ),
      (user) => user.acquire(),
    ),
    check: shut,
  },
];
