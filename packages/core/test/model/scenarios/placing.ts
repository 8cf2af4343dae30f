// Where threads run and where memory is: hints, all of them. Whatever they say, what there is is found.

import { EMPTY } from '../../../src/kernel/outcome.ts';
import { C_ID, C_PER_SLAB, H_PLACINGS, R_CPU, S_NODE, S_WORD } from '../../../src/kernel/layout.ts';
import { freshOf, isActive } from '../../../src/kernel/slab.ts';
import type { Body } from '../execution.ts';
import { atHome, each, neverExhausted } from '../parts.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const shape = { rows: 2, ringSlots: 2, perSlab: [2], units: [4], maxUnits: 1000, slabs: 1 };
const [HERE, THERE] = [1, 2];
const twoNodes = { ...shape, nodes: [HERE, THERE], openSlabs: 2 };

/** Cuts a block; whoever is told that there is no slab with room would conclude that there is nothing. */
function* cutsThereIs(stage: Stage, thread: number): Body {
  const { world } = stage;
  const outcome = yield* world.kernel.cutFresh(world.row(thread), world.cls(), 1);
  if (outcome === EMPTY) throw new Error(`false exhaustion: thread ${thread} was told that no slab has room`);
  if (outcome > 0) stage.held(thread).push(...world.unstage(thread));
}

/** What the pool's promise rests on: no class has more partly cut slabs than it may. */
function expectFewOpen({ world }: Stage, most: number): void {
  const { kernel, memory, shape } = world;
  const at = world.cls();
  let open = 0;
  for (let slab = 1; slab <= shape.slabs; slab++) {
    const word = memory.peek(kernel.slabAt(slab) + S_WORD);
    if (isActive(word, memory.peek(at + C_ID)) && freshOf(word) < memory.peek(at + C_PER_SLAB)) open += 1;
  }
  if (open > most) throw new Error(`${open} slabs with room, and the class may have ${most}`);
}

/** A thread that has put row 1 where its CPU says, and looks again only if somebody has moved since (neighbours.ts). */
class Follower {
  #placings = -1;
  #cpu = 0;

  *follow({ world: { memory } }: Stage, at: number): Body {
    const placings = yield* memory.loadShared(H_PLACINGS);
    if (placings === this.#placings) return;
    this.#cpu = yield* memory.loadShared(at + R_CPU);
    this.#placings = placings;
  }

  knows(cpu: number): void {
    if (this.#cpu !== cpu)
      throw new Error(`a place was missed: the row is followed to ${this.#cpu}, its thread is at ${cpu}`);
  }
}

const follower = new Map<Stage, Follower>();

export const placingScenarios: readonly Scenario[] = [
  {
    name: 'a get finds what lies with a row that is in none of its domains',
    shape,
    prepare: function* (stage) {
      stage.world.setDomains(0, [0]);
      yield* stage.cut(1, 2);
      yield* stage.put(1);
    },
    threads: (stage) => [each(() => stage.get(0)), each(() => stage.put(1))],
    check: neverExhausted(0),
  },
  {
    name: 'two thieves with domains of their own and the owner share what is in a deque',
    shape: { ...shape, rows: 3 },
    prepare: function* (stage) {
      stage.world.setDomains(0, [1], [2]);
      stage.world.setDomains(2, [0, 1]);
      yield* stage.cut(1, 2);
      yield* stage.put(1, 2);
    },
    threads: (stage) => [
      each(() => stage.tryGet(0)),
      each(
        () => stage.tryGet(1),
        () => stage.put(1),
      ),
      each(() => stage.tryGet(2)),
    ],
  },
  {
    name: 'of two threads of two nodes that open the last slab neither is told that there is none with room',
    shape: twoNodes,
    bound: 3,
    threads: (stage) => [cutsThereIs(stage, 0), cutsThereIs(stage, 1)],
  },
  {
    name: 'threads of two nodes that each open slabs of their own share the last one',
    shape: { ...twoNodes, perSlab: [1], slabs: 3 },
    threads: (stage) => [
      each(
        () => cutsThereIs(stage, 0),
        () => stage.cut(0),
      ),
      each(
        () => cutsThereIs(stage, 1),
        () => stage.cut(1),
      ),
    ],
  },
  {
    name: 'two threads of two nodes make no more slabs the class’s than it may have',
    shape: { ...twoNodes, openSlabs: 1, slabs: 2 },
    bound: 3,
    threads: (stage) => [each(() => stage.cut(0)), each(() => stage.cut(1))],
    check: (stage) => expectFewOpen(stage, 1),
  },
  {
    name: 'of three threads of three nodes two have slabs of their own, if so many may be',
    shape: { ...twoNodes, rows: 3, nodes: [HERE, THERE, THERE + 1], slabs: 3 },
    prepare: function* (stage) {
      yield* stage.cut(0);
    },
    threads: (stage) => [each(() => stage.cut(1)), each(() => stage.cut(2))],
    check: (stage) => expectFewOpen(stage, 2),
  },
  {
    name: 'a get finds what is home in a slab of another node, whose memory is being given back',
    shape: { ...twoNodes, maxUnits: 8 },
    prepare: function* (stage) {
      yield* atHome(stage, 2);
      const { memory, kernel } = stage.world;
      memory.poke(kernel.slabAt(1) + S_NODE, THERE);
    },
    threads: (stage) => [
      each(() => stage.get(0)),
      each(
        () => stage.world.kernel.forgetNode(1),
        () => stage.tryGet(1),
        () => stage.home(1),
      ),
    ],
    check: neverExhausted(0),
  },
  {
    name: 'who has seen the number of placings knows each place that was said before',
    shape,
    bound: Number.POSITIVE_INFINITY,
    threads: (stage) => {
      const one = new Follower();
      follower.set(stage, one);
      const at = stage.world.row(1);
      return [
        each(
          () => one.follow(stage, at),
          () => one.follow(stage, at),
        ),
        each(
          () => stage.world.kernel.place(at, 5, 5, 1),
          () => stage.world.kernel.place(at, 9, 9, 1),
        ),
      ];
    },
    check: (stage) => {
      const one = follower.get(stage) as Follower;
      for (const _stop of one.follow(stage, stage.world.row(1))) {
        // Nobody else runs any more.
      }
      one.knows(9);
    },
  },
];
