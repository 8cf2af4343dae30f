// The termination storm: workers that are killed at random moments while they work, one after another, beside one that
// lives through all of it. For ordinary and deep runs alike.

import { setTimeout } from 'node:timers/promises';
import { KiB, MiB, type PooledBuffer, type Runtime } from '@syncpool/core';
import { expect } from 'vitest';
import type { StormingJob } from '../workers/storming.ts';
import { Claims } from './claims.ts';
import { type Backend, makeRuntime } from './crew.ts';
import { censusOf, violations } from './invariants.ts';
import { drain } from './mourning.ts';
import { Xorshift } from './prng.ts';
import { isConclusive } from './storm-setups.ts';
import { spawn } from './worker.ts';

const BLOCK = KiB;
const BLOCKS = 512;
/** Workers that are being killed at one time. */
const ABREAST = 3;
const LONGEST_LIFE_MS = 4;
/** Kills until everything is checked; a runtime is for one round. */
const KILLS_PER_ROUND = 60;
/** An operation that lasts longer is stuck. */
const STUCK_MS = 60_000;

export interface Damage {
  kills: number;
  operations: number;
  /** Detached blocks whose message died with its sender or receiver. */
  undelivered: number;
  /** Blocks that steps had lost that were cut inside, and that audits gave back, of the workers and at the end. */
  regained: number;
  /** Bytes and slots of deques, the same, at the end only. */
  regainedBytes: number;
  regainedSlots: number;
  /** Blocks that nobody can get and that no message names. */
  lost: number;
}

class Round {
  readonly #random: Xorshift;
  readonly #job: Omit<StormingJob, 'holder' | 'seed' | 'pauses'>;
  readonly #wrong: string[] = [];
  #holders = 0;
  #kills = 0;

  constructor(runtime: Runtime, seed: number) {
    const words = () => new Int32Array(new SharedArrayBuffer(4 * 4 * KILLS_PER_ROUND));
    this.#random = new Xorshift(seed);
    this.#job = {
      runtime: runtime.name,
      claims: Claims.memoryFor(runtime.token.data),
      mailbox: new BigInt64Array(new SharedArrayBuffer(16 * 8)),
      osThreads: words(),
      ended: words(),
      shared: words(),
    };
  }

  /** Starts a worker; when it works, and when it has ended. */
  #start(pauses = false) {
    this.#holders += 1;
    const holder = this.#holders;
    const worker = spawn('storming', { ...this.#job, holder, seed: this.#random.next(), pauses });
    const working = new Promise<void>((resolve) => worker.once('message', () => resolve()));
    worker.on('message', (message: { wrong?: string[] }) => this.#wrong.push(...(message.wrong ?? [])));
    worker.on('error', (error) => this.#wrong.push(String(error)));
    // Before this thread recovers it, or its blocks would be taken for those of a live one.
    worker.prependOnceListener('exit', () => Atomics.store(this.#job.ended, holder, 1));
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    return { worker, working, ended };
  }

  async #killOneAfterAnother(): Promise<void> {
    while (this.#kills < KILLS_PER_ROUND) {
      this.#kills += 1;
      const { worker, working, ended } = this.#start();
      // Some die while they start and attach.
      if (this.#random.below(8) === 0) await setTimeout(this.#random.below(30));
      else await Promise.race([working, ended]);
      await setTimeout(this.#random.below(LONGEST_LIFE_MS));
      void worker.terminate();
      await ended;
    }
  }

  /** Throws if somebody got stuck. */
  async run(): Promise<number> {
    const survivor = this.#start(true);
    await survivor.working;
    await Promise.all(Array.from({ length: ABREAST }, () => this.#killOneAfterAnother()));
    Atomics.store(this.#job.shared, 0, 1);
    const stuck = setTimeout(STUCK_MS, 'stuck', { ref: false });
    const outcome = await Promise.race([survivor.ended, stuck]);
    await survivor.worker.terminate();
    expect(outcome, 'the worker that was not killed').toBeUndefined();
    expect(this.#wrong).toEqual([]);
    expect(Atomics.load(this.#job.shared, 2), 'violations').toBe(0);
    return Atomics.load(this.#job.shared, 1);
  }

  /** Blocks that the workers' audits gave back. */
  get regained(): number {
    return Atomics.load(this.#job.shared, 3);
  }

  get messages(): number[] {
    return [...this.#job.mailbox].filter((handle) => handle !== 0n).map(Number);
  }
}

/** What the storm has left behind, everybody gone: nothing that an audit would not give back. */
function assess(runtime: Runtime, round: Round, damage: Damage): void {
  const pool = runtime.pool('p');
  for (const message of round.messages) pool.discard(message);
  const { regained, unaccounted } = runtime.audit();
  if (runtime.kernel === 'wasm') expect(regained, 'lost by whole steps').toEqual({ blocks: 0, bytes: 0, slots: 0 });
  expect(unaccounted, 'in no place').toBe(0);
  expect(runtime.stats().processors.live, 'live processors').toBe(1);
  // A cut inside a step can leave a hint unset, which the next rescan mends.
  const wrong = violations(runtime.token).filter((one) => runtime.kernel === 'wasm' || !/ hint /.test(one));
  expect(wrong).toEqual([]);
  expect(isConclusive(runtime, pool), 'gets can conclude').toBe(true);
  const detached = censusOf(runtime.token).reduce((sum, one) => sum + one.detached, 0);
  const buffers: PooledBuffer[] = drain(pool);
  expect(new Set(buffers.map((buffer) => buffer.byteOffset)).size, 'different blocks').toBe(buffers.length);
  const lost = BLOCKS - detached - buffers.length;
  expect(lost, 'lost').toBe(0);
  damage.undelivered += detached;
  damage.regained += regained.blocks + round.regained;
  damage.regainedBytes += regained.bytes;
  damage.regainedSlots += regained.slots;
  damage.lost += lost;
}

/** Kills so many workers, in rounds of KILLS_PER_ROUND. */
export async function killStorm(backend: Backend, kills: number, seed: number): Promise<Damage> {
  const random = new Xorshift(seed);
  const regained = { regained: 0, regainedBytes: 0, regainedSlots: 0 };
  const damage: Damage = { kills: 0, operations: 0, undelivered: 0, ...regained, lost: 0 };
  while (damage.kills < kills) {
    const runtime = makeRuntime(backend, { maxBytes: 2 * MiB, maxProcessors: ABREAST + 2, maxClasses: 2 });
    runtime.pool('p', { blockSize: BLOCK, maxBytes: BLOCKS * BLOCK });
    const round = new Round(runtime, random.next());
    damage.operations += await round.run();
    damage.kills += KILLS_PER_ROUND;
    assess(runtime, round, damage);
    runtime.close();
  }
  return damage;
}
