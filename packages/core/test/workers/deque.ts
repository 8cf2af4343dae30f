// The producer or one thief of conformance/deque.test.ts. Drives the kernel's steps directly.

import { parentPort, workerData } from 'node:worker_threads';
import { bindKernel, type Control } from '../../src/host/backend.ts';
import { blockAt, L_STATE, L_USED, numberOf, R_OWNER, R_STAGED, R_STAGED_CLASS } from '../../src/kernel/layout.ts';
import { DONE, EMPTY, FULL } from '../../src/kernel/outcome.ts';
import { MAX_BATCH, MAX_CUT } from '../../src/kernel/widths.ts';
import { arrive, type BarrierWords } from '../support/barrier.ts';
import { ringOf } from '../support/invariants.ts';
import { Xorshift } from '../support/prng.ts';

export interface DequeJob {
  readonly control: Control;
  /** The crew's member 0 is the producer; the others steal from it. */
  readonly member: number;
  readonly parties: number;
  readonly barrier: BarrierWords;
  readonly seed: number;
  /** 'ring': the deque alone. 'chain': what the deque will not have goes home and is taken from there. */
  readonly structure: 'ring' | 'chain';
  /** Values to push: 0 to total - 1. */
  readonly total: number;
  /** By value: how many threads received it. */
  readonly have: Int32Array<SharedArrayBuffer>;
  /** By block: 1 while the producer may push it (again). */
  readonly back: Int32Array<SharedArrayBuffer>;
  /** 1 once everything is pushed. */
  readonly done: Int32Array<SharedArrayBuffer>;
}

export interface DequeResult {
  /** Blocks received: by a thief stolen or taken, by the producer popped. */
  readonly received: number;
  /** Pushes that found no room. */
  readonly full: number;
  readonly wrong: string[];
}

const job = workerData as DequeJob;
const { kernel } = bindKernel(job.control);
const PRODUCER_ROW = 1;
const ID = 0;
const cls = kernel.classAt(ID);
const deque = kernel.dequeAt(PRODUCER_ROW, ID);
const ring = ringOf(kernel, PRODUCER_ROW, ID);
// Row 0 is the main thread's, by createRuntime.
const index = PRODUCER_ROW + job.member;
const row = kernel.rowAt(index);
const random = new Xorshift(job.seed + job.member);
const wrong: string[] = [];
let received = 0;
let full = 0;
let newest = -1;

/** Go's runtime.Gosched: lets others run on this CPU. Nothing is ever notified here. */
function yieldCpu(): void {
  Atomics.wait(job.done, 1, 0, 0.02);
}

/** Counts the staged blocks as received, and lets the producer have them again. */
function receive(count: number, inOrder: boolean): void {
  for (let i = 0; i < count; i++) {
    const block = kernel.loadPlain(kernel.stageAt(row, i));
    const line = kernel.lineAt(block);
    const value = kernel.loadPlain(line + L_USED);
    if (kernel.loadPlain(line + L_STATE) !== kernel.loadPlain(row + R_OWNER))
      wrong.push(`block ${block} is not its receiver's`);
    if (inOrder && value <= newest) wrong.push(`stole ${value} after ${newest}`);
    newest = value;
    Atomics.add(job.have, value, 1);
    Atomics.store(job.back, numberOf(block), 1);
  }
  received += count;
  kernel.storePlain(row + R_STAGED, 0);
}

function cutAll(): number[] {
  const blocks: number[] = [];
  for (let got = kernel.cutFresh(row, cls, MAX_CUT); got > 0; got = kernel.cutFresh(row, cls, MAX_CUT)) {
    for (let i = 0; i < got; i++) blocks.push(kernel.loadPlain(kernel.stageAt(row, i)));
    kernel.storePlain(row + R_STAGED, 0);
  }
  return blocks;
}

function stage(blocks: readonly number[]): void {
  blocks.forEach((block, i) => {
    kernel.storePlain(kernel.stageAt(row, i), block);
  });
  kernel.storePlain(row + R_STAGED_CLASS, cls);
  kernel.storePlain(row + R_STAGED, blocks.length);
}

function pushStaged(): void {
  if (job.structure === 'chain') {
    kernel.spill(row);
    return;
  }
  while (kernel.push(row, cls, deque, ring) === FULL) {
    full += 1;
    yieldCpu();
  }
}

function produce(blocks: readonly number[]): void {
  for (const block of blocks) Atomics.store(job.back, numberOf(block), 1);
  let at = 0;
  /** The next block that came back. There are more blocks than the ring and all thieves together hold. */
  const nextBlock = (): number => {
    for (;;) {
      at = (at + 1) % blocks.length;
      const block = blocks[at] as number;
      if (Atomics.compareExchange(job.back, numberOf(block), 1, 0) === 1) return block;
    }
  };
  for (let value = 0; value < job.total; ) {
    const batch: number[] = [];
    for (let size = 1 + random.below(MAX_BATCH); batch.length < size && value < job.total; value++) {
      const block = nextBlock();
      kernel.storePlain(kernel.lineAt(block) + L_USED, value);
      batch.push(block);
    }
    stage(batch);
    pushStaged();
    if (random.below(10) === 0) {
      const got = kernel.pop(row, cls, deque, ring, 1 + random.below(MAX_BATCH));
      if (got > 0) receive(got, false);
    }
  }
  Atomics.store(job.done, 0, 1);
  if (job.structure === 'chain') {
    for (
      let got = kernel.acquireOrConclude(row, cls, MAX_BATCH, 1);
      got > 0;
      got = kernel.acquireOrConclude(row, cls, MAX_BATCH, 1)
    )
      receive(got, false);
  }
}

function consume(): void {
  const inOrder = job.structure === 'ring';
  let misses = 0;
  for (;;) {
    const isLast = Atomics.load(job.done, 0) === 1;
    const want = 1 + random.below(MAX_BATCH);
    const got = inOrder
      ? kernel.steal(row, cls, PRODUCER_ROW, deque, ring, want)
      : kernel.acquireBatch(row, cls, want, 1);
    if (got > 0) receive(got, inOrder);
    else if (got === EMPTY && isLast) return;
    else if (++misses % 100 === 0) yieldCpu();
  }
}

if (kernel.claimRow(row, index, index, -1, 0, 0, 0) !== DONE) throw new Error(`row ${index} is taken`);
// Before the start: in a chain thieves may cut as well.
const blocks = job.member === 0 ? cutAll() : [];
arrive(job.barrier, job.parties);
if (job.member === 0) produce(blocks);
else consume();
// With everything received, the last one sends all blocks home, so that the test finds the runtime at rest.
Atomics.add(job.done, 2, 1);
if (job.member === 0) {
  while (Atomics.load(job.done, 2) < job.parties) yieldCpu();
  for (let number = 0; number < job.back.length; number++) {
    if (Atomics.load(job.back, number) === 1) {
      stage([blockAt(1, number)]);
      kernel.homeStaged(row);
    }
  }
}
parentPort?.postMessage({ received, full, wrong } satisfies DequeResult);
