// A worker of the soak: adopts what is posted to it, checks and answers it with a buffer of its own, and keeps a few
// leased all the while, until it is killed. Requests in flight die with it.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type Message, type PooledBuffer } from '@syncpool/core';
import { Xorshift } from '../support/prng.ts';

export interface ServingJob {
  readonly runtime: string;
  readonly seed: number;
}

/** Posted in both directions: a buffer whose bytes are all `stamp`. */
export interface Parcel {
  readonly message: Message;
  readonly stamp: number;
}

const MOST_KEPT = 20;
const { runtime, seed } = workerData as ServingJob;
const pool = attachRuntime(runtime).pool('p');
const random = new Xorshift(seed);
const kept: PooledBuffer[] = [];

parentPort?.on('message', ({ message, stamp }: Parcel) => {
  const request = pool.tryAdopt(message);
  // An audit has taken it back: it has lain here for too long.
  if (request === undefined) return;
  const isWhole = request.subarray(0, request.usedLength).every((byte) => byte === stamp);
  const answer = pool.get(1 + random.below(request.length)).fill(stamp);
  pool.put(request);
  kept.push(pool.get(1 + random.below(16 * 1024)));
  if (kept.length > MOST_KEPT) for (const one of kept.splice(0, random.below(MOST_KEPT))) pool.put(one);
  const parcel: Parcel = { message: pool.detach(answer), stamp: isWhole ? stamp : -1 };
  parentPort?.postMessage(parcel);
});
parentPort?.postMessage('ready');
