// A row of a thread that never was: it has the identity of one that Linux does not know, and blocks. To
// recover it is what recovering a dead thread is, without the time that a thread takes.

import type { RuntimeToken } from '@syncpool/core';
import { H_MAX_PROCESSORS, R_STAGED, R_WORD } from '../../src/kernel/layout.ts';
import { tagOf } from '../../src/kernel/line.ts';
import { DONE } from '../../src/kernel/outcome.ts';
import { ROW_RECOVERING } from '../../src/kernel/row.ts';
import { kernelOf } from './invariants.ts';

/** Above the highest that Linux gives to a thread. */
const NO_THREAD = 2 ** 22 + 1;
const BATCH = 8;

/** Claims the row, and takes `blocks` blocks of the first class for it. */
export function layDead(token: RuntimeToken, index: number, blocks: number): void {
  const kernel = kernelOf(token);
  const row = kernel.rowAt(index);
  const cls = kernel.classAt(0);
  if (kernel.claimRow(row, index, NO_THREAD, -1, NO_THREAD, 0, 0) !== DONE) throw new Error(`row ${index} is taken`);
  for (let taken = 0; taken < blocks; ) {
    const count = kernel.acquireBatch(row, cls, Math.min(BATCH, blocks - taken), BATCH);
    if (count <= 0) throw new Error(`the pool has only ${taken} blocks for row ${index}`);
    taken += count;
    // Owned, and in nobody's stage or deque: as in a magazine, or in a user's hands.
    kernel.storePlain(row + R_STAGED, 0);
  }
}

/** Rows that somebody is recovering. */
export function beingRecovered(token: RuntimeToken): number {
  const kernel = kernelOf(token);
  const rows = Array.from({ length: kernel.loadPlain(H_MAX_PROCESSORS) }, (_, index) => kernel.rowAt(index));
  return rows.filter((row) => tagOf(kernel.loadShared(row + R_WORD)) === ROW_RECOVERING).length;
}
