// A worker of the termination storm: leases, puts, sends, adopts and waits until it is killed, or told to stop.
// What it holds is claimed and stamped, so that it, or the next holder, sees if somebody else had it too.

import { existsSync, readlinkSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type PooledBuffer } from '@syncpool/core';
import { Claims } from '../support/claims.ts';
import { Xorshift } from '../support/prng.ts';

export interface StormingJob {
  readonly runtime: string;
  readonly holder: number;
  readonly seed: number;
  readonly claims: SharedArrayBuffer;
  /** Whether it pauses now and then, for one that shall live long beside others who need the CPU to start. */
  readonly pauses: boolean;
  /** Posted handles, 0 for a free place. */
  readonly mailbox: BigInt64Array<SharedArrayBuffer>;
  /** By holder: the OS thread id; and 1 once its 'exit' has come. */
  readonly osThreads: Int32Array<SharedArrayBuffer>;
  readonly ended: Int32Array<SharedArrayBuffer>;
  /** Word 0: 1 when those still alive shall end. Word 1: operations of all. Word 2: violations of all. Word 3: blocks that audits gave back. */
  readonly shared: Int32Array<SharedArrayBuffer>;
}

// Together they want more than there is: so they run dry, and look for the dead themselves.
const MOST_HELD = 250;
/** Audits beside all the others at work: one in so many operations. */
const AUDIT_EVERY = 300;
const job = workerData as StormingJob;
const { holder, osThreads, ended, mailbox, shared } = job;
Atomics.store(osThreads, holder, Number(readlinkSync('/proc/thread-self').split('/').at(-1)));
const runtime = attachRuntime(job.runtime);
const pool = runtime.pool('p');
const random = new Xorshift(job.seed);
const held: { buffer: PooledBuffer; stamp: number }[] = [];
let nonce = random.next() | 0;

/** A holder is dead once its 'exit' has come, or Linux does not know it any more: as recovery sees it. */
const claims = new Claims(job.claims, runtime.token.data, (other) => {
  if (other === 0) return false;
  return Atomics.load(ended, other) === 1 || !existsSync(`/proc/self/task/${Atomics.load(osThreads, other)}`);
});

function hold(buffer: PooledBuffer | undefined): void {
  if (buffer === undefined) return;
  claims.enter(buffer, holder);
  nonce = (nonce + 1) | 0;
  claims.stamp(buffer, nonce);
  held.push({ buffer, stamp: nonce });
}

/** Takes a random buffer out of those held, checked and its claim given up. */
function release(): PooledBuffer | undefined {
  const [chosen] = held.splice(random.below(held.length || 1), 1);
  if (chosen === undefined) return undefined;
  const found = claims.stampOf(chosen.buffer);
  if (found !== chosen.stamp) claims.wrong.push(`${chosen.buffer.byteOffset}: stamp ${found}, wrote ${chosen.stamp}`);
  claims.leave(chosen.buffer, holder);
  return chosen.buffer;
}

function orNothing(take: () => PooledBuffer): PooledBuffer | undefined {
  try {
    return take();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ERR_SYNCPOOL_EXHAUSTED' || code === 'ERR_SYNCPOOL_TIMEOUT') return undefined;
    throw error;
  }
}

function put(): void {
  const buffer = release();
  if (buffer !== undefined) pool.put(buffer);
}

/** Posts a handle where there is room, else discards it. A kill in here leaves a message that nobody gets. */
function send(): void {
  const buffer = release();
  if (buffer === undefined) return;
  const handle = BigInt(Number(pool.detach(buffer)));
  if (Atomics.compareExchange(mailbox, random.below(mailbox.length), 0n, handle) !== 0n) pool.discard(Number(handle));
}

function receive(): void {
  const handle = Atomics.exchange(mailbox, random.below(mailbox.length), 0n);
  if (handle !== 0n) hold(pool.tryAdopt(Number(handle)));
}

function operate(): void {
  const choice = random.below(100);
  const size = random.pick(pool.sizes);
  if (random.below(AUDIT_EVERY) === 0) Atomics.add(shared, 3, runtime.audit().regained.blocks);
  if (held.length >= MOST_HELD) put();
  else if (choice < 55) hold(orNothing(() => pool.get(size)));
  else if (choice < 58) hold(orNothing(() => pool.acquireSync(size, 1)));
  else if (choice < 80) put();
  else if (choice < 88) send();
  else receive();
}

parentPort?.postMessage('working');
while (Atomics.load(shared, 0) === 0) {
  operate();
  const operations = Atomics.add(shared, 1, 1);
  if (job.pauses && operations % 500 === 0) Atomics.wait(shared, 0, 0, 2);
  if (claims.wrong.length > 0) {
    Atomics.add(shared, 2, claims.wrong.length);
    parentPort?.postMessage({ wrong: claims.wrong.splice(0) });
  }
}
while (held.length > 0) put();
runtime.leave();
