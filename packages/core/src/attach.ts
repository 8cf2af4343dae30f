// How a thread comes by a row.

import { SyncPoolError } from './errors.ts';
import type { Bound } from './host/backend.ts';
import { identify } from './host/identity.ts';
import { H_MAX_PROCESSORS } from './kernel/layout.ts';
import { DONE } from './kernel/outcome.ts';
import { Processor } from './processor.ts';
import { recoverEnded } from './recovery.ts';

/** Claims the first free row of those from `from` to `end`, which is not included. Its index. */
function claimAmong({ kernel }: Bound, from: number, end: number): number | undefined {
  const { thread, parent, osThread, startLow, startHigh } = identify();
  for (let index = from; index < end; index++) {
    const row = kernel.rowAt(index);
    if (kernel.claimRow(row, index, thread, parent, osThread, startLow, startHigh) === DONE) return index;
  }
  return undefined;
}

/** Recovers the rows of threads that have ended, from the row that is kept for that: the others are all taken. */
function makeRoom(bound: Bound, data: SharedArrayBuffer, rows: number): void {
  const spare = claimAmong(bound, rows, rows + 1);
  // Another thread is at it just now.
  if (spare === undefined) return;
  const processor = new Processor(bound, data, spare);
  recoverEnded(processor);
  processor.leave(true);
}

/**
 * Claims a row for the calling thread, after recovering the dead if there is none.
 *
 * @throws ERR_SYNCPOOL_TOO_MANY_PROCESSORS
 */
export function attach(bound: Bound, data: SharedArrayBuffer): Processor {
  const rows = bound.kernel.loadPlain(H_MAX_PROCESSORS);
  let index = claimAmong(bound, 0, rows);
  if (index === undefined) {
    makeRoom(bound, data, rows);
    index = claimAmong(bound, 0, rows);
  }
  if (index !== undefined) return new Processor(bound, data, index);
  throw new SyncPoolError(
    'ERR_SYNCPOOL_TOO_MANY_PROCESSORS',
    `all ${rows} processors of the runtime are taken: raise maxProcessors of createRuntime, or call leave() in threads that are done`,
  );
}
