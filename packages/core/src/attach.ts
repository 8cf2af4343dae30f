// How a thread comes by a row: a free one; or, if there is none, that of a thread that has ended, with all that it left.

import { SyncPoolError } from './errors.ts';
import type { Bound } from './host/backend.ts';
import { type Identity, identify } from './host/identity.ts';
import { H_MAX_PROCESSORS, R_WORD } from './kernel/layout.ts';
import { tagOf } from './kernel/line.ts';
import { DONE } from './kernel/outcome.ts';
import { ROW_RECOVERING } from './kernel/row.ts';
import { placeThread } from './placing.ts';
import { Processor } from './processor.ts';
import { dropEndedClaims, endedRows, recoverEnded, settleRecovery } from './recovery.ts';

/** Claims the first row that is free. Its index. */
function claimFree({ kernel }: Bound, self: Identity): number | undefined {
  const { thread, parent, osThread, startLow, startHigh } = self;
  for (let index = 0; index < kernel.loadPlain(H_MAX_PROCESSORS); index++) {
    const row = kernel.rowAt(index);
    if (kernel.claimRow(row, index, thread, parent, osThread, startLow, startHigh) === DONE) return index;
  }
  return undefined;
}

/** Takes over the row of a thread that has ended, before anybody recovers it. Its index; nothing if there is none, or others were faster. */
function inherit({ kernel }: Bound, self: Identity): number | undefined {
  const { thread, parent, osThread, startLow, startHigh } = self;
  const inherited = endedRows(kernel, self).find(
    ({ index, incarnation }) =>
      kernel.inheritRow(kernel.rowAt(index), index, incarnation, thread, parent, osThread, startLow, startHigh) ===
      DONE,
  );
  return inherited?.index;
}

/** How long a thread that finds the table full waits for rows that others are recovering, and how often. */
const WAIT_MS = 5;
const MOST_WAITS = 200;

/** Naps if some row is being recovered, and will be free then. Whether there was one. */
function napWhileRecovering({ kernel }: Bound): boolean {
  for (let index = 0; index < kernel.loadPlain(H_MAX_PROCESSORS); index++) {
    const at = kernel.rowAt(index) + R_WORD;
    const word = kernel.loadShared(at);
    if (tagOf(word) !== ROW_RECOVERING) continue;
    kernel.waitShared(at, word, WAIT_MS);
    return true;
  }
  return false;
}

/** A row for the calling thread. Its index; nothing if every row is that of a living thread. */
function takePlace(bound: Bound): number | undefined {
  const self = identify();
  for (let waits = 0; waits < MOST_WAITS; waits++) {
    const free = claimFree(bound, self);
    if (free !== undefined) return free;
    // By who died in its claim a row is neither free nor to be inherited.
    dropEndedClaims(bound.kernel, self);
    const inherited = inherit(bound, self);
    if (inherited !== undefined) return inherited;
    // A row that was being recovered when it was passed may be free by now.
    if (!napWhileRecovering(bound)) return claimFree(bound, self);
  }
  return undefined;
}

/**
 * Claims a row for the calling thread. One that makes room by inheriting recovers all other dead, too, for those who come next.
 *
 * @throws ERR_SYNCPOOL_TOO_MANY_PROCESSORS
 */
export function attach(bound: Bound, data: SharedArrayBuffer): Processor {
  const index = takePlace(bound);
  if (index === undefined) {
    const rows = bound.kernel.loadPlain(H_MAX_PROCESSORS);
    throw new SyncPoolError(
      'ERR_SYNCPOOL_TOO_MANY_PROCESSORS',
      `all ${rows} processors of the runtime are taken: raise maxProcessors of createRuntime, or call leave() in threads that are done`,
    );
  }
  const processor = new Processor(bound, data, index);
  placeThread(processor);
  if (settleRecovery(processor)) recoverEnded(processor);
  return processor;
}
