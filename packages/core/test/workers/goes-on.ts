// Gets and puts until it is refused; then tells how every other call is refused.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

function codeOf(what: () => unknown): unknown {
  try {
    what();
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

const runtime = attachRuntime(workerData);
const pool = runtime.pool('bodies');
const kept = pool.get();
kept.write('mine');
parentPort?.postMessage('at work');
let get: unknown;
// Refused within microseconds of the close; the bound is for a pool that forgets to refuse.
const deadline = performance.now() + 20_000;
while (get === undefined && performance.now() < deadline) {
  get = codeOf(() => {
    const buffer = pool.get();
    pool.put(buffer);
  });
}
parentPort?.postMessage({
  get,
  put: codeOf(() => pool.put(kept)),
  detach: codeOf(() => pool.detach(kept)),
  pool: codeOf(() => runtime.pool('bodies')),
  acquire: codeOf(() => pool.acquireSync()),
  content: kept.toString('utf8', 0, 4),
});
