// Several workers at once, and the runtimes they share.

import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { createRuntime, type Runtime, type RuntimeOptions } from '@syncpool/core';
import { nextMessage, spawn } from './worker.ts';

/** Every test body runs for each of these. */
export const BACKENDS = ['wasm', 'atomics'] as const;
export type Backend = (typeof BACKENDS)[number];

let made = 0;

/** A runtime of its own name: tests of one file share a process, and names are the process's. */
export function makeRuntime(kernel: Backend, options: Omit<RuntimeOptions, 'name' | 'kernel'>): Runtime {
  made += 1;
  return createRuntime({ ...options, kernel, name: `test-${kernel}-${made}` });
}

/** The one message of a worker that then ends by itself; waits for its end too. */
async function resultOf(worker: Worker): Promise<unknown> {
  const ended = once(worker, 'exit');
  const result = await nextMessage(worker);
  await ended;
  return result;
}

/** Runs a worker for each set of data; their results, in order, once all have ended. One that fails ends all. */
export async function runCrew<T>(name: string, crew: readonly object[]): Promise<T[]> {
  const workers = crew.map((data) => spawn(name, data));
  try {
    return (await Promise.all(workers.map(resultOf))) as T[];
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
