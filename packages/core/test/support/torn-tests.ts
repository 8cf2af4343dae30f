// The probe's tests, for ordinary and deep runs alike.

import { describe, expect, test } from 'vitest';
import { announceSeed, Xorshift } from './prng.ts';
import { compileStep, cutOne, makeKernelProbe, makeProbe, type Module, stepOf, terminateOne } from './torn.ts';

/** How often V8 left the change half done, of so many probes. */
async function tornBy(kills: number, module: Module | undefined, random: Xorshift): Promise<number> {
  let torn = 0;
  for (let i = 0; i < kills; i++) {
    const { job, isTorn } = makeProbe(module);
    await terminateOne(job, random);
    if (isTorn()) torn += 1;
  }
  return torn;
}

function tornByTimeouts(cuts: number, module: Module | undefined): number {
  let torn = 0;
  for (let i = 0; i < cuts; i++) {
    const { job, isTorn } = makeProbe(module);
    cutOne(stepOf(job));
    if (isTorn()) torn += 1;
  }
  return torn;
}

/** Declares the tests, with so many workers killed and so many vm timeouts for each of them. */
export function tornTests(kills: number, cuts: number): void {
  describe(`on Node ${process.version}`, () => {
    const random = new Xorshift(announceSeed('torn'));

    test('a step of straight-line wasm is never cut by terminate(), the same in JavaScript is', async () => {
      const whole = await tornBy(kills, await compileStep(), random);
      const split = await tornBy(kills, undefined, random);
      console.log(`terminate(): ${whole} of ${kills} steps torn in wasm, ${split} in JavaScript`);
      expect(split, 'the probe sees nothing').toBeGreaterThan(0);
      expect(whole, 'THE FIRST LAW OF THE KERNEL DOES NOT HOLD: a wasm step was cut').toBe(0);
    });

    test('a step of straight-line wasm is never cut by a vm timeout, the same in JavaScript is', async () => {
      const whole = tornByTimeouts(cuts, await compileStep());
      const split = tornByTimeouts(cuts, undefined);
      console.log(`vm timeouts: ${whole} of ${cuts} steps torn in wasm, ${split} in JavaScript`);
      expect(split, 'the probe sees nothing').toBeGreaterThan(0);
      expect(whole, 'THE FIRST LAW OF THE KERNEL DOES NOT HOLD: a wasm step was cut').toBe(0);
    });

    test('the kernel`s step that cuts blocks is never cut itself on wasm, and on atomics it is', async () => {
      const torn = { wasm: 0, atomics: 0 };
      for (const backend of ['wasm', 'atomics'] as const) {
        for (let i = 0; i < kills; i++) {
          const { job, isTorn, runtime } = makeKernelProbe(backend);
          await terminateOne(job, random);
          if (isTorn()) torn[backend] += 1;
          runtime.close();
        }
      }
      console.log(`terminate() in the kernel's cut: ${JSON.stringify(torn)} of ${kills} each`);
      expect(torn.atomics, 'the probe sees nothing').toBeGreaterThan(0);
      expect(torn.wasm, 'THE FIRST LAW OF THE KERNEL DOES NOT HOLD: a wasm step was cut').toBe(0);
    });
  });
}
