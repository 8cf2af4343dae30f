// Every scenario, by what it is about.

import type { Scenario } from './scenario.ts';
import { dequeScenarios } from './scenarios/deque.ts';

export const CATALOGUE: Readonly<Record<string, readonly Scenario[]>> = {
  deque: dequeScenarios,
};
