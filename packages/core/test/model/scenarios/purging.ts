// Memory given back: whole slabs, runs, and the home blocks of a slab in use, beside gets, puts, cuts, other purgers, waiters, and the
// purger's own death. Whoever holds a block writes into it and finds that again when it gives it away; the purger zeroes what it gives back.
// These words are plain: that a thread is not alone with a block is a data race, and so is a purger with a slab.

import * as layout from '../../../src/kernel/layout.ts';
import { Drainer } from '../drainer.ts';
import type { Body } from '../execution.ts';
import { attach } from '../newcomer.ts';
import { atHome, each, neverExhausted } from '../parts.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const shape = { rows: 2, ringSlots: 2, perSlab: [2], units: [4], maxUnits: 8, slabs: 1 };
/** A block in the first quarter of the bits, and one in the second. */
const quarters = { ...shape, perSlab: [9], maxUnits: 36 };
/** Two slabs of a block each: both are claimed before either is freed. */
const two = { ...shape, perSlab: [1], slabs: 2 };
const run = { ...shape, perSlab: [1], runSlabs: [2], maxUnits: 4, slabs: 2 };
const deaths = { threads: [0] };

type Work = (stage: Stage) => readonly (() => Generator<void, unknown, void>)[];

/** Thread 0 purges; the others do the rest. */
function beside(...others: readonly Work[]): (stage: Stage) => Body[] {
  return (stage) => [each(() => new Drainer(stage, 0).purge()), ...others.map((work) => each(...work(stage)))];
}

/** The same, and it ends then, or dies before. */
function mortal(...others: readonly Work[]): (stage: Stage) => Body[] {
  return (stage) => [
    each(
      () => new Drainer(stage, 0).purge(),
      () => stage.exit(0),
    ),
    ...others.map((work) => each(...work(stage))),
  ];
}

/** Thread 0 is cut, once, and purges again. */
const cut = { threads: [0], goOn: (stage: Stage) => new Drainer(stage, 0).purge() };

/** Runs what one thread does when all others have ended, as part of a check. */
function last(work: Generator<void, unknown, void>): void {
  for (const _stop of work) {
    // Nobody else runs any more.
  }
}

/** Nine blocks at home but for one of them, which thread 1 has. */
function* allButOne(stage: Stage): Body {
  yield* atHome(stage, 9);
  yield* stage.take(1, 1);
}

/** A block at home in each of two slabs. */
function* bothAtHome(stage: Stage): Body {
  yield* stage.cut(0, 1);
  yield* stage.cut(0, 1);
  yield* stage.home(0, 2);
}

export const purgingScenarios: readonly Scenario[] = [
  {
    name: 'a slab whose memory is given back is its purger’s alone, whoever takes, cuts and puts meanwhile',
    shape,
    prepare: (stage) => atHome(stage, 2),
    threads: beside((stage) => [() => stage.tryGet(1), () => stage.put(1), () => stage.tryGet(1), () => stage.home(1)]),
  },
  {
    name: 'two purgers of one pool give a slab back once',
    shape,
    prepare: (stage) => atHome(stage, 2),
    threads: beside((stage) => [() => new Drainer(stage, 1).purge()]),
    check: ({ world: { kernel, memory } }) => {
      const word = memory.peek(kernel.slabAt(1) + layout.S_WORD);
      if (word !== 0) throw new Error(`all was home, and the slab is not free: ${word}`);
    },
  },
  {
    name: 'a slab that is cut further while it is purged is given back block by block',
    shape: { ...shape, perSlab: [3], maxUnits: 12 },
    prepare: (stage) => atHome(stage, 2),
    threads: beside((stage) => [() => stage.cut(1), () => stage.home(1)]),
  },
  {
    name: 'nobody concludes while a purger has the only slab',
    shape,
    prepare: (stage) => atHome(stage, 2),
    threads: beside((stage) => [() => stage.get(1)]),
    check: neverExhausted(1),
  },
  {
    name: 'nobody concludes while a purger has all blocks, whole slabs or parts',
    shape: quarters,
    deepBound: 2,
    prepare: (stage) => atHome(stage, 9),
    threads: beside((stage) => [() => stage.get(1), () => stage.get(1)]),
    check: neverExhausted(1),
  },
  {
    name: 'a waiter that sleeps while a purger has the blocks is woken',
    shape,
    prepare: (stage) => atHome(stage, 2),
    threads: beside((stage) => [() => stage.acquire(1)]),
  },
  {
    name: 'two waiters for what a purger has both get a block',
    shape: { ...shape, rows: 3 },
    bound: 1,
    deepBound: 2,
    prepare: (stage) => atHome(stage, 2),
    threads: beside(
      (stage) => [() => stage.acquire(1)],
      (stage) => [() => stage.acquire(2)],
    ),
  },
  {
    name: 'the bytes of a slab that is purged go to a get of another size',
    shape: { ...shape, perSlab: [2, 2], units: [4, 8] },
    prepare: (stage) => atHome(stage, 2),
    threads: beside((stage) => [() => stage.get(1, 1)]),
    check: neverExhausted(1),
  },
  {
    name: 'a slab that changes its class while it is looked at is purged as what it is',
    shape: { ...shape, perSlab: [2, 1], units: [4, 8] },
    prepare: (stage) => atHome(stage, 2),
    threads: beside((stage) => [() => stage.get(1, 1), () => stage.home(1)]),
  },
  {
    name: 'a purger dies anywhere, and its slab and its blocks are everybody’s again',
    shape,
    deaths,
    prepare: (stage) => atHome(stage, 2),
    threads: mortal((stage) => [() => stage.recover(1, 0), () => stage.get(1), () => stage.get(1)]),
    check: neverExhausted(1),
  },
  {
    name: 'a waiter for what a purger has that dies gets it',
    shape: { ...shape, rows: 3 },
    deaths,
    bound: 1,
    deepBound: 2,
    prepare: (stage) => atHome(stage, 2),
    threads: mortal(
      (stage) => [() => stage.recover(1, 0)],
      (stage) => [() => stage.acquire(2)],
    ),
  },
  {
    name: 'a purger dies anywhere, and its heir finishes or undoes what it had begun',
    shape: { ...shape, rows: 1, newcomers: 1 },
    deaths,
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [
      ...mortal()(stage),
      (function* () {
        yield* stage.ends(0);
        const index = yield* attach(stage, 1);
        if (index === undefined) throw new Error('the heir was refused');
        if ((yield* stage.get(index)).length === 0) throw new Error('the heir found nothing');
      })(),
    ],
  },
  {
    name: 'a purger that is cut anywhere finishes or undoes it when it goes on',
    shape,
    deepBound: 2,
    deaths: cut,
    prepare: (stage) => atHome(stage, 2),
    threads: beside((stage) => [() => stage.tryGet(1), () => stage.home(1)]),
  },
  {
    name: 'two slabs whose memory is given back at once are their purger’s alone, whoever takes, cuts and puts meanwhile',
    shape: two,
    prepare: bothAtHome,
    threads: beside((stage) => [() => stage.tryGet(1), () => stage.put(1), () => stage.tryGet(1), () => stage.home(1)]),
  },
  {
    name: 'a purger of two slabs dies anywhere, and both are everybody’s again',
    shape: two,
    deaths,
    prepare: bothAtHome,
    threads: mortal((stage) => [() => stage.recover(1, 0), () => stage.get(1), () => stage.get(1)]),
    check: neverExhausted(1),
  },
  {
    name: 'a purger of two slabs that is cut anywhere frees both, or undoes it, when it goes on',
    shape: two,
    bound: 1,
    deepBound: 2,
    // Without another purge, which would free them too.
    deaths: {
      threads: [0],
      goOn: (stage) =>
        each(
          () => stage.tryGet(0),
          () => stage.home(0),
        ),
    },
    prepare: bothAtHome,
    threads: beside((stage) => [() => stage.tryGet(1), () => stage.home(1)]),
  },
  {
    name: 'home blocks whose memory is given back are their purger’s, and nobody takes them or misses them',
    shape: quarters,
    deepBound: 2,
    prepare: allButOne,
    threads: beside((stage) => [() => stage.take(1, 1, 2), () => stage.home(1, 2), () => stage.get(1)]),
    check: neverExhausted(1),
  },
  {
    name: 'a purger of parts dies anywhere, and its blocks go home',
    shape: { ...quarters, perSlab: [3], maxUnits: 12 },
    deaths,
    prepare: function* (stage) {
      yield* atHome(stage, 3);
      yield* stage.take(1, 1);
    },
    threads: mortal((stage) => [() => stage.home(1), () => stage.recover(1, 0)]),
  },
  {
    name: 'a purger of parts that is cut anywhere has their blocks in its deque, or sent them home',
    shape: { ...quarters, perSlab: [3], maxUnits: 12 },
    deepBound: 2,
    deaths: cut,
    prepare: function* (stage) {
      yield* atHome(stage, 3);
      yield* stage.take(1, 1);
    },
    threads: beside((stage) => [() => stage.take(1, 1), () => stage.home(1, 2)]),
  },
  {
    name: 'a run whose memory is given back is its purger’s alone, and a get waits for it',
    shape: run,
    prepare: (stage) => atHome(stage, 1),
    threads: beside((stage) => [() => stage.get(1), () => stage.home(1)]),
    check: neverExhausted(1),
  },
  {
    name: 'a purger of a run dies anywhere, and the run goes home',
    shape: run,
    deepBound: 2,
    deaths,
    prepare: (stage) => atHome(stage, 1),
    threads: mortal((stage) => [
      () => stage.tryGet(1),
      () => stage.home(1),
      () => stage.recover(1, 0),
      () => stage.get(1),
    ]),
    check: neverExhausted(1),
  },
  {
    name: 'a purger of a run that is cut anywhere loses nothing',
    shape: run,
    deepBound: 2,
    deaths: cut,
    prepare: (stage) => atHome(stage, 1),
    threads: beside((stage) => [() => stage.tryGet(1), () => stage.home(1)]),
  },
  {
    name: 'a note that says wrongly what was given back costs no more than to the next take',
    shape: { ...shape, perSlab: [3], maxUnits: 12 },
    prepare: function* (stage) {
      yield* atHome(stage, 3);
      yield* stage.take(1, 1);
    },
    threads: beside((stage) => [() => stage.take(1, 1), () => stage.home(1)]),
    check: (stage) => {
      const drainer = new Drainer(stage, 0);
      const given = stage.held(1).length;
      last(
        each(
          () => stage.tryGet(1),
          () => stage.home(1, 2),
          () => drainer.purge(),
        ),
      );
      if (given > 0 && drainer.purged === 0) throw new Error('memory was home after a take, and was not given back');
    },
  },
  {
    name: 'what a purger loses that dies inside a step, of a slab or of a part, is given back by an audit',
    shape: { ...shape, perSlab: [3], maxUnits: 12, hasTornSteps: true },
    deepBound: 2,
    deaths: { threads: [0], insideSteps: true },
    bound: 1,
    prepare: (stage) => atHome(stage, 3),
    threads: mortal((stage) => [
      () => stage.take(1, 1),
      () => stage.home(1),
      () => stage.recover(1, 0),
      () => stage.audit(1),
    ]),
  },
];
