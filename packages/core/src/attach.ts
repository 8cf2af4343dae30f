// How a thread comes by a row.

import { SyncPoolError } from './errors.ts';
import type { Bound } from './host/backend.ts';
import { identify } from './host/identity.ts';
import { H_CLOSED, H_MAX_PROCESSORS } from './kernel/layout.ts';
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

/** How long a thread that finds the table full waits for another one that is making room, and how often. */
const WAIT_MS = 5;
const MOST_WAITS = 200;

/** Recovers the rows of threads that have ended, from the row that is kept for that. False if another thread is at it. */
function makeRoom(bound: Bound, data: SharedArrayBuffer, rows: number): boolean {
  const spare = claimAmong(bound, rows, rows + 1);
  if (spare === undefined) return false;
  const processor = new Processor(bound, data, spare);
  try {
    recoverEnded(processor);
  } finally {
    processor.leave(true);
  }
  return true;
}

/** Claims a row for the calling thread; if there is none, after the dead were recovered, by it or by another thread. */
function claimOrMakeRoom(bound: Bound, data: SharedArrayBuffer, rows: number): number | undefined {
  for (let waits = 0; waits < MOST_WAITS; waits++) {
    const index = claimAmong(bound, 0, rows);
    if (index !== undefined) return index;
    if (makeRoom(bound, data, rows)) return claimAmong(bound, 0, rows);
    bound.kernel.waitShared(H_CLOSED, 0, WAIT_MS);
  }
  return undefined;
}

/**
 * Claims a row for the calling thread.
 *
 * @throws ERR_SYNCPOOL_TOO_MANY_PROCESSORS
 */
export function attach(bound: Bound, data: SharedArrayBuffer): Processor {
  const rows = bound.kernel.loadPlain(H_MAX_PROCESSORS);
  const index = claimOrMakeRoom(bound, data, rows);
  if (index !== undefined) return new Processor(bound, data, index);
  throw new SyncPoolError(
    'ERR_SYNCPOOL_TOO_MANY_PROCESSORS',
    `all ${rows} processors of the runtime are taken: raise maxProcessors of createRuntime, or call leave() in threads that are done`,
  );
}
