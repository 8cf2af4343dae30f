// A thread of the torn-update probe: makes the same change again and again until it is killed.

import { parentPort, workerData } from 'node:worker_threads';
import type { RuntimeToken } from '@syncpool/core';
import { type CompiledModule, type SharedMemory, wasm } from '../../src/host/wasm.ts';
import { R_STAGED } from '../../src/kernel/layout.ts';
import { kernelOf } from '../support/invariants.ts';

/** Index of the second of the two words, on a line of its own. */
export const SECOND = 32;

export type Step = () => unknown;

export interface TornJob {
  readonly memory?: SharedMemory;
  /** The step as wasm; without it the step is JavaScript. */
  readonly module?: CompiledModule | undefined;
  /** Instead of those: a runtime, whose kernel cuts blocks. */
  readonly token?: RuntimeToken;
}

export function wholeStep({ memory, module }: TornJob): Step {
  const instance = new wasm.Instance(module as CompiledModule, { env: { memory: memory as SharedMemory } });
  return (instance.exports as { step: Step }).step;
}

/** The same change in JavaScript. */
export function splitStep({ memory }: TornJob): Step {
  const words = new Int32Array((memory as SharedMemory).buffer);
  return () => {
    const before = Atomics.add(words, 0, 1);
    Atomics.compareExchange(words, 2, before - 1, before);
    Atomics.or(words, 4, before);
    return Atomics.add(words, SECOND, 1);
  };
}

/** Cuts one block after another and forgets it. */
function kernelStep(token: RuntimeToken): Step {
  const kernel = kernelOf(token);
  const row = kernel.rowAt(1);
  const cls = kernel.classAt(0);
  kernel.claimRow(row, 1, 0, -1, 0, 0, 0);
  return () => {
    kernel.cutFresh(row, cls, 1);
    kernel.storePlain(row + R_STAGED, 0);
  };
}

const job = workerData as TornJob | null;
// The probe's other half, in the main thread, imports the steps only.
if (parentPort !== null && job !== null && (job.token !== undefined || job.memory !== undefined)) {
  const { token, module } = job;
  const step = token === undefined ? (module === undefined ? splitStep(job) : wholeStep(job)) : kernelStep(token);
  // Compiled by the time it is killed, as a kernel in use is.
  for (let i = 0; i < (token === undefined ? 20_000 : 100); i++) step();
  parentPort.postMessage('stepping');
  for (;;) step();
}
