// Several workers at once.

import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { nextMessage, spawn } from './worker.ts';

export { type Backend, BACKENDS, makeRuntime } from './backends.ts';

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
