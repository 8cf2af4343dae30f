// A worker that uses a pool beside others: cut again and again, or left in peace until told to stop.
// Gives everything back, leaves, and tells what it saw.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';
import { vmStorm } from '../support/cuts.ts';
import { Diver, giveAll, makeUser, settleDoubts, step } from '../support/storm.ts';

const {
  runtime: name,
  seed,
  most,
  storms,
  stop,
} = workerData as {
  runtime: string;
  seed: number;
  most: number;
  /** Cuts by vm timeouts, and as many dives. 0: this one is never cut. */
  storms: number;
  stop: Int32Array<SharedArrayBuffer>;
};
const runtime = attachRuntime(name);
const user = makeUser(runtime.pool('storm'), most, seed);
let cuts = 0;
if (storms > 0) {
  const run = vmStorm(user);
  const diver = new Diver();
  for (let i = 0; i < storms; i++) {
    cuts += run(1 + (i % 3)) + diver.dive(user, i % 12);
    settleDoubts(user);
  }
  Atomics.store(stop, 0, 1);
} else {
  while (Atomics.load(stop, 0) === 0) for (let i = 0; i < 100; i++) step(user);
}
const { holding, sent } = user;
giveAll(user);
runtime.leave();
parentPort?.postMessage({ cuts, holding, sent, doubled: user.doubled, steps: user.steps });
