// Every scenario, by what it is about.

import type { Scenario } from './scenario.ts';
import { dequeScenarios } from './scenarios/deque.ts';
import { exhaustionScenarios } from './scenarios/exhaustion.ts';
import { classScenarios } from './scenarios/classes.ts';
import { handoverScenarios } from './scenarios/handover.ts';
import { slabScenarios } from './scenarios/slabs.ts';
import { waitingScenarios } from './scenarios/waiting.ts';

export const CATALOGUE: Readonly<Record<string, readonly Scenario[]>> = {
  deque: dequeScenarios,
  exhaustion: exhaustionScenarios,
  classes: classScenarios,
  handover: handoverScenarios,
  slabs: slabScenarios,
  waiting: waitingScenarios,
};
