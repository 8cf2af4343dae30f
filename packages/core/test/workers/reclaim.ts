// One thread of reclaim.test.ts: at a shared start, asks for blocks whose bytes lie free in another class.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type PooledBuffer } from '@syncpool/core';
import { arrive, type BarrierWords } from '../support/barrier.ts';

export interface ReclaimJob {
  readonly runtime: string;
  readonly parties: number;
  /** One for each round's gets, and one for its end. */
  readonly starts: readonly BarrierWords[];
  readonly ends: readonly BarrierWords[];
  /** By round: the size asked for, and how many of it. */
  readonly rounds: readonly { size: number; count: number }[];
}

const job = workerData as ReclaimJob;
const pool = attachRuntime(job.runtime).pool('p');
const failed: string[] = [];
job.rounds.forEach(({ size, count }, round) => {
  const held: PooledBuffer[] = [];
  arrive(job.starts[round] as BarrierWords, job.parties);
  for (let i = 0; i < count; i++) {
    try {
      held.push(pool.get(size));
    } catch (error) {
      failed.push(`round ${round}, get ${i} of ${size}: ${String(error)}`);
    }
  }
  // Everybody holds a whole share at the same moment.
  arrive(job.ends[round] as BarrierWords, job.parties);
  for (const buffer of held) pool.put(buffer);
});
parentPort?.postMessage(failed);
