// When a get may say "exhausted", and how free blocks of one size become bytes for another.

import { atHome, each, neverExhausted } from '../parts.ts';
import type { Scenario } from '../scenario.ts';

const shape = { rows: 2, ringSlots: 2, perSlab: [2, 2], units: [4, 8], maxUnits: 16, slabs: 3 };

export const exhaustionScenarios: readonly Scenario[] = [
  {
    name: 'nobody concludes for a class while a releaser has its blocks gathered, even with nothing to release itself',
    // Class 1 is a run, so thread 1 never becomes a releaser.
    shape: { ...shape, perSlab: [2, 1], units: [4, 4], runSlabs: [0, 1], maxUnits: 8 },
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [each(() => stage.get(0, 1)), each(() => stage.get(1, 0))],
    check: neverExhausted(1),
  },
  {
    name: 'a get finds the block that moves from a slab to a deque behind the back of its rescan',
    // One of two blocks is in thread 0's hands at a time; the other is in a slab or in its deque.
    shape: { ...shape, perSlab: [2], units: [4], maxUnits: 8, slabs: 1 },
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [
      each(
        () => stage.take(0, 1),
        () => stage.put(0),
        () => stage.take(0, 1),
        () => stage.put(0),
      ),
      each(() => stage.get(1)),
    ],
    check: neverExhausted(1),
  },
  {
    name: 'a get that goes by old hints finds what moves from a slab to a deque and back',
    shape: { ...shape, perSlab: [2], units: [4], maxUnits: 8, slabs: 1 },
    // The shortest way to fool it takes three preemptions: an old hint for its first pass, and a move behind its rescan.
    prepare: (stage) => atHome(stage, 2),
    threads: (stage) => [
      each(
        () => stage.take(0, 1),
        () => stage.put(0),
        () => stage.take(0, 1),
        () => stage.home(0),
        () => stage.pop(0, 1),
        () => stage.home(0),
        () => stage.take(0, 1),
        () => stage.put(0),
        () => stage.take(0, 1),
      ),
      each(() => stage.get(1)),
    ],
    check: neverExhausted(1),
  },
  {
    name: 'a cut whose reservation will come back exhausts nobody',
    // Thread 0 reserves two blocks; if thread 1 has cut one of them meanwhile, it gives the bytes back.
    shape: { ...shape, rows: 3, perSlab: [3], units: [4], maxUnits: 12, slabs: 1 },
    threads: (stage) => [each(() => stage.cut(0, 2)), each(() => stage.cut(1)), each(() => stage.get(2))],
    check: (stage) => {
      const free = 3 - stage.hands.flat().length;
      if (stage.exhausted[2] !== 0 && free > 0) throw new Error(`false exhaustion: ${free} blocks were left to cut`);
    },
  },
  {
    name: 'two gets at the limit of the pool get the two blocks that are left to cut',
    shape: { ...shape, perSlab: [2], units: [4], maxUnits: 8, slabs: 1 },
    threads: (stage) => [each(() => stage.get(0)), each(() => stage.get(1))],
    check: neverExhausted(0, 1),
  },
  {
    name: 'two gets of a size whose bytes lie in free blocks of another both get one',
    shape,
    prepare: (stage) => atHome(stage, 4),
    threads: (stage) => [each(() => stage.get(0, 1)), each(() => stage.get(1, 1))],
    check: neverExhausted(0, 1),
  },
  {
    name: 'free blocks of another size in the deque of another thread become a block',
    shape: { ...shape, maxUnits: 8 },
    prepare: function* (stage) {
      yield* stage.cut(0, 2);
      yield* stage.put(0, 2);
    },
    threads: (stage) => [
      each(
        () => stage.sweep(0),
        () => stage.home(0),
        () => stage.get(0, 1),
      ),
      each(() => stage.get(1, 1)),
    ],
    check: (stage) => {
      const found = stage.hands.flat().length;
      if (found !== 1) throw new Error(`${found} blocks of 8 units were cut from a pool of 8`);
    },
  },
];
