// Control memory as a whole, for tests that say that nothing has changed.

import { createHash } from 'node:crypto';
import type { Runtime } from '@syncpool/core';

/** A digest of every word of the runtime's control memory, counters and hints included. */
export function digestOf(runtime: Runtime): string {
  const { control } = runtime.token;
  const memory = control.kernel === 'wasm' ? control.memory.buffer : control.memory;
  return createHash('sha1').update(new Uint8Array(memory)).digest('hex');
}
