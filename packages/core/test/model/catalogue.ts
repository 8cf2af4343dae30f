// Every scenario, by what it is about.

import type { Scenario } from './scenario.ts';
import { dequeScenarios } from './scenarios/deque.ts';
import { exhaustionScenarios } from './scenarios/exhaustion.ts';

export const CATALOGUE: Readonly<Record<string, readonly Scenario[]>> = {
  deque: dequeScenarios,
  exhaustion: exhaustionScenarios,
};
