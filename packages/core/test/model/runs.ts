// Running a scenario, and saying what came of it.

import { explore, type Failure, type Report, shrink } from './explore.ts';
import { type Bind, instrument } from './instrument.ts';
import { explorePct } from './pct.ts';
import { buildOf, programOf, type Scenario } from './scenario.ts';

const compiled = new Map<string, Promise<Bind>>();

/** The shipped kernel, as the scenario wants it. */
export function kernelFor(scenario: Scenario): Promise<Bind> {
  const kind = buildOf(scenario);
  const key = JSON.stringify(kind);
  const known = compiled.get(key) ?? instrument(kind);
  compiled.set(key, known);
  return known;
}

function explain(scenario: Scenario, failure: Failure): string {
  const { message, preemptions, trace } = failure;
  return [
    `${scenario.name}: ${message}`,
    `replay: ${failure.replay}`,
    `preemptions: ${preemptions}, steps: ${trace.length}`,
    ...trace,
  ].join('\n');
}

function told(scenario: Scenario, bind: Bind, how: string, began: number, report: Report): Report {
  const ms = Math.round(performance.now() - began);
  console.log(`${report.schedules} schedules, ${how}, ${ms} ms: ${scenario.name}`);
  if (report.failure !== undefined) {
    const failure = shrink(programOf(scenario, bind), report.failure);
    throw new Error(explain(scenario, failure));
  }
  return report;
}

/** Every schedule within the bound. Prints how many; a failure is thrown, shrunk, with its replay string and trace. */
export function explored(scenario: Scenario, bind: Bind, bound: number): Report {
  const began = performance.now();
  const deaths = scenario.deaths === undefined ? 0 : (scenario.deaths.most ?? 1);
  const report = explore(programOf(scenario, bind), { bound, deaths });
  return told(scenario, bind, deaths > 0 ? `bound ${bound}, ${deaths} cut` : `bound ${bound}`, began, report);
}

/** Seeded random schedules. */
export function sampled(scenario: Scenario, bind: Bind, seed: number, schedules: number): Report {
  const began = performance.now();
  const deaths = scenario.deaths === undefined ? 0 : (scenario.deaths.most ?? 1);
  const report = explorePct(programOf(scenario, bind), { seed, schedules, deaths });
  return told(scenario, bind, `random, SEED=${seed}`, began, report);
}
