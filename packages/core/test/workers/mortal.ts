// A worker of the recovery tests: gets itself into a position, says what it holds, and stays in that
// position until it is killed or ends in the way that its job says.

import { once } from 'node:events';
import fs from 'node:fs';
import { parentPort, threadId, Worker, workerData } from 'node:worker_threads';
import { attachRuntime, type BufferPool, type PooledBuffer, type RuntimeToken } from '@syncpool/core';
import { P_ENTRY } from '../../src/kernel/layout.ts';
import { tagOf } from '../../src/kernel/line.ts';
import { ENTRY_CREATING } from '../../src/kernel/entry.ts';
import { kernelOf } from '../support/invariants.ts';

/** What the worker is doing when its end comes. */
export type Manner =
  /** Sleeps with what it has leased and stashed. */
  | 'holds'
  /** Takes blocks from its siblings' deques, and sends them home. */
  | 'steals'
  /** Fills and spills its magazine. */
  | 'flushes'
  /** Sleeps after detaching all that it has leased. */
  | 'sends'
  /** Waits for a block, asleep or with its event loop running; says once more when it has it. */
  | 'acquiresSync'
  | 'acquires'
  /** Is in the middle of making an entry of the pool table. */
  | 'opens'
  /** Holds blocks of a pool that it has made itself. */
  | 'creates'
  /** Reads from a descriptor into each block that it has leased, and the reads do not end. */
  | 'reads'
  /** Only starts another worker; attaches to nothing itself. */
  | 'hosts'
  /** Starts another worker, and holds blocks itself. */
  | 'fathers'
  /** Attaches, starts another worker and leaves. */
  | 'leaves';

/** How it ends when a message tells it to; 'bereave': it kills the worker that it has started, says so and goes on. */
export type End = 'return' | 'exit' | 'throw' | 'heap' | 'bereave';

export interface MortalJob {
  readonly runtime: string | RuntimeToken;
  readonly manner: Manner;
  /** Blocks to lease, and how many of those to put again. */
  readonly lease?: number;
  readonly put?: number;
  /** Descriptor to read from. */
  readonly fd?: number;
  /** The worker that this one starts, and the file that it runs. */
  readonly child?: MortalJob;
  readonly file?: string;
}

/** What the worker says once it is in position. */
export interface Position {
  readonly threadId: number;
  readonly leased: number;
  readonly child?: Position;
}

const job = workerData as MortalJob;
const forEver = new Int32Array(new SharedArrayBuffer(4));
const held: PooledBuffer[] = [];
const { lease = 0, put = 0 } = job;

function say(child?: Position): void {
  const position: Position = { threadId, leased: held.length };
  parentPort?.postMessage(child === undefined ? position : { ...position, child });
}

function takeAndPut(pool: BufferPool): void {
  for (let i = 0; i < lease; i++) held.push(pool.get());
  for (const buffer of held.splice(0, put)) pool.put(buffer);
}

/** Never returns; `turn` is done again and again, and the position is told after some of them. */
function loop(turn: () => void): void {
  for (let i = 0; ; i++) {
    turn();
    if (i === 50) say();
  }
}

function steal(pool: BufferPool): void {
  for (let i = 0; i < lease; i++) {
    const buffer = tryGet(pool);
    if (buffer !== undefined) held.push(buffer);
  }
  // A discarded block goes home and not into this thread's own deque, so the next one is stolen again.
  for (const buffer of held.splice(0)) pool.discard(pool.detach(buffer));
}

function flush(pool: BufferPool): void {
  for (let i = 0; i < lease; i++) {
    const buffer = tryGet(pool);
    if (buffer !== undefined) held.push(buffer);
  }
  for (const buffer of held.splice(0)) pool.put(buffer);
}

function tryGet(pool: BufferPool): PooledBuffer | undefined {
  try {
    return pool.get();
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_SYNCPOOL_EXHAUSTED') return undefined;
    throw error;
  }
}

/** Stops for ever inside the making of a pool: where the catalog asks how long its name is, its entry claimed. */
function openAndStop(): void {
  const runtime = attachRuntime(job.runtime);
  const kernel = kernelOf(runtime.token);
  const byteLength = Buffer.byteLength;
  Buffer.byteLength = (...args) => {
    if (tagOf(kernel.loadShared(kernel.poolAt(1) + P_ENTRY)) === ENTRY_CREATING) {
      say();
      Atomics.wait(forEver, 0, 0);
    }
    return byteLength(...args);
  };
  runtime.pool('half made', { blockSize: 4096, maxBytes: 65536 });
}

let child: Worker | undefined;

async function startChild(): Promise<Position> {
  child = new Worker(new URL(job.file as string), { workerData: { file: job.file, ...job.child }, execArgv: [] });
  const [position] = (await once(child, 'message')) as [Position];
  return position;
}

function readForEver(pool: BufferPool): void {
  takeAndPut(pool);
  for (const buffer of held) {
    fs.read(job.fd as number, buffer, 0, buffer.length, null, () => {});
  }
  say();
}

/** Ends in the way that the message says. Until then the event loop runs. */
function endWhenTold(): void {
  parentPort?.once('message', (end: End) => {
    if (end === 'exit') process.exit(0);
    if (end === 'bereave') {
      endWhenTold();
      void child?.terminate().then(() => say());
    }
    if (end === 'throw') throw new Error('meant to be uncaught');
    // Strings of their own each, or V8 would not have to keep them.
    for (const kept: string[][] = []; end === 'heap'; ) kept.push(Array.from({ length: 10_000 }, (_, i) => `${i}`));
  });
}

async function main(): Promise<void> {
  if (job.manner === 'hosts') {
    say(await startChild());
    return;
  }
  if (job.manner === 'opens') {
    openAndStop();
    return;
  }
  const runtime = attachRuntime(job.runtime);
  const pool = job.manner === 'creates' ? runtime.pool('own', { blockSize: 1024, maxBytes: 65536 }) : runtime.pool('p');
  switch (job.manner) {
    case 'steals':
      return loop(() => steal(pool));
    case 'flushes':
      return loop(() => flush(pool));
    case 'acquiresSync':
      say();
      held.push(pool.acquireSync());
      return say();
    case 'acquires':
      say();
      held.push(await pool.acquire());
      return say();
    case 'sends':
      takeAndPut(pool);
      for (const buffer of held.splice(0)) pool.detach(buffer);
      return say();
    case 'reads':
      return readForEver(pool);
    case 'fathers': {
      const position = await startChild();
      takeAndPut(pool);
      return say(position);
    }
    case 'leaves': {
      const position = await startChild();
      runtime.leave();
      return say(position);
    }
    default:
      takeAndPut(pool);
      say();
  }
}

endWhenTold();
await main();
