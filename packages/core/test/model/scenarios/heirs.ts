// A full table whose threads have ended, and newcomers to it: one takes over the row of a dead thread, with all that it left, and
// recovers the others. Newcomers that die, and those that are attached and recover at the same time.

import { ENTRY_FREE } from '../../../src/kernel/entry.ts';
import * as layout from '../../../src/kernel/layout.ts';
import { tagOf } from '../../../src/kernel/line.ts';
import { ROW_FREE } from '../../../src/kernel/row.ts';
import type { Body } from '../execution.ts';
import { atHome, each, neverExhausted } from '../parts.ts';
import { attach, recoverEnded } from '../newcomer.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const shape = { rows: 1, newcomers: 2, ringSlots: 2, perSlab: [3], units: [4], maxUnits: 12, slabs: 1 };

/** What thread 0 leaves behind: a block in its hands, one in its deque, and a message. */
function* everywhere(stage: Stage): Generator<void, void, void> {
  yield* stage.cut(0, 3);
  yield* stage.put(0);
  yield* stage.detach(0, 7);
}

/** The last that thread 0 does: it owns every block of the slab and has begun to release it. */
function* releasing(stage: Stage): Generator<void, void, void> {
  const { kernel, memory } = stage.world;
  yield* stage.cut(0, 2);
  stage.held(0).length = 0;
  yield* kernel.beginRelease(stage.world.row(0), 1, memory.peek(kernel.slabAt(1) + layout.S_WORD));
}

/** Attaches once the threads have ended; what it does then, as the row that it has. */
function* arrive(
  stage: Stage,
  thread: number,
  after: readonly number[],
  work: (index: number) => Generator<void, unknown, void> = () => each(),
): Body {
  yield* stage.ends(...after);
  const index = yield* attach(stage, thread);
  if (index !== undefined) yield* work(index);
}

/** The rows that threads have who live. */
function seated({ seats }: Stage): number[] {
  return seats.flatMap((index) => index ?? []);
}

function free({ world: { kernel, memory, shape } }: Stage): number[] {
  const rows = Array.from({ length: shape.rows }, (_, index) => index);
  return rows.filter((index) => tagOf(memory.peek(kernel.rowAt(index) + layout.R_WORD)) === ROW_FREE);
}

/** No row is left with the dead: it has a thread that lives, or is free. */
function nobodyIsLeft(stage: Stage): void {
  if (seated(stage).length + free(stage).length !== stage.world.shape.rows)
    throw new Error('a row is left with the dead');
}

/** Every row has one thread that lives, but for those whose newcomers did not want to wait any longer; those are free. */
function full(stage: Stage): void {
  const rows = seated(stage);
  const { rows: places, newcomers = 0 } = stage.world.shape;
  const least = Math.min(places, newcomers - stage.outOfPatience.size);
  if (rows.length < least || new Set(rows).size !== rows.length) throw new Error(`the rows of the living are ${rows}`);
  nobodyIsLeft(stage);
}

/** Whoever came last found a row, and the others are free or have a thread that lives: none is left with the dead. */
function nobodyIsRefused(stage: Stage): void {
  if (stage.seats.at(-1) === undefined) throw new Error('a newcomer was refused although nobody lives');
  nobodyIsLeft(stage);
}

export const heirScenarios: readonly Scenario[] = [
  {
    name: 'of two newcomers to a table of the dead one takes a row over, and what was on it is everybody’s',
    shape,
    prepare: everywhere,
    threads: (stage) => [
      each(() => stage.exit(0)),
      arrive(stage, 1, [0], (index) => stage.tryGet(index)),
      arrive(stage, 2, [0], (index) => stage.tryGet(index)),
    ],
    check: full,
  },
  {
    name: 'two newcomers to two rows of the dead get one each, and each block is recovered once',
    shape: { ...shape, rows: 2 },
    prepare: function* (stage) {
      yield* stage.cut(0);
      yield* stage.cut(1);
    },
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(() => stage.exit(1)),
      arrive(stage, 2, [0, 1]),
      arrive(stage, 3, [0, 1]),
    ],
    check: full,
  },
  {
    name: 'two newcomers give back once the bytes of a slab that the dead was releasing',
    shape: { ...shape, perSlab: [2], maxUnits: 8 },
    prepare: releasing,
    threads: (stage) => [each(() => stage.exit(0)), arrive(stage, 1, [0]), arrive(stage, 2, [0])],
    check: full,
  },
  {
    name: 'an heir that dies anywhere has an heir itself, who recovers what both of them held',
    shape,
    deaths: { threads: [1] },
    prepare: everywhere,
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(
        () => arrive(stage, 1, [0], (index) => stage.tryGet(index)),
        () => stage.exit(1),
      ),
      arrive(stage, 2, [0, 1]),
    ],
    check: nobodyIsRefused,
  },
  {
    name: 'an heir that dies anywhere is recovered by a thread that is attached, with the one that it inherited from',
    shape: { ...shape, rows: 2, newcomers: 1 },
    deaths: { threads: [2] },
    prepare: everywhere,
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(
        () => stage.ends(0, 2),
        () => recoverEnded(stage, 1),
      ),
      each(
        () => arrive(stage, 2, [0], (index) => stage.tryGet(index)),
        () => stage.exit(2),
      ),
    ],
    check: (stage) => {
      if (String(free(stage)) !== '0') throw new Error(`the rows that are free are ${free(stage)}`);
    },
  },
  {
    name: 'an heir and a thread that is attached give back once the bytes of a slab that the dead was releasing',
    shape: { ...shape, rows: 2, newcomers: 1, perSlab: [2], maxUnits: 8 },
    prepare: releasing,
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(
        () => stage.ends(0),
        () => recoverEnded(stage, 1),
      ),
      arrive(stage, 2, [0]),
    ],
  },
  {
    name: 'an heir and a thread that is attached want the row of one dead thread, and one of them has it',
    shape: { ...shape, rows: 2, newcomers: 1 },
    prepare: everywhere,
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(
        () => stage.ends(0),
        () => recoverEnded(stage, 1),
      ),
      arrive(stage, 2, [0]),
    ],
  },
  {
    name: 'the last thread that is attached dies anywhere in a recovery, and a newcomer finishes it',
    shape: { ...shape, rows: 2, newcomers: 1 },
    deaths: { threads: [1] },
    prepare: everywhere,
    threads: (stage) => [
      each(() => stage.exit(0)),
      each(
        () => stage.recover(1, 0),
        () => stage.exit(1),
      ),
      // If row 0 was free, row 1 is left for later: the first get that finds no block.
      arrive(stage, 2, [0, 1], (index) => recoverEnded(stage, index)),
    ],
    check: nobodyIsRefused,
  },
  {
    name: 'a releaser dies anywhere in its release, and its heir finishes or undoes that',
    shape: { ...shape, newcomers: 1, perSlab: [2, 2], units: [4, 8], maxUnits: 8 },
    deaths: { threads: [0] },
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [
      each(
        () => stage.get(0, 1),
        () => stage.exit(0),
      ),
      arrive(stage, 1, [0], (index) => stage.get(index, 1)),
    ],
    check: (stage) => {
      neverExhausted(0)(stage);
      nobodyIsRefused(stage);
    },
  },
  {
    name: 'a thread dies while it makes a pool, and its heir has the entry free again',
    shape: { ...shape, newcomers: 1, pools: 2 },
    deaths: { threads: [0] },
    threads: (stage) => [
      each(
        () => stage.world.kernel.claimEntry(stage.world.row(0), stage.world.kernel.poolAt(1)),
        () => stage.exit(0),
      ),
      arrive(stage, 1, [0]),
    ],
    check: ({ world: { kernel, memory } }) => {
      const word = memory.peek(kernel.poolAt(1) + layout.P_ENTRY);
      if (word !== ENTRY_FREE) throw new Error(`the entry is still being made: ${word}`);
    },
  },
];
