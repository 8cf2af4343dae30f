// Claim: a get that has to leave the magazine costs at most 8 times a get and put inside it, whichever tier serves it: its own deque, a sibling's,
// or the slabs. Nanoseconds a block, on both kernels; how a tier is had on its own is said in lib/staged.js.

import { nsPerBlock, openStage } from './lib/staged.js';
import { alternate, line, ratio, verdict } from './lib/report.js';

const ROUNDS = 7;
const SIZE = 4096;
const KERNELS = ['wasm', 'atomics'];

/** Puts that push to the own deque: all that were taken, of which the magazine keeps at most a sixteenth. */
function putsNs(stage) {
  const fill = () => {
    stage.fillDeque();
    stage.take();
  };
  return nsPerBlock(stage, fill, stage.giveBack);
}

async function contendersOf(stage) {
  const { pairsOf } = await import(`./lib/pairs.js?tiers-${stage.kernel}`);
  const contenders = {
    'magazine, get + put': pairsOf(stage.pool, SIZE),
    'own deque, get': () => nsPerBlock(stage, stage.fillDeque),
    'own deque, put': () => putsNs(stage),
    'steal, get': () => nsPerBlock(stage, stage.fillSibling),
    'slab, get': () => nsPerBlock(stage, stage.fillSlabs),
  };
  return Object.fromEntries(Object.entries(contenders).map(([name, fn]) => [`${name}, ${stage.kernel}`, fn]));
}

export async function run() {
  const values = {};
  for (const kernel of KERNELS) {
    const stage = await openStage({ kernel, size: SIZE });
    // A round each for the compilers, in which V8 sees every tier before any is timed.
    const contenders = await contendersOf(stage);
    await alternate(contenders, 1);
    Object.assign(values, await alternate(contenders, ROUNDS));
    await stage.close();
  }
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  const over = (tier) => ratio(values[`${tier}, wasm`], values['magazine, get + put, wasm']);
  return {
    values,
    verdicts: ['own deque, get', 'steal, get', 'slab, get'].map((tier) =>
      verdict(`${tier} over get + put in the magazine, wasm`, over(tier), { most: 8 }),
    ),
  };
}
