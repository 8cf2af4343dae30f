// Every seeded fault passes the test of one thread and is killed by an oracle of the explorer.

import { afterAll, describe, expect, test } from 'vitest';
import { CATALOGUE } from '../model/catalogue.ts';
import { explore } from '../model/explore.ts';
import { instrument } from '../model/instrument.ts';
import { MUTANTS, patchOf } from '../model/mutants.ts';
import { buildOf, programOf, type Scenario } from '../model/scenario.ts';
import { smoke } from '../model/smoke.ts';

const TIMEOUT_MS = 10 * 60_000;

/** As wide as shipped, so that nothing wraps for one thread. */
const SHIPPED_WIDTH = 16;

/** What the explorer says when no oracle spoke: that is not what kills a mutant. */
const NO_ORACLE = /livelock|did not repeat|diverged|not a function|undefined|out of range/;

const scenarios = new Map<string, Scenario>(
  Object.values(CATALOGUE)
    .flat()
    .map((scenario) => [scenario.name, scenario]),
);

describe('seeded faults', () => {
  let killed = 0;
  afterAll(() => console.log(`${killed} / ${MUTANTS.length} mutants killed`));

  test('the kernel without a fault passes the test of one thread', async () => {
    const bind = await instrument({ indexBits: SHIPPED_WIDTH });
    expect(explore(programOf(smoke, bind), { bound: 0 }).failure?.message).toBeUndefined();
  });

  test.each(MUTANTS)('$name', { timeout: TIMEOUT_MS }, async (mutant) => {
    const scenario = scenarios.get(mutant.scenario);
    if (scenario === undefined) throw new Error(`no scenario is named '${mutant.scenario}'`);
    const wide = await instrument({ indexBits: SHIPPED_WIDTH }, patchOf(mutant));
    expect(explore(programOf(smoke, wide), { bound: 0 }).failure?.message).toBeUndefined();

    const narrow = await instrument(buildOf(scenario), patchOf(mutant));
    const deaths = scenario.deaths === undefined ? 0 : (scenario.deaths.most ?? 1);
    const bound = mutant.bound ?? scenario.bound ?? 2;
    const { failure, schedules } = explore(programOf(scenario, narrow), { bound, deaths });
    console.log(`${mutant.name}: ${failure?.message ?? 'alive'} after ${schedules} schedules`);
    expect(failure?.message).toMatch(mutant.verdict);
    expect(failure?.message).not.toMatch(NO_ORACLE);
    killed += 1;
  });
});
