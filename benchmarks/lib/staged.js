// Tiers on their own. A stage is a pool whose blocks all lie in one tier when the clock starts, so that what is timed is that
// tier and nothing above it but the magazine that every block passes through. With the public API only:
//
//   const stage = await openStage({ kernel: 'wasm', size: 4096, blocks: 2048 });
//   stage.fillDeque()      all blocks into this thread's deque: put, then flush
//   stage.fillSibling()    all into the deque of another thread, a worker that takes turns with this one
//   stage.fillSlabs()      all home: put, flush, and two epochs that nobody needs them in
//   stage.take()           gets all of them into an array: this is timed
//   stage.giveBack()       puts all of them: timed too, where puts are measured
//   await nsPerBlock(stage, stage.fillSibling)      a whole measurement: median of staged rounds, nanoseconds a block
//   await stage.close()
//
// `take` moves batches of 8 (the kernel's largest), since a magazine of such blocks holds 16 at the least. Where the blocks came from is
// read off the pool's counters and compared with what the stage was set for: a stage that is not what it says throws.

import { Worker } from 'node:worker_threads';
import { createRuntime } from '@syncpool/core';
import { measure } from 'mitata';

/** Of a stage: how many rounds are measured at the least, and for how long. */
const LEAST_ROUNDS = 24;
const LEAST_NS = 2e7;
const BATCH = 8;
/** A pool whose blocks stay where the stage puts them: no clock moves them, no memory is given back. */
const STILL = { drain: { on: 'manual' }, decayMs: 2 ** 30 - 1 };

/** Whose turn it is, in a word that both threads see. */
export const MINE = 0;
export const SIBLINGS = 1;

let opened = 0;

/** Waits until it is somebody's turn. Longer than any turn takes means that the other thread has failed. */
export function awaitTurn(turn, whose, patienceMs = 10_000) {
  while (Atomics.load(turn, 0) !== whose) {
    const now = Atomics.load(turn, 0);
    if (now !== whose && Atomics.wait(turn, 0, now, patienceMs) === 'timed-out')
      throw new Error('the other thread is gone');
  }
}

export function passTurn(turn, to) {
  Atomics.store(turn, 0, to);
  Atomics.notify(turn, 0);
}

/** Gets as many blocks as the array is long. */
export function takeAll(pool, size, held) {
  for (let i = 0; i < held.length; i++) held[i] = pool.get(size);
}

export function giveAllBack(pool, held) {
  for (let i = 0; i < held.length; i++) pool.put(held[i]);
}

/** The worker that holds the blocks for `fillSibling`. Idle it sits in Atomics.wait, and takes no CPU. */
async function startSibling(workerData) {
  const worker = new Worker(new URL('./staged.worker.js', import.meta.url), { workerData });
  await new Promise((ready, failed) => worker.once('message', ready).once('error', failed));
  return worker;
}

/** Gets of this thread that went to each tier behind the magazine, which is one a batch. */
function hitsHere(pool) {
  const mine = pool.stats().classes[0].processors.find(({ thread }) => thread === 0);
  return mine?.hits ?? { deque: 0, steal: 0, slab: 0, fresh: 0 };
}

/** Says where the blocks of one `take` came from; throws unless all came from `tier` in full batches. */
function assertTier(stage, fill, tier) {
  fill();
  const before = hitsHere(stage.pool);
  stage.take();
  const after = hitsHere(stage.pool);
  for (const name of ['deque', 'steal', 'slab', 'fresh']) {
    const batches = after[name] - before[name];
    // The last ones of a victim are taken by halves.
    const most = name === tier ? stage.blocks / BATCH + BATCH : 0;
    if (batches > most || (name === tier && batches < stage.blocks / BATCH)) {
      throw new Error(`staged for ${tier}, and ${batches} batches came from ${name}`);
    }
  }
}

export async function openStage({ kernel = 'wasm', size = 4096, blocks = 2048 } = {}) {
  opened += 1;
  const name = `stage ${opened}`;
  const maxBytes = 2 * blocks * size;
  const runtime = createRuntime({ name, kernel, maxBytes, maxProcessors: 4, maxClasses: 4 });
  const pool = runtime.pool('staged', { blockSize: size, maxBytes, ...STILL });
  const turn = new Int32Array(new SharedArrayBuffer(4));
  const held = new Array(blocks).fill(undefined);
  const worker = await startSibling({ name, size, blocks, turn });
  let isHolding = false;
  const stage = {
    kernel,
    blocks,
    pool,
    take() {
      takeAll(pool, size, held);
      isHolding = true;
    },
    giveBack() {
      giveAllBack(pool, held);
      isHolding = false;
    },
    fillDeque() {
      if (!isHolding) stage.take();
      stage.giveBack();
      pool.flush();
    },
    fillSibling() {
      if (isHolding) stage.giveBack();
      pool.flush();
      passTurn(turn, SIBLINGS);
      awaitTurn(turn, MINE);
    },
    fillSlabs() {
      stage.fillDeque();
      pool.drain();
      pool.drain();
    },
    async close() {
      if (isHolding) stage.giveBack();
      await worker.terminate();
      runtime.close();
    },
  };
  stage.fillDeque();
  assertTier(stage, stage.fillDeque, 'deque');
  assertTier(stage, stage.fillSibling, 'steal');
  assertTier(stage, stage.fillSlabs, 'slab');
  return stage;
}

/** Nanoseconds a block of `timed`, which is the stage's `take` unless given, after `fill` each time: the median of its rounds. */
export async function nsPerBlock(stage, fill, timed = stage.take) {
  const { p50 } = await measure(
    function* () {
      yield { 0: fill, bench: (_staged) => timed() };
    },
    // A batch would be staged as a whole before its first round.
    { batch_threshold: 0, min_samples: LEAST_ROUNDS, min_cpu_time: LEAST_NS, gc: false },
  );
  return p50 / stage.blocks;
}
