// One thread of acquire's tests: waits for buffers as its job says, and reports how it went.

import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type PooledBuffer } from '@syncpool/core';

export interface WaiterJob {
  readonly runtime: string;
  /** 'keep': one acquire after another, each kept. 'share': all at once, each put at the next turn of the event loop. */
  readonly manner: 'keep' | 'share';
  readonly how: 'acquire' | 'acquireSync';
  readonly acquires: number;
  /** Word 0: acquires that were served. */
  readonly served: Int32Array<SharedArrayBuffer>;
  /** When the last put was, in milliseconds of the clock that all threads share. */
  readonly putAt: Float64Array<SharedArrayBuffer>;
}

export interface WaiterResult {
  /** Milliseconds from the put to the acquire's return. */
  readonly delaysMs: number[];
  /** Code of the error that ended it. */
  readonly code: string | undefined;
}

const job = workerData as WaiterJob;
const runtime = attachRuntime(job.runtime);
const pool = runtime.pool('p');
const held: PooledBuffer[] = [];
const delaysMs: number[] = [];
let code: string | undefined;

async function acquireOne(): Promise<PooledBuffer> {
  const buffer = job.how === 'acquire' ? await pool.acquire() : pool.acquireSync();
  delaysMs.push(Number(process.hrtime.bigint()) / 1e6 - (job.putAt[0] as number));
  return buffer;
}

async function keep(): Promise<void> {
  for (let i = 0; i < job.acquires; i++) {
    held.push(await acquireOne());
    Atomics.add(job.served, 0, 1);
  }
}

async function share(): Promise<void> {
  const one = async () => {
    const buffer = await acquireOne();
    await setImmediate();
    Atomics.add(job.served, 0, 1);
    pool.put(buffer);
  };
  await Promise.all(Array.from({ length: job.acquires }, one));
}

try {
  await (job.manner === 'keep' ? keep() : share());
  for (const buffer of held) pool.put(buffer);
} catch (error) {
  code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
parentPort?.postMessage({ delaysMs, code } satisfies WaiterResult);
