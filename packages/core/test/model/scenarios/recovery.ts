// Thread 0 dies before a step, after one with its value lost, or at a back-edge of a driver, at every one of them in
// turn, or ends with what it holds; thread 1 recovers it. Every block is in its place afterwards, and nobody waits for ever.

import { atHome, each, held } from '../parts.ts';
import type { Body } from '../execution.ts';
import type { Scenario } from '../scenario.ts';
import type { Handle, Stage } from '../stage.ts';

const shape = { rows: 2, ringSlots: 2, perSlab: [4], units: [4], maxUnits: 16, slabs: 1 };
const twoClasses = { ...shape, perSlab: [2, 2], units: [4, 8], maxUnits: 8 };
const deaths = { threads: [0] };

type Work = (stage: Stage) => readonly (() => Generator<void, unknown, void>)[];

/** Thread 0 works and ends; thread 1 works meanwhile and recovers it. */
function mortal(victim: Work, recoverer: Work = () => []): (stage: Stage) => Body[] {
  return (stage) => [each(...victim(stage), () => stage.exit(0)), each(...recoverer(stage), () => stage.recover(1, 0))];
}

/** The same, and thread 2 works all the time. */
function watched(victim: Work, bystander: Work): (stage: Stage) => Body[] {
  return (stage) => [...mortal(victim)(stage), each(...bystander(stage))];
}

function* message(stage: Stage): Body {
  yield* stage.cut(0, 2);
  yield* stage.detach(0, 7);
}

export const recoveryScenarios: readonly Scenario[] = [
  {
    name: 'a thread dies in put and get while another steals from it, and its blocks go home',
    shape,
    deaths,
    prepare: (stage) => held(stage, 3),
    threads: mortal(
      (stage) => [() => stage.put(0, 2), () => stage.put(0), () => stage.tryGet(0, 0, 2)],
      (stage) => [() => stage.steal(1, 0, 2)],
    ),
  },
  {
    name: 'a thread dies while it steals, and the block is its victim’s or goes home',
    shape,
    deaths,
    prepare: function* (stage) {
      yield* stage.cut(1, 2);
      yield* stage.put(1, 2);
    },
    threads: mortal(
      (stage) => [() => stage.sweep(0, 2), () => stage.home(0)],
      (stage) => [() => stage.pop(1, 1), () => stage.put(1)],
    ),
  },
  {
    name: 'a thread dies while it takes from a slab and sends home',
    shape,
    deaths,
    prepare: (stage) => atHome(stage, 3),
    threads: mortal(
      (stage) => [() => stage.takeByHints(0, 2), () => stage.home(0)],
      (stage) => [() => stage.takeByHints(1, 2), () => stage.home(1)],
    ),
  },
  {
    name: 'a thread dies while it cuts at the limit, and the bytes are accounted for',
    shape: { ...shape, maxUnits: 12 },
    deaths,
    threads: mortal(
      (stage) => [() => stage.cut(0, 2)],
      (stage) => [() => stage.cut(1, 2)],
    ),
  },
  {
    name: 'a thread dies while it cuts a run',
    shape: { ...shape, perSlab: [1], units: [8], runSlabs: [2], slabs: 4 },
    deaths,
    threads: mortal(
      (stage) => [() => stage.cut(0)],
      (stage) => [() => stage.cut(1)],
    ),
  },
  {
    name: 'a releaser dies anywhere in its release, and its blocks and its slab are everybody’s again',
    shape: { ...twoClasses, maxUnits: 8 },
    deaths,
    prepare: (stage) => atHome(stage, 2),
    threads: mortal((stage) => [() => stage.get(0, 1)]),
  },
  {
    name: 'a releaser dies while another thread takes a block of the slab',
    shape: { ...twoClasses, maxUnits: 8 },
    deaths,
    prepare: (stage) => atHome(stage, 2),
    threads: mortal(
      (stage) => [() => stage.get(0, 1)],
      (stage) => [() => stage.takeByHints(1), () => stage.home(1)],
    ),
  },
  {
    name: 'a thread dies while it hands over, and the message is whole or its block goes home',
    shape,
    deaths,
    prepare: (stage) => held(stage, 1),
    threads: mortal((stage) => [() => stage.detach(0, 7)]),
  },
  {
    name: 'a thread dies while it adopts what another adopts too',
    shape,
    deaths,
    prepare: message,
    threads: (stage) => {
      const [one] = stage.handles as [Handle];
      return mortal(
        () => [() => stage.adopt(0, one), () => stage.home(0)],
        () => [() => stage.adopt(1, one), () => stage.home(1, stage.held(1).length)],
      )(stage);
    },
  },
  {
    name: 'a thread dies while it makes a pool, and the entry is free again',
    shape: { ...shape, pools: 2 },
    deaths,
    threads: mortal((stage) => [() => stage.world.kernel.claimEntry(stage.world.row(0), stage.world.kernel.poolAt(1))]),
  },
  {
    name: 'a waiter gets the block of a putter that died before, in or after its put',
    shape: { ...shape, rows: 3, perSlab: [1], maxUnits: 4 },
    // Tens of thousands of schedules at bound 2, a million at 3: the deep run adds random ones only.
    deepBound: 2,
    deaths,
    prepare: (stage) => held(stage, 1),
    threads: watched(
      (stage) => [() => stage.put(0)],
      (stage) => [() => stage.acquire(2)],
    ),
  },
  {
    name: 'a waiter for the bytes of a releaser that died gets them',
    shape: { ...twoClasses, rows: 3 },
    bound: 1,
    deepBound: 2,
    deaths,
    prepare: (stage) => atHome(stage, 2),
    threads: watched(
      (stage) => [() => stage.get(0, 1)],
      (stage) => [() => stage.acquire(2, 1)],
    ),
  },
  {
    name: 'a waiter that dies takes nobody else’s wake along',
    shape: { ...shape, rows: 3, perSlab: [1], maxUnits: 4 },
    deaths,
    // 560,000 schedules at bound 2.
    bound: 1,
    deepBound: 2,
    prepare: (stage) => each(() => stage.cut(1)),
    threads: (stage) => [
      each(
        () => stage.get(0),
        () => stage.exit(0),
      ),
      each(
        () => stage.home(1),
        () => stage.recover(1, 0),
      ),
      each(() => stage.acquire(2)),
    ],
  },
  {
    name: 'a thief that steals from the dead while they are recovered gets blocks that nobody else has',
    shape: { ...shape, rows: 3 },
    // Tens of thousands of schedules at bound 2, a million at 3: the deep run adds random ones only.
    deepBound: 2,
    deaths,
    prepare: (stage) => held(stage, 3),
    threads: watched(
      (stage) => [() => stage.put(0, 2)],
      (stage) => [() => stage.steal(2, 0, 1), () => stage.tryGet(2, 0, 2)],
    ),
  },
];
