// A thread is cut at every kind of place, by number: function entries, loop turns, before and after each
// step of the wasm kernel. The thread goes on, is cut again while it tidies up, and every
// block is accounted for. See cut-threads.test.ts for cuts by V8 itself.

import { expect, test } from 'vitest';
import { BACKENDS } from './support/crew.ts';
import { importCuttable, isCut, knife, withCutPoints } from './support/cut-points.ts';
import { announceSeed, Xorshift } from './support/prng.ts';
import { blocksIn, expectAllAccounted, expectMended, leaseAll, openSetup, SETUPS } from './support/storm-setups.ts';
import { giveAll, makeUser, settleDoubts, step } from './support/storm.ts';

const ROUNDS = process.env.SYNCPOOL_DEEP === '1' ? 300 : 36;
const STEPS = 1500;
/** A census reads all of control memory, so not after each cut. */
const CUTS_PER_CENSUS = 25;

const seed = announceSeed('cut points');
const cuttable = await importCuttable();

/** A cut near, a cut far, or none. */
function countdown(prng: Xorshift, outOf: number): number {
  return prng.below(outOf) === 0 ? 1 + prng.below(prng.pick([8, 60, 400])) : 0;
}

test('a point is added to every function and loop, and the text still means the same', () => {
  const { text, points } = withCutPoints(
    'const f = (n) => n + 1; export function g(n) { for (const i of [n]) n += f(i); while (n < 9) n++; return n; } bindWasm(words, instance.exports)',
  );
  expect(points).toBe(5);
  expect(text.split('.point()').length - 1).toBe(4);
});

test('a cut strikes at the point that was named, once', () => {
  const { pool, runtime } = openSetup(cuttable, 'wasm', SETUPS[0] as (typeof SETUPS)[number]);
  expect(isCut(1, () => pool.stats())).toBe(true);
  expect(isCut(1_000_000, () => pool.stats())).toBe(false);
  expect(knife.countdown).toBe(0);
  expect(isCut(0, () => pool.stats())).toBe(false);
  runtime.close();
});

for (const kernel of BACKENDS) {
  for (const setup of SETUPS) {
    const promise = kernel === 'wasm' ? 'neither lost nor held twice' : 'never held twice';
    test(`blocks are ${promise} wherever a thread is cut (${kernel}, ${setup.name})`, () => {
      const prng = new Xorshift(seed);
      let cuts = 0;
      let lost = 0;
      let large = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const { runtime, pool } = openSetup(cuttable, kernel, setup);
        const user = makeUser(pool, setup.most, prng.next());
        for (let i = 0; i < STEPS; i++) {
          if (!isCut(countdown(prng, 3), () => step(user))) continue;
          cuts += 1;
          while (isCut(countdown(prng, 2), () => settleDoubts(user))) cuts += 1;
          while (isCut(countdown(prng, 2), () => runtime.pool('storm'))) cuts += 1;
          if (kernel === 'atomics') while (isCut(countdown(prng, 2), () => runtime.audit())) cuts += 1;
          if (kernel === 'wasm' && cuts % CUTS_PER_CENSUS === 0) expectAllAccounted(runtime, pool, user);
        }
        if (kernel === 'wasm') expectAllAccounted(runtime, pool, user);
        giveAll(user);
        expectMended(runtime, pool);
        const leased = leaseAll(pool);
        lost += blocksIn(setup) - leased;
        expect(leased).toBeLessThanOrEqual(blocksIn(setup));
        expect(user.doubled, 'blocks that came although they were held').toBe(0);
        large += user.large;
        runtime.close();
      }
      console.log(`${kernel}, ${setup.name}: ${cuts} cuts, ${large} gets of the largest size, ${lost} blocks lost`);
      expect(cuts).toBeGreaterThan(ROUNDS * 10);
      expect(large).toBeGreaterThan(0);
      if (kernel === 'wasm') expect(lost).toBe(0);
    });
  }
}
