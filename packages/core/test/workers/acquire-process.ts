// A process of its own, for the tests of what an acquire keeps alive. Prints what happened, and at its end how
// long after that the process ended.

import { createRuntime } from '@syncpool/core';

const [kernel, scene] = process.argv.slice(2);
const runtime = createRuntime({ kernel: kernel === 'atomics' ? 'atomics' : 'wasm' });
const pool = runtime.pool('p', { blockSize: 4096, maxBytes: 4096 });
const only = pool.get();
let settledAt = Number.NaN;

function settle(how: string): void {
  console.log(how);
  settledAt = performance.now();
}

process.on('exit', () => console.log(Math.round(performance.now() - settledAt)));

if (scene === 'timeout') {
  // Nothing else is under way: without the acquire this process would be over.
  pool.acquire(4096, { timeoutMs: 300 }).catch((error: { code: string }) => settle(error.code));
} else if (scene === 'put') {
  pool.acquire().then((buffer) => settle(`${buffer.length}`));
  setTimeout(() => pool.put(only), 30);
} else if (scene === 'abort') {
  const controller = new AbortController();
  pool.acquire(4096, { signal: controller.signal }).catch((error: Error) => settle(error.name));
  setTimeout(() => controller.abort(), 30);
} else if (scene === 'close') {
  pool.acquire().catch((error: { code: string }) => settle(error.code));
  setTimeout(() => runtime.close(), 30);
}
