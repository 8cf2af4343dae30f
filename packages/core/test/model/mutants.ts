// Seeded faults: one for each way in which pools like this have failed. Each is a change of the shipped
// source, passes a single thread's test, and breaks an oracle of the scenario that is named with it.
//
// One classic is missing, because it is none here: a thread that steals from itself claims by the same CAS as any
// thief, and a rescan does so on purpose.

import type { Patch } from './instrument.ts';
import { auditMutants } from './mutants/audits.ts';
import { blockMutants } from './mutants/blocks.ts';
import { calibrationMutants } from './mutants/calibration.ts';
import { closingMutants } from './mutants/closing.ts';
import { dequeMutants } from './mutants/deque.ts';
import { drainingMutants } from './mutants/draining.ts';
import { heirMutants } from './mutants/heirs.ts';
import { keepingMutants } from './mutants/keeping.ts';
import { placingMutants } from './mutants/placing.ts';
import { recoveryMutants } from './mutants/recovery.ts';
import { waitingMutants } from './mutants/waiting.ts';

export interface Mutant {
  readonly name: string;
  /** In the kernel's folder. */
  readonly file: string;
  /** Exact texts, each of which occurs once, and what they become. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  /** The name of the scenario that kills it. */
  readonly scenario: string;
  /** Preemptions that it takes, if more than the scenario has in the ordinary run. */
  readonly bound?: number;
  /** What the oracle says. */
  readonly verdict: RegExp;
}

/** Applies a mutant. Throws if the source no longer has what it changes. */
export function patchOf({ name, file, edits }: Mutant): Patch {
  return (at, text) => {
    if (at !== file) return text;
    return edits.reduce((changed, [from, to]) => {
      if (changed.split(from).length !== 2) throw new Error(`mutant '${name}': ${file} does not have once: ${from}`);
      return changed.replace(from, () => to);
    }, text);
  };
}

export const MUTANTS: readonly Mutant[] = [
  ...dequeMutants,
  ...blockMutants,
  ...waitingMutants,
  ...recoveryMutants,
  ...heirMutants,
  ...closingMutants,
  ...auditMutants,
  ...drainingMutants,
  ...calibrationMutants,
  ...placingMutants,
  ...keepingMutants,
];
