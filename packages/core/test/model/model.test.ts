// Every scenario under every schedule with at most two preemptions, and without a bound where that is little.

import { describe, expect, test } from 'vitest';
import { CATALOGUE } from './catalogue.ts';
import { explored, kernelFor } from './runs.ts';

for (const [about, scenarios] of Object.entries(CATALOGUE)) {
  describe(about, () => {
    for (const scenario of scenarios) {
      test(scenario.name, async () => {
        const bind = await kernelFor(scenario);
        expect(explored(scenario, bind, scenario.bound ?? 2)).toMatchObject({ complete: true, failure: undefined });
      });
    }
  });
}
