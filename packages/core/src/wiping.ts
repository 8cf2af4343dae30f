// Zeros over what leases have written, for pools with the option `wipe`.
//
// What is put is wiped while its lease lasts (lease-hooks.ts). Every other block that comes back to the pool passes through
// the stage of the row that has taken it: a dropped one, a message that nobody adopts, what the dead owned. It is wiped
// there, after it was staged and before it is sent on. A thread that is cut in between finds it staged, as it
// finds everything staged that it was cut with, and wipes it again; if the thread ends, who recovers it does.

import { dataOffsetOf } from './host/geometry.ts';
import { C_SIZE, C_UNITS, L_POISONED, UNIT_BYTES } from './kernel/layout.ts';
import { wipeOfClass } from './pool-words.ts';
import type { Processor } from './processor.ts';

const ZEROS = Buffer.alloc(4096);
const { fill } = Buffer.prototype;

/** Fills a view with zeros: by a Buffer of them, which Node copies in C++. Filled with a number, shared memory is written byte by byte, 15 to 50 times slower. */
export function wipe(view: Uint8Array): void {
  fill.call(view, ZEROS);
}

/** Wipes what this row has staged, if its pool wipes what comes back. The blocks are the row's alone. */
export function wipeStaged({ kernel, words, stagedAt, stagedClassAt, stageAt, data }: Processor): void {
  const count = words[stagedAt] as number;
  const cls = words[stagedClassAt] as number;
  if (count === 0 || wipeOfClass(kernel, cls) !== 'put') return;
  const size = kernel.loadPlain(cls + C_SIZE);
  const stride = kernel.loadPlain(cls + C_UNITS) * UNIT_BYTES;
  for (let i = 0; i < count; i++) {
    const block = words[stageAt + i] as number;
    // First, or its next lease could take the zeros for somebody's write to its poison.
    kernel.storePlain(kernel.lineAt(block) + L_POISONED, 0);
    wipe(new Uint8Array(data, dataOffsetOf(block, stride), size));
  }
}
