// A worker of the recovery tests that attaches by token when its gate is opened, and may stop for ever in
// the middle of making room for itself.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type PooledBuffer, type RuntimeToken } from '@syncpool/core';
import { H_ROW_COUNT, R_WORD } from '../../src/kernel/layout.ts';
import { tagOf } from '../../src/kernel/line.ts';
import { ROW_RECOVERING } from '../../src/kernel/row.ts';
import { kernelOf } from '../support/invariants.ts';

export interface LatecomerJob {
  /** Word 0: 0 until the worker may attach. Word 1: 1 once it has, and has leased. */
  readonly gate: Int32Array<SharedArrayBuffer>;
  readonly lease?: number;
  /** Where to stop: while it asks Linux whether threads live; or having claimed the rows of the dead. */
  readonly stop?: 'asking' | 'claimed';
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

/** The rows of the dead are claimed by a filter over them, which nothing of the package's own follows at once. */
function stopWhenClaimed(token: RuntimeToken): void {
  const kernel = kernelOf(token);
  const rows = Array.from({ length: kernel.loadPlain(H_ROW_COUNT) }, (_, index) => kernel.rowAt(index));
  const { filter } = Array.prototype;
  // There is no other place to stop at between these two steps.
  Array.prototype.filter = function (this: unknown[], ...args: Parameters<typeof filter>) {
    const result = filter.apply(this, args);
    if (rows.some((row) => tagOf(kernel.loadShared(row + R_WORD)) === ROW_RECOVERING)) stopForEver();
    return result;
  } as typeof filter;
}

parentPort?.once('message', (token: RuntimeToken) => {
  // The gate is a word and not a message, so that a thread that does not pass a turn of its event loop can open it.
  parentPort?.postMessage('ready');
  Atomics.wait(gate, 0, 0);
  if (stop === 'asking') stopWhenAsking();
  if (stop === 'claimed') stopWhenClaimed(token);
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
