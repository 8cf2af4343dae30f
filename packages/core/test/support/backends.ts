// The kernels, and runtimes of their own to try them with.

import { createRuntime, type Runtime, type RuntimeOptions } from '@syncpool/core';

/** Every test body runs for each of these. */
export const BACKENDS = ['wasm', 'atomics'] as const;
export type Backend = (typeof BACKENDS)[number];

let made = 0;

/** A runtime of its own name: tests of one file share a process, and names are the process's. */
export function makeRuntime(kernel: Backend, options: Omit<RuntimeOptions, 'name' | 'kernel'>): Runtime {
  made += 1;
  return createRuntime({ ...options, kernel, name: `test-${kernel}-${made}` });
}
