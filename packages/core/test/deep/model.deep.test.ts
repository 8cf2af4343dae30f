// Every scenario of the model with one more preemption than in the ordinary run where its size allows, and under
// random schedules with long freezes, which have no bound of preemptions at all.

import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../model/catalogue.ts';
import { explored, kernelFor, sampled } from '../model/runs.ts';
import { announceSeed } from '../support/prng.ts';

const TIMEOUT_MS = 30 * 60_000;
const RANDOM_SCHEDULES = 20_000;

const seed = announceSeed('random schedules');

for (const [about, scenarios] of Object.entries(CATALOGUE)) {
  describe(about, () => {
    for (const scenario of scenarios) {
      test(scenario.name, { timeout: TIMEOUT_MS }, async () => {
        const bind = await kernelFor(scenario);
        const bound = Math.max(scenario.bound ?? 2, scenario.deepBound ?? 3);
        expect(explored(scenario, bind, bound)).toMatchObject({ complete: true, failure: undefined });
        expect(sampled(scenario, bind, seed, RANDOM_SCHEDULES)).toMatchObject({ complete: true, failure: undefined });
      });
    }
  });
}
