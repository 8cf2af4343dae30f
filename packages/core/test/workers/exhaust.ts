// One thread of exhaustion.test.ts: gets and puts, never more at once, with all others, than the test allows.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type PooledBuffer } from '@syncpool/core';
import { arrive, type BarrierWords } from '../support/barrier.ts';
import { Xorshift } from '../support/prng.ts';

export interface ExhaustJob {
  readonly runtime: string;
  readonly member: number;
  readonly parties: number;
  readonly barrier: BarrierWords;
  readonly seed: number;
  readonly gets: number;
  /** Word 0: leases that are granted, used or not. Word 1: buffers out. Word 2: the most there ever were. */
  readonly leases: Int32Array<SharedArrayBuffer>;
  /** Leases that may be granted at one time: within them no get may fail. More than blocks: all may fail. */
  readonly allowed: number;
}

export interface ExhaustResult {
  readonly served: number;
  readonly failed: string[];
}

const GRANTED = 0;
const OUT = 1;
const MOST_OUT = 2;

const job = workerData as ExhaustJob;
const runtime = attachRuntime(job.runtime);
const pool = runtime.pool('p');
const random = new Xorshift(job.seed + job.member);
const held: PooledBuffer[] = [];
const failed: string[] = [];
let served = 0;

function isGranted(): boolean {
  if (Atomics.add(job.leases, GRANTED, 1) < job.allowed) return true;
  Atomics.sub(job.leases, GRANTED, 1);
  return false;
}

function countOut(): void {
  const out = Atomics.add(job.leases, OUT, 1) + 1;
  let most = Atomics.load(job.leases, MOST_OUT);
  while (out > most) most = Atomics.compareExchange(job.leases, MOST_OUT, most, out);
}

function get(): void {
  if (!isGranted()) return;
  try {
    held.push(pool.get());
    countOut();
    served += 1;
  } catch (error) {
    Atomics.sub(job.leases, GRANTED, 1);
    failed.push(String(error));
  }
}

function put(): void {
  const buffer = held.pop();
  if (buffer === undefined) return;
  // Counted before it is put: the count is never below what is really out by more than this thread's one.
  Atomics.sub(job.leases, OUT, 1);
  pool.put(buffer);
  Atomics.sub(job.leases, GRANTED, 1);
}

arrive(job.barrier, job.parties);
for (let i = 0; i < job.gets; i++) {
  // Runs of gets and of puts, so that blocks pile up in one thread's hands and then in its magazine.
  const run = 1 + random.below(12);
  const isGetting = random.below(2) === 0;
  for (let step = 0; step < run; step++) isGetting ? get() : put();
}
while (held.length > 0) put();
parentPort?.postMessage({ served, failed: failed.slice(0, 5) } satisfies ExhaustResult);
