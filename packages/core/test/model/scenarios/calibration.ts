// The calibrated word of an adaptive pool: whoever reads it sees what one calibrator chose, whole, and each calibration
// that was published counts once.

import { calibrationOf, largestOf, standardOf } from '../../../src/kernel/calibration.ts';
import { P_CALIBRATED } from '../../../src/kernel/layout.ts';
import { DONE } from '../../../src/kernel/outcome.ts';
import type { Body } from '../execution.ts';
import { each } from '../parts.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const shape = { rows: 3, ringSlots: 2, perSlab: [2], units: [4], maxUnits: 8, slabs: 1 };

type Choice = readonly [largest: number, standard: number];

/** As far apart as the fields allow, so that parts of two of them are neither. */
const CHOICES: readonly Choice[] = [
  [31, 0],
  [21, 10],
  [10, 5],
  [30, 30],
];

/** What the threads of one run have published and seen. */
class Chronicle {
  readonly published: number[] = [];
  /** By reader, the last calibration that it saw by a shared load. */
  #last = 0;

  /** One calibration from the word that is read now, as the host makes it; it may lose. */
  *calibrate({ world: { kernel, memory, pool } }: Stage, [largest, standard]: Choice): Body {
    const seen = yield* memory.loadShared(pool + P_CALIBRATED);
    if ((yield* kernel.calibrate(pool, seen, largest, standard)) !== DONE) return;
    this.published.push(calibrationOf(seen) + 1);
  }

  /** Looks as get and put do, racily, and as a calibrator does. */
  *read({ world: { memory, pool } }: Stage, times: number): Body {
    for (let time = 0; time < times; time++) {
      check(yield* memory.loadRacy(pool + P_CALIBRATED));
      const word = check(yield* memory.loadShared(pool + P_CALIBRATED));
      if (calibrationOf(word) < this.#last) throw new Error('a calibration went back');
      this.#last = calibrationOf(word);
    }
  }

  /** Every calibration that was published counts, and no two are the same one. `lost`: a dead calibrator's answer may be. */
  isWhole({ world: { memory, pool } }: Stage, lost = 0): void {
    const word = check(memory.peek(pool + P_CALIBRATED));
    const missing = calibrationOf(word) - this.published.length;
    if (missing < 0 || missing > lost || new Set(this.published).size < this.published.length) {
      throw new Error(`calibrations ${this.published.join()} were published, and the last is ${calibrationOf(word)}`);
    }
  }
}

function check(word: number): number {
  const [largest, standard] = [largestOf(word), standardOf(word)];
  const known = calibrationOf(word) === 0 ? word === 0 : CHOICES.some(([a, b]) => a === largest && b === standard);
  if (!known) throw new Error(`nobody chose ${largest} and ${standard} for calibration ${calibrationOf(word)}`);
  return word;
}

/** By stage, its chronicle. */
const chronicles = new WeakMap<Stage, Chronicle>();

function chronicleOf(stage: Stage): Chronicle {
  const chronicle = chronicles.get(stage) ?? new Chronicle();
  chronicles.set(stage, chronicle);
  return chronicle;
}

function calibrates(stage: Stage, ...choices: readonly Choice[]): Body {
  return each(...choices.map((choice) => () => chronicleOf(stage).calibrate(stage, choice)));
}

const [first, second, third, fourth] = CHOICES as [Choice, Choice, Choice, Choice];

export const calibrationScenarios: readonly Scenario[] = [
  {
    name: 'of two calibrators that read the same word one publishes, and a reader sees whole choices in their order',
    shape,
    bound: Number.POSITIVE_INFINITY,
    threads: (stage) => [calibrates(stage, first), calibrates(stage, second), chronicleOf(stage).read(stage, 2)],
    check: (stage) => chronicleOf(stage).isWhole(stage),
  },
  {
    name: 'calibrations go up, however often two calibrators overtake each other',
    shape,
    bound: 3,
    threads: (stage) => [
      calibrates(stage, first, third),
      calibrates(stage, second, fourth),
      chronicleOf(stage).read(stage, 2),
    ],
    check: (stage) => chronicleOf(stage).isWhole(stage),
  },
  {
    name: 'a calibrator that dies anywhere leaves the word of before or a whole one, and the next goes on from it',
    shape,
    deaths: { threads: [0] },
    threads: (stage) => [
      each(
        () => calibrates(stage, first, third),
        () => stage.exit(0),
      ),
      calibrates(stage, second),
      each(
        () => chronicleOf(stage).read(stage, 1),
        () => stage.recover(2, 0),
        () => chronicleOf(stage).read(stage, 1),
      ),
    ],
    check: (stage) => chronicleOf(stage).isWhole(stage, 1),
  },
];
