// Steps that are cut inside, at every shared operation in turn, as the Atomics kernel knows it; and audits, which give back what that
// loses and nothing else, beside threads at work and beside each other.

import * as layout from '../../../src/kernel/layout.ts';
import { incarnationOf, tagOf } from '../../../src/kernel/line.ts';
import { DONE } from '../../../src/kernel/outcome.ts';
import { packLive, ROW_FREE, ROW_LIVE } from '../../../src/kernel/row.ts';
import type { Body } from '../execution.ts';
import { attach } from '../newcomer.ts';
import { atHome, each, held } from '../parts.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { FIRST_INCARNATION } from '../world.ts';

const shape = { rows: 2, ringSlots: 2, perSlab: [3], units: [4], maxUnits: 12, slabs: 1, hasTornSteps: true };
const inside = { threads: [0], insideSteps: true };

type Work = (stage: Stage) => readonly (() => Generator<void, unknown, void>)[];

/** Thread 0 works, dies inside a step or ends; thread 1 works meanwhile, recovers it, audits, and goes on. */
function mortal(victim: Work, before: Work = () => [], after: Work = () => []): (stage: Stage) => Body[] {
  return (stage) => [
    each(...victim(stage), () => stage.exit(0)),
    each(
      ...before(stage),
      () => stage.recover(1, 0),
      () => stage.audit(1),
      ...after(stage),
    ),
  ];
}

/** Takes a home block out of its place: what a cut leaves between take's claim and its staging. */
function lose(stage: Stage, number: number): void {
  const { kernel, memory } = stage.world;
  const bits = kernel.slabAt(1) + layout.S_BITMAP;
  memory.poke(bits, memory.peek(bits) & ~layout.bitOf(number));
}

function* atHomeButOne(stage: Stage): Body {
  yield* atHome(stage, 3);
  lose(stage, 1);
}

/** All that there is can be had in the end, by thread 1. */
function allIn(hands: number, count: number): (stage: Stage) => void {
  return (stage) => {
    const found = stage.held(hands).length;
    if (found !== count) throw new Error(`${found} blocks could be had, not ${count}`);
  };
}

/** The thread leaves its row, holding nothing. */
function leave(stage: Stage, thread: number): Generator<void, unknown, void> {
  return stage.world.kernel.leaveRow(stage.world.row(thread), packLive(FIRST_INCARNATION));
}

/** A newcomer attaches when thread 0 has ended. */
function* arrive(stage: Stage, thread: number): Body {
  yield* stage.ends(0);
  yield* attach(stage, thread);
}

/** Thread 0 sends home what it holds, and leaves. */
function* giveUp(stage: Stage): Body {
  yield* stage.home(0, stage.held(0).length);
  yield* leave(stage, 0);
}

/** The thread waits until another has left. */
function* untilLeft(stage: Stage, thread = 1, other = 0): Body {
  const { memory } = stage.world;
  while (tagOf(yield* memory.loadShared(stage.world.row(other) + layout.R_WORD)) !== ROW_FREE) {
    yield* memory.waitShared(stage.world.row(thread) + layout.R_NAP, 0, 1);
  }
}

/** Thread 1 recovers thread 0, unless it has, and leaves. */
function* recoverAndLeave(stage: Stage): Body {
  yield* stage.recover(1, 0);
  yield* leave(stage, 1);
}

/** Row 1 has no thread; its last one died inside the kernel. */
function* vacant(stage: Stage): Body {
  yield* atHome(stage, 1);
  yield* leave(stage, 1);
  stage.world.memory.poke(stage.world.row(1) + layout.R_ACTIVITY, 1);
}

/** What thread 2 was claiming when it died, thread 1 frees and claims for a new thread. */
function* inherit(stage: Stage): Body {
  const { kernel, memory } = stage.world;
  const row = stage.world.row(0);
  yield* stage.recover(1, 2);
  yield* kernel.dropClaim(row, -10);
  const word = yield* memory.loadShared(row + layout.R_WORD);
  if (tagOf(word) === ROW_LIVE) yield* stage.recoverRow(1, 0, incarnationOf(word));
  if ((yield* kernel.claimRow(row, 0, 11, 0, 0, 0, 0)) !== DONE) throw new Error('a row was lost with its claimant');
}

/** Thread 1 says that it has done its work; it lives on, and holds what it holds. */
function* hasDone(stage: Stage): Body {
  yield* stage.world.memory.storeShared(stage.world.exitWord(1), 1);
  yield* stage.world.memory.notifyShared(stage.world.exitWord(1));
}

/** Thread 0's, once thread 1 has said so. */
function lastAudit(stage: Stage): Body {
  return each(
    () => stage.ends(1),
    () => stage.audit(0),
  );
}

export const auditScenarios: readonly Scenario[] = [
  // The auditor is thread 0, which runs first: a step in the midst of its look takes one preemption less.
  {
    name: 'an audit takes nothing from a thread that pushes and pops, takes and sends home',
    shape,
    prepare: (stage) => each(() => stage.cut(1, 2)),
    threads: (stage) => [
      each(() => stage.audit(0)),
      each(
        () => stage.put(1),
        () => stage.home(1),
        () => stage.tryGet(1, 0, 2),
        () => stage.take(1, 1),
      ),
    ],
  },
  {
    name: 'an audit takes nothing from a thief and its victim',
    shape: { ...shape, rows: 3, perSlab: [2], maxUnits: 8 },
    deepBound: 2,
    prepare: (stage) => each(() => stage.cut(1, 2)),
    threads: (stage) => [
      each(() => stage.audit(0)),
      each(
        () => stage.put(1, 2),
        () => stage.pop(1, 1),
      ),
      each(() => stage.steal(2, 1, 1)),
    ],
  },
  {
    name: 'an audit takes nothing from a releaser, and gives no byte back twice',
    shape: { ...shape, perSlab: [2, 1], units: [4, 8], maxUnits: 8, slabs: 1 },
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [each(() => stage.audit(0)), each(() => stage.get(1, 1))],
  },
  {
    name: 'an audit takes no message for a block that its sender left behind',
    shape,
    prepare: (stage) => each(() => stage.cut(1)),
    threads: (stage) => [
      each(() => stage.audit(0)),
      each(
        () => stage.detach(1, 7),
        () => leave(stage, 1),
      ),
    ],
  },
  {
    name: 'an audit sees a thread that has just attached to the row of one that died inside',
    shape,
    prepare: vacant,
    threads: (stage) => [
      each(() => stage.audit(0)),
      each(
        () => stage.attach(1),
        () => stage.take(1, 1),
      ),
    ],
  },
  {
    name: 'two audits correct the accounts once, while another thread cuts at the limit',
    shape: { ...shape, rows: 3, perSlab: [2], maxUnits: 10, slabs: 2 },
    bound: 1,
    deepBound: 2,
    // Two units are reserved for nothing, as a death between cut's two claims leaves it.
    prepare: function* (stage) {
      const { memory, pool } = stage.world;
      yield* stage.cut(2);
      memory.poke(pool + layout.P_RESERVED, memory.peek(pool + layout.P_RESERVED) + 2);
    },
    threads: (stage) => [
      each(
        () => stage.audit(0),
        () => stage.exit(0),
      ),
      each(
        () => stage.audit(1),
        () => stage.recover(1, 0),
        () => stage.audit(1),
      ),
      each(() => stage.cut(2)),
    ],
  },
  {
    name: 'a lost block is given back while others are at work, and once by two auditors',
    shape: { ...shape, rows: 3 },
    bound: 1,
    deepBound: 2,
    prepare: atHomeButOne,
    threads: (stage) => [
      each(
        () => stage.audit(0),
        () => stage.exit(0),
      ),
      each(
        () => stage.audit(1),
        () => stage.recover(1, 0),
        () => stage.audit(1),
      ),
      each(() => stage.take(2, 1, 3)),
    ],
  },
  {
    name: 'an auditor that dies anywhere leaves what it has not given back to the next',
    shape,
    // 129,000 schedules at bound 2.
    bound: 1,
    deepBound: 2,
    deaths: inside,
    prepare: atHomeButOne,
    threads: mortal(
      (stage) => [() => stage.audit(0)],
      (stage) => [() => stage.audit(1)],
    ),
  },
  {
    name: 'an auditor that is cut anywhere loses nothing',
    shape,
    bound: 1,
    deepBound: 2,
    // The last audit comes when nobody is inside any more: beside others it may not get a look.
    deaths: { ...inside, goOn: lastAudit },
    prepare: atHomeButOne,
    threads: (stage) => [
      each(
        () => stage.audit(0),
        () => lastAudit(stage),
      ),
      each(
        () => stage.take(1, 1),
        () => hasDone(stage),
      ),
    ],
  },
  {
    name: 'what a thread loses that dies inside push or pop is given back',
    shape,
    // Tens of thousands of schedules at bound 2: the deep run adds random ones only.
    deepBound: 2,
    deaths: inside,
    prepare: (stage) => held(stage, 3),
    threads: mortal(
      (stage) => [() => stage.put(0, 2), () => stage.pop(0, 1), () => stage.push(0)],
      (stage) => [() => stage.steal(1, 0, 1)],
      (stage) => [() => stage.get(1, 0, 3), () => stage.get(1, 0, 2), () => stage.get(1)],
    ),
    check: allIn(1, 3),
  },
  {
    name: 'what a thief loses that dies inside steal is given back, its slots too',
    shape,
    deaths: inside,
    prepare: function* (stage) {
      yield* stage.cut(1, 2);
      yield* stage.put(1, 2);
    },
    threads: mortal(
      (stage) => [() => stage.sweep(0, 2), () => stage.home(0, stage.held(0).length)],
      (stage) => [() => stage.pop(1, 1), () => stage.put(1, stage.held(1).length)],
    ),
  },
  {
    name: 'what a thread loses that dies inside take or home is given back',
    shape,
    deaths: inside,
    prepare: (stage) => atHome(stage, 3),
    threads: mortal(
      (stage) => [() => stage.take(0, 1, 2), () => stage.home(0, 2)],
      (stage) => [() => stage.take(1, 1, 2), () => stage.home(1, stage.held(1).length)],
    ),
  },
  {
    name: 'the bytes of a thread that dies inside cut can be cut after an audit',
    shape,
    // Tens of thousands of schedules at bound 2: the deep run adds random ones only.
    deepBound: 2,
    deaths: inside,
    threads: mortal(
      (stage) => [() => stage.cut(0, 2)],
      (stage) => [() => stage.cut(1)],
      (stage) => [() => stage.get(1, 0, 3), () => stage.get(1, 0, 2), () => stage.get(1)],
    ),
    check: allIn(1, 3),
  },
  {
    name: 'the run of a thread that dies inside cutRun is finished by an audit, others below it or not',
    shape: { ...shape, perSlab: [1], units: [8], runSlabs: [2], maxUnits: 16, slabs: 4 },
    deaths: inside,
    threads: mortal(
      (stage) => [() => stage.cut(0)],
      (stage) => [() => stage.cut(1)],
      (stage) => [() => stage.get(1), () => stage.get(1)],
    ),
    check: allIn(1, 2),
  },
  {
    name: 'what a recoverer loses that dies inside a step is given back after its own recovery',
    shape: { ...shape, rows: 3, perSlab: [2], maxUnits: 8 },
    bound: 1,
    deepBound: 2,
    deaths: { threads: [1], insideSteps: true },
    prepare: function* (stage) {
      yield* stage.cut(0, 2);
      yield* stage.put(0);
    },
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(
        () => stage.recover(1, 0),
        () => stage.exit(1),
      ),
      each(
        () => stage.recover(2, 0, 1),
        () => stage.audit(2),
      ),
    ],
  },
  {
    name: 'a recoverer that is cut inside a step goes on with the recovery at its next slow path',
    shape,
    // Tens of thousands of schedules at bound 2: the deep run adds random ones only.
    deepBound: 2,
    deaths: {
      threads: [1],
      insideSteps: true,
      goOn: (stage) =>
        each(
          () => stage.recover(1, 0),
          () => stage.audit(1),
        ),
    },
    // Between its claim of a dead thread's block and its staging the block is its own.
    allow: { unheldBy: 1 },
    prepare: function* (stage) {
      yield* stage.cut(0, 2);
      yield* stage.put(0);
    },
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(
        () => stage.recover(1, 0),
        () => stage.audit(1),
      ),
    ],
  },
  {
    name: 'what a cut inside a step has lost comes back by an audit, and when the thread ends that went on',
    shape,
    bound: 1,
    deepBound: 2,
    deaths: {
      ...inside,
      // Not after the word of its end: who is cut then has ended.
      goOn: (stage) => each(...(stage.dead.has(0) ? [] : [() => stage.tryGet(0, 0, 2)]), () => stage.exit(0)),
    },
    prepare: (stage) => held(stage, 2),
    threads: mortal(
      (stage) => [() => stage.put(0), () => stage.home(0), () => stage.tryGet(0)],
      (stage) => [() => stage.tryGet(1)],
    ),
  },
  {
    name: 'what a thread owns and does not hold, because it was cut inside a step, comes back by an audit once it has left',
    shape,
    // Tens of thousands of schedules at bound 2: the deep run adds random ones only.
    deepBound: 2,
    deaths: { ...inside, goOn: (stage) => each(...(stage.world.isFree(0) ? [] : [() => giveUp(stage)])) },
    prepare: (stage) => held(stage, 2),
    threads: (stage) => [
      each(
        () => stage.put(0),
        () => stage.tryGet(0),
        () => giveUp(stage),
      ),
      each(
        () => untilLeft(stage),
        () => stage.audit(1),
      ),
    ],
  },
  {
    name: 'an audit and an heir take each block of the dead once',
    shape: { ...shape, newcomers: 1 },
    prepare: function* (stage) {
      yield* stage.cut(0, 2);
      yield* stage.put(0);
    },
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(
        () => stage.ends(0),
        () => stage.audit(1),
      ),
      each(() => arrive(stage, 2)),
    ],
  },
  {
    name: 'an heir that dies inside a step leaves the row, and what was on it, to the next',
    shape: { ...shape, rows: 1, newcomers: 2 },
    bound: 1,
    deepBound: 2,
    deaths: { threads: [1], insideSteps: true },
    prepare: function* (stage) {
      yield* stage.cut(0, 2);
      yield* stage.put(0);
    },
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(
        () => arrive(stage, 1),
        () => stage.exit(1),
      ),
      each(
        () => stage.ends(1),
        () => arrive(stage, 2),
        () => stage.audit(stage.seats[2] ?? 0),
      ),
    ],
    check: (stage) => {
      if (stage.seats[2] === undefined) throw new Error('a newcomer was refused although nobody lives');
    },
  },
  {
    name: 'what a recoverer was cut inside a step with, before it went on and left, is wiped before anybody has it',
    shape: { ...shape, rows: 3, perSlab: [2], maxUnits: 8 },
    bound: 1,
    deepBound: 2,
    deaths: { threads: [1], insideSteps: true, goOn: recoverAndLeave },
    prepare: (stage) => held(stage, 2),
    threads: (stage) => [
      each(() => stage.exit(0)),
      recoverAndLeave(stage),
      each(
        () => untilLeft(stage, 2, 1),
        () => stage.audit(2),
        () => stage.tryGet(2),
      ),
    ],
  },
  {
    name: 'a thread that dies while it claims a row leaves the row to others',
    shape: { ...shape, rows: 3 },
    deaths: { threads: [2], insideSteps: true },
    prepare: (stage) => each(() => leave(stage, 0)),
    threads: (stage) => [
      each(),
      each(() => inherit(stage)),
      each(
        () => stage.attach(0),
        () => stage.exit(2),
      ),
    ],
  },
];
