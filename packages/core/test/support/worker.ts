// Worker threads for tests: each runs one file of test/workers, see global-setup.ts.

import { once } from 'node:events';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { inject } from 'vitest';

/** Starts `test/workers/<name>.ts` in a thread of its own. */
export function spawn(name: string, workerData?: unknown, resourceLimits?: ResourceLimits): Worker {
  // No execArgv: a worker would inherit the loaders of the test runner.
  return new Worker(new URL(`${name}.js`, inject('workerDir')), {
    workerData,
    execArgv: [],
    ...(resourceLimits && { resourceLimits }),
  });
}

/** The next message of a worker. Rejects when the worker fails or ends instead of sending one. */
export async function nextMessage(worker: Worker): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  const message = once(worker, 'message', { signal }); // rejects on 'error' by itself
  const end = once(worker, 'exit', { signal }).then(([code]) => {
    throw new Error(`the worker ended with code ${code} without a message`);
  });
  try {
    const [value] = await Promise.race([message, end]);
    return value;
  } finally {
    settled.abort();
    await Promise.allSettled([message, end]);
  }
}
