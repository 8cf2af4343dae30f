// A worker that writes secrets into all that it leases. It does what its job says, tells so, and stays until it is killed or
// told to exit; or it goes on for ever.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type PoolOptions } from '@syncpool/core';
import { keepSecret } from '../support/secrets.ts';
import { makeTraffic } from '../support/secret-traffic.ts';

export interface SecretiveJob {
  readonly runtime: string;
  /** Of the pool, if it is to open it first. */
  readonly options?: PoolOptions;
  readonly lease: number;
  /** How many of those it puts, and how many of the rest it detaches. */
  readonly put: number;
  readonly detach: number;
  /** Random traffic without an end, by this seed. */
  readonly seed?: number;
}

const job = workerData as SecretiveJob;
const pool = attachRuntime(job.runtime).pool('secret', job.options);
const held = Array.from({ length: job.lease }, () => pool.get(pool.sizes[0]));
for (const buffer of held) keepSecret(buffer);
for (const buffer of held.splice(0, job.put)) pool.put(buffer);
for (const buffer of held.splice(0, job.detach)) pool.detach(buffer);
parentPort?.once('message', () => process.exit());
parentPort?.postMessage(held.length);
if (job.seed !== undefined) {
  const { turn } = makeTraffic(pool, job.seed);
  for (;;) turn();
}
