// Every scenario, by what it is about.

import type { Scenario } from './scenario.ts';
import { auditScenarios } from './scenarios/audits.ts';
import { calibrationScenarios } from './scenarios/calibration.ts';
import { closingScenarios } from './scenarios/closing.ts';
import { cutScenarios } from './scenarios/cuts.ts';
import { dequeScenarios } from './scenarios/deque.ts';
import { drainingScenarios } from './scenarios/draining.ts';
import { exhaustionScenarios } from './scenarios/exhaustion.ts';
import { classScenarios } from './scenarios/classes.ts';
import { handoverScenarios } from './scenarios/handover.ts';
import { heirScenarios } from './scenarios/heirs.ts';
import { keepingScenarios } from './scenarios/keeping.ts';
import { placingScenarios } from './scenarios/placing.ts';
import { purgingScenarios } from './scenarios/purging.ts';
import { recovererScenarios } from './scenarios/recoverers.ts';
import { recoveryScenarios } from './scenarios/recovery.ts';
import { resizingScenarios } from './scenarios/resizing.ts';
import { slabScenarios } from './scenarios/slabs.ts';
import { waitingScenarios } from './scenarios/waiting.ts';

export const CATALOGUE: Readonly<Record<string, readonly Scenario[]>> = {
  audits: auditScenarios,
  calibration: calibrationScenarios,
  closing: closingScenarios,
  cuts: cutScenarios,
  deque: dequeScenarios,
  draining: drainingScenarios,
  exhaustion: exhaustionScenarios,
  classes: classScenarios,
  handover: handoverScenarios,
  heirs: heirScenarios,
  keeping: keepingScenarios,
  placing: placingScenarios,
  purging: purgingScenarios,
  recovery: recoveryScenarios,
  recoverers: recovererScenarios,
  resizing: resizingScenarios,
  slabs: slabScenarios,
  waiting: waitingScenarios,
};
