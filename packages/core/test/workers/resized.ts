// One of many threads of resize.test.ts: gets, puts, sends and takes back at a limit that moves, and counts what is out.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type Message, type PooledBuffer } from '@syncpool/core';
import { footprint } from '../../src/options.ts';
import { Xorshift } from '../support/prng.ts';
import { WORDS } from '../support/resize-words.ts';

export interface ResizedJob {
  readonly runtime: string;
  readonly member: number;
  readonly seed: number;
  /** Whether it asks for the largest size too, one at a time. */
  readonly takesRuns: boolean;
  readonly words: Int32Array<SharedArrayBuffer>;
}

const MOST_HELD = 40;
const job = workerData as ResizedJob;
const { words } = job;
let runtime = attachRuntime(job.runtime);
let pool = runtime.pool('p');
const runSize = pool.sizes.at(-1) as number;
const sizes = job.takesRuns ? pool.sizes : pool.sizes.slice(0, -1);
const random = new Xorshift(job.seed + job.member);
const held: PooledBuffer[] = [];
const sent: { message: Message; bytes: number }[] = [];

function hasRun(): boolean {
  return held.some(({ length }) => length === runSize) || sent.some(({ bytes }) => bytes === runSize);
}

function get(size: number): void {
  if (size === runSize && hasRun()) return;
  try {
    const buffer = pool.get(size);
    held.push(buffer);
    const out = Atomics.add(words, WORDS.out, footprint(buffer.length)) + footprint(buffer.length);
    // Read after: it is lowered only when every thread has come past this line with what it saw before.
    if (out > Atomics.load(words, WORDS.high)) Atomics.add(words, WORDS.violations, 1);
    Atomics.add(words, WORDS.served, 1);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SYNCPOOL_EXHAUSTED') throw error;
    Atomics.add(words, WORDS.refused, 1);
    put();
  }
}

function put(): void {
  const buffer = held.pop();
  if (buffer === undefined) return;
  // Counted before it is put, so that what is counted is always out.
  Atomics.sub(words, WORDS.out, footprint(buffer.length));
  pool.put(buffer);
}

/** What is sent is still out. */
function send(): void {
  const buffer = held.pop();
  if (buffer !== undefined) sent.push({ bytes: footprint(buffer.length), message: pool.detach(buffer) });
}

function takeBack(): void {
  const one = sent.pop();
  if (one === undefined) return;
  if (random.below(2) === 0) {
    held.push(pool.adopt(one.message));
    return;
  }
  Atomics.sub(words, WORDS.out, one.bytes);
  pool.discard(one.message);
}

function giveAll(): void {
  while (sent.length > 0) takeBack();
  while (held.length > 0) put();
}

/** Leaves, so that its magazines go home too: a block in one keeps its slab, and with it the bytes. */
function rest(): void {
  giveAll();
  runtime.leave();
  while (Atomics.load(words, WORDS.resting) === 1) Atomics.wait(words, WORDS.resting, 1);
  runtime = attachRuntime(job.runtime);
  pool = runtime.pool('p');
}

while (Atomics.load(words, WORDS.stop) === 0) {
  Atomics.add(words, WORDS.turns + job.member, 1);
  if (Atomics.load(words, WORDS.resting) === 1) {
    rest();
    continue;
  }
  const dice = random.below(10);
  if (held.length + sent.length >= MOST_HELD) put();
  else if (dice < 6) get(sizes[random.below(10) < 4 ? 0 : random.below(sizes.length)] as number);
  else if (dice < 8) put();
  else if (dice < 9) send();
  else takeBack();
}
giveAll();
runtime.leave();
parentPort?.postMessage('done');
