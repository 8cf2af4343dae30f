// One thread of the stress test. What it models: a holder that gets, keeps, checks and puts; sends
// blocks to others and lets all of them race for each; runs into exhaustion and gives back; and,
// with all the others, changes from the small class to the large one and back, so that slabs must be
// released and cut anew.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type PooledBuffer } from '@syncpool/core';
import { arrive, type BarrierWords } from '../support/barrier.ts';
import { Claims, IN_TRANSIT } from '../support/claims.ts';
import { Xorshift } from '../support/prng.ts';

export interface StressJob {
  readonly runtime: string;
  /** 1 to parties: what the thread writes into what it holds. */
  readonly holder: number;
  readonly parties: number;
  readonly barrier: BarrierWords;
  readonly seed: number;
  readonly forMs: number;
  readonly claims: SharedArrayBuffer;
  /** Posted handles, 0 for a free place. */
  readonly mailbox: BigInt64Array<SharedArrayBuffer>;
}

export interface StressResult {
  readonly wrong: string[];
  readonly operations: number;
  readonly exhausted: number;
  readonly adopted: number;
  /** Adopts that another thread won. */
  readonly outrun: number;
}

const job = workerData as StressJob;
/** Long enough for every thread to have its turn on two CPUs and to run dry. */
const PHASE_MS = 20 * job.parties;
const runtime = attachRuntime(job.runtime);
const pool = runtime.pool('p');
const [small, large] = pool.sizes as [number, number];
const claims = new Claims(job.claims, runtime.token.data);
const random = new Xorshift(job.seed + job.holder);
const held: { buffer: PooledBuffer; stamp: number }[] = [];
const count = { operations: 0, exhausted: 0, adopted: 0, outrun: 0 };
let nonce = job.holder << 24;

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function hold(buffer: PooledBuffer): void {
  nonce = (nonce + 1) | 0;
  claims.stamp(buffer, nonce);
  held.push({ buffer, stamp: nonce });
}

/** Takes a random buffer out of those held, its stamp checked. */
function release(): PooledBuffer | undefined {
  const at = random.below(held.length || 1);
  const last = held.pop();
  if (last === undefined) return undefined;
  const chosen = at < held.length ? (held[at] as typeof last) : last;
  if (at < held.length) held[at] = last;
  const found = claims.stampOf(chosen.buffer);
  if (found !== chosen.stamp) claims.wrong.push(`${chosen.buffer.byteOffset}: stamp ${found}, wrote ${chosen.stamp}`);
  return chosen.buffer;
}

function put(): void {
  const buffer = release();
  if (buffer === undefined) return;
  claims.leave(buffer, job.holder);
  pool.put(buffer);
}

function get(size: number): void {
  try {
    const buffer = pool.get(size);
    claims.enter(buffer, job.holder);
    hold(buffer);
  } catch (error) {
    if (!isCode(error, 'ERR_SYNCPOOL_EXHAUSTED')) throw error;
    count.exhausted += 1;
    for (let i = random.below(held.length + 1); i > 0; i--) put();
  }
}

/** Detaches a buffer and posts its handle for all to race for. With its place taken, the sender takes it back or discards it. */
function send(): void {
  const buffer = release();
  if (buffer === undefined) return;
  const used = random.below(buffer.length + 1);
  claims.stamp(buffer, used);
  claims.move(buffer, job.holder, IN_TRANSIT);
  const handle = BigInt(Number(pool.detach(buffer, used)));
  if (Atomics.compareExchange(job.mailbox, random.below(job.mailbox.length), 0n, handle) === 0n) return;
  receive(handle);
  if (random.below(2) === 0) discard();
}

/** Discards what this thread alone knows of. */
function discard(): void {
  const buffer = release();
  if (buffer === undefined) return;
  claims.leave(buffer, job.holder);
  const message = pool.detach(buffer);
  if (!pool.discard(message)) claims.wrong.push(`message ${String(message)} could not be discarded`);
  if (pool.tryAdopt(message) !== undefined) claims.wrong.push(`message ${String(message)} was good twice`);
}

/** Adopts a handle if nobody was faster. */
function receive(handle: bigint): boolean {
  const buffer = pool.tryAdopt(Number(handle));
  if (buffer === undefined) {
    count.outrun += 1;
    return false;
  }
  count.adopted += 1;
  claims.move(buffer, IN_TRANSIT, job.holder);
  const sent = claims.stampOf(buffer);
  if (sent !== buffer.usedLength) claims.wrong.push(`used length ${buffer.usedLength}, sent ${sent}`);
  hold(buffer);
  return true;
}

/** Races for a posted handle; only the winner clears its place. */
function race(place: number): void {
  const handle = Atomics.load(job.mailbox, place);
  if (handle === 0n || !receive(handle)) return;
  const found = Atomics.compareExchange(job.mailbox, place, handle, 0n);
  if (found !== handle) claims.wrong.push(`handle ${handle} was cleared by a thread that did not win it`);
}

function operate(favoured: number): void {
  const choice = random.below(100);
  if (choice < 48) get(random.below(20) === 0 ? small + large - favoured : favoured);
  else if (choice < 80) put();
  else if (choice < 87) send();
  else if (choice < 98) race(random.below(job.mailbox.length));
  else discard();
}

arrive(job.barrier, job.parties);
const start = performance.now();
let phase = 0;
for (let elapsed = 0; elapsed < job.forMs; elapsed = performance.now() - start) {
  const now = Math.floor(elapsed / PHASE_MS);
  // At a change of phase everything goes back, so that the slabs of one class may become the other's.
  if (now !== phase) while (held.length > 0) put();
  phase = now;
  for (let i = 0; i < 50; i++) operate(phase % 2 === 0 ? small : large);
  count.operations += 50;
}
while (held.length > 0) put();
// Every second thread leaves; the others end with blocks in their magazines.
if (job.holder % 2 === 0) runtime.leave();
parentPort?.postMessage({
  wrong: claims.wrong.slice(0, 20),
  ...count,
} satisfies StressResult);
