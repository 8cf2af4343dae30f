// A worker of the recovery tests that attaches by token when its gate is opened, and may stop for ever in
// the middle of making room for itself.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { attachRuntime, type PooledBuffer, type RuntimeToken } from '@syncpool/core';
import type { Kernel } from '../../src/host/backend.ts';
import { H_MAX_PROCESSORS, R_RECOVERING, R_THREAD, R_WORD } from '../../src/kernel/layout.ts';
import { tagOf } from '../../src/kernel/line.ts';
import { RECOVERS_PAST, ROW_RECOVERING } from '../../src/kernel/row.ts';
import { kernelOf } from '../support/invariants.ts';

export interface LatecomerJob {
  /** Word 0: 0 until the worker may attach. Word 1: 1 once it has, and has leased. */
  readonly gate: Int32Array<SharedArrayBuffer>;
  readonly lease?: number;
  /**
   * Where to stop: while it asks Linux whether threads live; having taken over the row of a dead thread, with nothing
   * of that recovered yet; or having recovered that, and claimed the rows of the other dead.
   */
  readonly stop?: 'asking' | 'inherited' | 'claimed';
}

const { gate, lease = 0, stop } = workerData as LatecomerJob;
const held: PooledBuffer[] = [];

function stopForEver(): void {
  parentPort?.postMessage('stopped');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function stopWhenAsking(): void {
  const { readFileSync } = fs;
  fs.readFileSync = ((...args: Parameters<typeof readFileSync>) => {
    if (String(args[0]).startsWith('/proc/self/task/')) stopForEver();
    return readFileSync(...args);
  }) as typeof readFileSync;
  syncBuiltinESMExports();
}

/**
 * A row of the dead is found and taken over by `find`, and others are claimed by `filter`; nothing of the package's own
 * follows at once. There is no other place to stop at between two steps.
 */
function stopWhen(
  token: RuntimeToken,
  how: 'find' | 'filter',
  isThere: (kernel: Kernel, row: number) => boolean,
): void {
  const kernel = kernelOf(token);
  const rows = Array.from({ length: kernel.loadPlain(H_MAX_PROCESSORS) }, (_, index) => kernel.rowAt(index));
  const search = Array.prototype[how] as (this: unknown[], ...args: unknown[]) => unknown;
  Object.defineProperty(Array.prototype, how, {
    value(this: unknown[], ...args: unknown[]) {
      const result = search.apply(this, args);
      if (Array.prototype.some.call(rows, (row: number) => isThere(kernel, row))) stopForEver();
      return result;
    },
  });
}

/** Its own row: whoever was stopped here before has died, and its row was taken over from it. */
function isInherited(kernel: Kernel, row: number): boolean {
  return kernel.loadShared(row + R_THREAD) === threadId && kernel.loadPlain(row + R_RECOVERING) === RECOVERS_PAST;
}

function isClaimed(kernel: Kernel, row: number): boolean {
  return tagOf(kernel.loadShared(row + R_WORD)) === ROW_RECOVERING;
}

parentPort?.once('message', (token: RuntimeToken) => {
  // The gate is a word and not a message, so that a thread that does not pass a turn of its event loop can open it.
  parentPort?.postMessage('ready');
  Atomics.wait(gate, 0, 0);
  if (stop === 'asking') stopWhenAsking();
  if (stop === 'inherited') stopWhen(token, 'find', isInherited);
  if (stop === 'claimed') stopWhen(token, 'filter', isClaimed);
  try {
    const pool = attachRuntime(token).pool('p');
    for (let i = 0; i < lease; i++) held.push(pool.get());
    Atomics.store(gate, 1, 1);
    parentPort?.postMessage('attached');
  } catch (error) {
    parentPort?.postMessage((error as { code?: string }).code);
  }
  // Alive until it is killed.
  parentPort?.on('message', () => {});
});
