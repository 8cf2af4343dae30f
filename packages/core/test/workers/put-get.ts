// One goroutine of Go's TestPoolStress: puts what it holds, gets another, and finds it as it must be.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';
import { arrive, type BarrierWords } from '../support/barrier.ts';

export interface PutGetJob {
  readonly runtime: string;
  readonly member: number;
  readonly parties: number;
  readonly barrier: BarrierWords;
  readonly rounds: number;
}

const job = workerData as PutGetJob;
const runtime = attachRuntime(job.runtime);
const pool = runtime.pool('p');
const words = new Int32Array(runtime.token.data);
arrive(job.barrier, job.parties);
let buffer = pool.get();
let wrong = 0;
for (let round = 0; round < job.rounds; round++) {
  const at = buffer.byteOffset / 4;
  if (words[at] !== 0) wrong += 1;
  // While it is held it is marked: whoever else holds it finds the mark, or wipes it.
  words[at] = job.member + 1;
  if (words[at] !== job.member + 1) wrong += 1;
  words[at] = 0;
  pool.put(buffer);
  buffer = pool.get();
}
pool.put(buffer);
runtime.leave();
parentPort?.postMessage(wrong);
