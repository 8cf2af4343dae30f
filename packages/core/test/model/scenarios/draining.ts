// Draining: epochs that end, and cold blocks that go home from anybody's deque, beside its owner, thieves, other trims, recovery and
// newcomers. How much may be cold is low-water.ts's to say; rings of two slots and 2-bit indexes where a lap matters.

import * as layout from '../../../src/kernel/layout.ts';
import type { Body } from '../execution.ts';
import { Drainer } from '../drainer.ts';
import { attach } from '../newcomer.ts';
import { each } from '../parts.ts';
import type { Words } from '../memory.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const shape = { rows: 2, ringSlots: 4, perSlab: [8], units: [4], maxUnits: 1000, slabs: 1 };
const observed = { always: ({ low, world }: Stage) => low.see(world) };
/** Room enough that nobody goes round: what a trim takes after a lap is not the blocks of before. */
const wide = { ...observed, indexBits: 3 } as const;

type Work = () => Generator<void, unknown, void>;

/** What the owner of a deque does. */
function owner(stage: Stage, thread: number, ...work: readonly Work[]): Body {
  return stage.low.owning(stage.world, thread, 0, each(...work));
}

/** The deque of thread 0 has `count` blocks for an epoch to come, and thread 0 holds some more. */
function cold(count: number, more = 0): (stage: Stage) => Body {
  return (stage) =>
    each(
      () => stage.cut(0, count + more),
      () => stage.put(0, count),
      () => stage.world.kernel.endEpoch(stage.world.cls()),
    );
}

/** The first state counts too. */
function threads(make: (stage: Stage) => Body[]): (stage: Stage) => Body[] {
  return (stage) => {
    stage.low.see(stage.world);
    return make(stage);
  };
}

const drains = (stage: Stage, thread: number): Work => {
  return () => new Drainer(stage, thread).drain();
};

function expect(what: string, found: unknown, expected: unknown): void {
  if (String(found) !== String(expected)) throw new Error(`${what}: ${String(found)}, not ${String(expected)}`);
}

/** One thread: the contract of Go's victim cache, lap after lap of the indexes. */
function* contract(stage: Stage): Body {
  const drainer = new Drainer(stage, 1);
  yield* stage.cut(0, 2);
  for (let round = 0; round < 5; round++) {
    yield* stage.put(0, 2);
    expect('trimmed in the epoch in which it came', yield* drainer.drain(), 0);
    yield* stage.pop(0, 1);
    yield* stage.put(0);
    expect('trimmed of two, one of which was needed', yield* drainer.drain(), 1);
    yield* stage.put(0, stage.held(0).length);
    expect('trimmed after an epoch without a push', yield* drainer.drain(), 1);
    expect('trimmed of an empty deque', yield* drainer.drain(), 0);
    yield* stage.take(0, 1, 2);
  }
}

/** One thread: the wall clock goes on, and is set. */
function* clock(stage: Stage): Body {
  expect('of a first period', yield* hears(stage, 100), 1);
  expect('of the same', yield* hears(stage, 100), 0);
  expect('of one before', yield* hears(stage, 99), 0);
  expect('of the next', yield* hears(stage, 101), 2);
  expect('set back by an hour', yield* hears(stage, 101 - 360), 3);
  expect('and on', yield* hears(stage, 102 - 360), 4);
  expect('and set right again', yield* hears(stage, 104), 5);
}

/** One thread: a deque that is used for the first time when so many epochs have ended, and again. */
function* longAgo(stage: Stage): Body {
  const { kernel, memory } = stage.world;
  const drainer = new Drainer(stage, 1);
  for (const ended of [1, 40_000, 100_000, 0x7fffffff, -40_000]) {
    yield* memory.storeShared(kernel.classAt(0) + layout.C_EPOCH, ended);
    yield* stage.cut(0, 1);
    yield* stage.put(0);
    expect(`trimmed at once, ${ended} epochs on`, yield* drainer.drain(), 0);
    expect(`trimmed after an epoch more, ${ended} epochs on`, yield* drainer.drain(), 1);
  }
}

function hears(stage: Stage, tick: number): Words {
  return stage.world.kernel.advanceEpoch(stage.world.cls(), tick);
}

/** One trim step, towards an index. */
function* trimTo(stage: Stage, thread: number, victim: number, target: number): Body {
  const { kernel } = stage.world;
  yield* kernel.trim(
    stage.world.row(thread),
    stage.world.cls(),
    victim,
    kernel.dequeAt(victim, 0),
    kernel.ringAt(victim, 0),
    target,
  );
  yield* kernel.homeStaged(stage.world.row(thread));
}

function epochs({ world: { kernel, memory } }: Stage): number {
  return memory.peek(kernel.classAt(0) + layout.C_EPOCH);
}

export const drainingScenarios: readonly Scenario[] = [
  {
    name: 'a block survives one epoch that nobody needs it in and is gone after two, at every place of the ring',
    shape: { ...shape, ringSlots: 2 },
    ...observed,
    bound: 0,
    threads: threads((stage) => [contract(stage)]),
  },
  {
    name: 'a deque that was not used for any number of epochs is trimmed as any other when it is used again',
    shape,
    bound: 0,
    threads: (stage) => [longAgo(stage)],
  },
  {
    name: 'epochs go on when the wall clock is set back',
    shape,
    bound: 0,
    threads: (stage) => [clock(stage)],
  },
  {
    name: 'no more is trimmed than what its owner left alone for an epoch, whatever it does meanwhile',
    shape,
    ...wide,
    prepare: cold(3, 1),
    threads: threads((stage) => [
      owner(
        stage,
        0,
        () => stage.pop(0, 2),
        () => stage.put(0),
        () => stage.put(0),
        () => stage.put(0),
      ),
      each(drains(stage, 1)),
    ]),
  },
  {
    name: 'a trim and a thief share the cold blocks, and the trim stops where it would have without the thief',
    shape: { ...shape, rows: 3 },
    ...wide,
    prepare: cold(3, 1),
    threads: threads((stage) => [
      owner(stage, 0, () => stage.put(0)),
      each(drains(stage, 1)),
      each(
        () => stage.steal(2, 0, 1),
        () => stage.steal(2, 0, 1),
      ),
    ]),
  },
  {
    name: 'a trim ends when thieves pass its target, and what is warm stays',
    shape,
    ...wide,
    prepare: cold(1, 3),
    threads: threads((stage) => [
      each(
        () => stage.put(0, 3),
        () => new Drainer(stage, 0).drain(),
      ),
      each(
        () => stage.steal(1, 0, 2),
        () => stage.steal(1, 0, 1),
      ),
    ]),
  },
  {
    name: 'of two that trim for the end of one epoch one trims a deque, and what is warm stays',
    shape,
    ...wide,
    prepare: cold(1, 3),
    threads: threads((stage) => [
      // The epoch ends with four blocks, one of which was there all the time.
      each(
        () => stage.put(0, 3),
        () => stage.world.kernel.endEpoch(stage.world.cls()),
        () => new Drainer(stage, 0).trim(epochs(stage)),
      ),
      (function* () {
        const epoch = yield* stage.world.memory.loadShared(stage.world.cls() + layout.C_EPOCH);
        yield* new Drainer(stage, 1).trim(epoch);
      })(),
    ]),
  },
  {
    name: 'of two epochs that end one after the other each has its own trim, of what was cold in it',
    shape: { ...shape, rows: 3 },
    deepBound: 2,
    ...wide,
    prepare: cold(2, 2),
    threads: threads((stage) => [
      owner(
        stage,
        0,
        () => stage.pop(0, 1),
        () => stage.put(0, 1),
        () => stage.put(0, 2),
      ),
      each(drains(stage, 1)),
      each(drains(stage, 2)),
    ]),
  },
  {
    name: 'two timers of one period end one epoch, and who ends one by hand another',
    shape: { ...shape, rows: 3 },
    bound: Number.POSITIVE_INFINITY,
    threads: (stage) => [
      each(() => hears(stage, 1)),
      each(() => hears(stage, 1)),
      each(() => stage.world.kernel.endEpoch(stage.world.cls())),
    ],
    check: (stage) => expect('epochs', epochs(stage), 2),
  },
  {
    name: 'a timer that comes a period late ends no epoch a second time',
    shape: { ...shape, rows: 3 },
    bound: Number.POSITIVE_INFINITY,
    threads: (stage) => [
      each(
        () => hears(stage, 1),
        () => hears(stage, 2),
      ),
      each(() => hears(stage, 1)),
      each(() => hears(stage, 2)),
    ],
    check: (stage) => {
      const [found, tick] = [epochs(stage), stage.world.memory.peek(stage.world.cls() + layout.C_TICK)];
      // One if the second period was over before anybody heard of the first.
      if (found < 1 || found > 2 || tick !== 2) throw new Error(`${found} epochs have ended by period ${tick}`);
    },
  },
  {
    name: 'a trimmer that sleeps over a whole lap of the indexes sends home what is there now',
    shape: { ...shape, ringSlots: 2 },
    bound: Number.POSITIVE_INFINITY,
    prepare: (stage) => each(() => stage.cut(0, 2)),
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
      each(() => trimTo(stage, 1, 0, 1)),
    ],
  },
  {
    name: 'a trim ends when its owner comes down below the target, or thieves pass it',
    shape: { ...shape, rows: 3, ringSlots: 2 },
    deepBound: 2,
    prepare: cold(2),
    threads: (stage) => [
      each(
        () => stage.pop(0, 1),
        () => stage.put(0),
        () => stage.pop(0, 2),
        () => stage.put(0, 2),
      ),
      each(drains(stage, 1)),
      each(
        () => stage.steal(2, 0, 1),
        () => stage.home(2),
      ),
    ],
  },
  {
    name: 'the deque of the dead is trimmed while it is recovered',
    shape: { ...shape, rows: 3, ringSlots: 2 },
    deaths: { threads: [0] },
    bound: 1,
    deepBound: 2,
    prepare: cold(2),
    threads: (stage) => [
      each(
        () => stage.pop(0, 1),
        () => stage.put(0),
        () => stage.exit(0),
      ),
      each(() => stage.recover(1, 0)),
      each(drains(stage, 2)),
    ],
  },
  {
    name: 'a trimmer that began with the deque of the dead goes on with that of a newcomer, and nothing is lost',
    shape: { ...shape, newcomers: 1, ringSlots: 2 },
    bound: 1,
    deepBound: 2,
    prepare: cold(2),
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(drains(stage, 1)),
      (function* () {
        yield* stage.ends(0);
        const index = yield* attach(stage, 2);
        if (index === undefined) return;
        yield* stage.get(index);
        yield* stage.put(index);
        yield* stage.tryGet(index);
      })(),
    ],
  },
  {
    name: 'a trimmer that dies anywhere leaves its blocks to who recovers it, beside the owner of the deque',
    shape: { ...shape, ringSlots: 2 },
    deepBound: 2,
    deaths: { threads: [1] },
    prepare: cold(2),
    threads: (stage) => [
      each(
        () => stage.pop(0, 1),
        () => stage.put(0),
        () => stage.recover(0, 1),
      ),
      each(drains(stage, 1), () => stage.exit(1)),
    ],
  },
  {
    name: 'a trimmer that is cut anywhere has the blocks in its own deque when it goes on, or sent them home',
    shape: { ...shape, ringSlots: 2 },
    deepBound: 2,
    deaths: { threads: [1], goOn: (stage) => each(drains(stage, 1)) },
    prepare: cold(2),
    threads: (stage) => [
      each(
        () => stage.pop(0, 1),
        () => stage.put(0),
      ),
      each(drains(stage, 1)),
    ],
  },
  {
    name: 'what a trimmer loses that dies inside a step is given back by an audit, its slots too',
    shape: { ...shape, ringSlots: 2, hasTornSteps: true },
    deaths: { threads: [1], insideSteps: true },
    bound: 1,
    deepBound: 2,
    prepare: cold(2),
    threads: (stage) => [
      each(
        () => stage.pop(0, 1),
        () => stage.put(0),
        () => stage.recover(0, 1),
        () => stage.audit(0),
      ),
      each(drains(stage, 1), () => stage.exit(1)),
    ],
  },
];
