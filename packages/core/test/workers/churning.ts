// A worker of the churn test: attaches, leases, puts and leaves, over and over, and ends as told. What it leases it
// stamps, so that it sees if somebody else has the block too.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type BufferPool, type PooledBuffer } from '@syncpool/core';
import { Xorshift } from '../support/prng.ts';

/** How it ends: `return` and `exit` with blocks stashed, the last with some leased too; `sleep` until it is killed with all of that. */
export type Ending = 'leave' | 'return' | 'exit' | 'sleep';

export interface ChurningJob {
  readonly runtime: string;
  readonly seed: number;
  /** How often it attaches. */
  readonly rounds: number;
  /** Most blocks that it holds at one time. */
  readonly most: number;
  readonly ending: Ending;
}

const job = workerData as ChurningJob;
const random = new Xorshift(job.seed);
const forEver = new Int32Array(new SharedArrayBuffer(4));
const held: PooledBuffer[] = [];
const stamp = job.seed | 0;

function take(pool: BufferPool, count: number): void {
  for (let i = 0; i < count; i++) {
    const buffer = pool.get();
    buffer.writeInt32LE(stamp);
    held.push(buffer);
  }
}

function give(pool: BufferPool, count: number): void {
  for (const buffer of held.splice(0, count)) {
    const found = buffer.readInt32LE();
    if (found !== stamp) throw new Error(`the block at ${buffer.byteOffset} was somebody else's too: ${found}`);
    pool.put(buffer);
  }
}

function use(pool: BufferPool): void {
  for (let turn = 0; turn < 6; turn++) {
    take(pool, random.below(job.most + 1 - held.length));
    give(pool, random.below(held.length + 1));
  }
}

for (let round = 1; round <= job.rounds; round++) {
  const runtime = attachRuntime(job.runtime);
  const pool = runtime.pool('p');
  use(pool);
  const isLast = round === job.rounds;
  // So that there is something to lose: what is put now lies in its magazine and deque when it goes.
  take(pool, job.most - held.length);
  if (isLast && (job.ending === 'exit' || job.ending === 'sleep')) give(pool, job.most >> 1);
  else give(pool, job.most);
  if (!isLast || job.ending === 'leave') runtime.leave();
}
parentPort?.postMessage('ending');
if (job.ending === 'exit') process.exit();
if (job.ending === 'sleep') Atomics.wait(forEver, 0, 0);
