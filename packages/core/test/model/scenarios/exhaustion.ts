// When a get may say "exhausted", and how free blocks of one size become bytes for another.

import type { Body } from '../execution.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const shape = { rows: 2, ringSlots: 2, perSlab: [2, 2], units: [4, 8], maxUnits: 16, slabs: 3 };

function* each(...bodies: (() => Generator<void, unknown, void>)[]): Body {
  for (const body of bodies) yield* body();
}

/** There are blocks enough for these threads, wherever they are: none of them may have concluded that there is none. */
function neverExhausted(...threads: number[]): (stage: Stage) => void {
  return (stage) => {
    const thread = threads.find((one) => stage.exhausted[one] !== 0);
    if (thread !== undefined) throw new Error(`false exhaustion: thread ${thread} found nothing`);
  };
}

export const exhaustionScenarios: readonly Scenario[] = [
  {
    name: 'nobody concludes for a class while a releaser has its blocks gathered, even with nothing to release itself',
    // Class 1 is a run, so thread 1 never becomes a releaser.
    shape: { ...shape, perSlab: [2, 1], units: [4, 4], runSlabs: [0, 1], maxUnits: 8 },
    prepare: function* (stage) {
      yield* stage.cut(0, 2);
      yield* stage.home(0, 2);
    },
    threads: (stage) => [each(() => stage.get(0, 1)), each(() => stage.get(1, 0))],
    check: neverExhausted(1),
  },
];
