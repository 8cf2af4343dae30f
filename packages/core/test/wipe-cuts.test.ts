// A thread is cut at every kind of place while it gives back what it had written to, or recovers what the dead had: no block is
// free with old bytes in it, not even for the time until the thread goes on.

import { KiB, MiB, type BufferPool, type Runtime } from '@syncpool/core';
import { describe, expect, test } from 'vitest';
import { R_OWNER, R_STAGED } from '../src/kernel/layout.ts';
import { BACKENDS, type Backend } from './support/crew.ts';
import { importCuttable, isCut, knife } from './support/cut-points.ts';
import { layDead } from './support/dead-rows.ts';
import { kernelOf } from './support/invariants.ts';
import { announceSeed, Xorshift } from './support/prng.ts';
import { Remote } from './support/remote.ts';
import { freeWithBytes, keepSecrets, ownedWithBytes, traceIn } from './support/secrets.ts';
import { type Setup, SETUPS } from './support/storm-setups.ts';
import { giveAll, makeUser, settleDoubts, step, type User } from './support/storm.ts';

const ROUNDS = process.env.SYNCPOOL_DEEP === '1' ? 100 : 8;
const STEPS = 1000;
const CUTS_PER_CENSUS = 10;
const MOST_POINTS = 300;
/** More points than an audit has. */
const MANY = 1_000_000;
const DEAD = 2;
const DEAD_BLOCKS = 24;

const seed = announceSeed('wipe cuts');
const cuttable = await importCuttable();
let made = 0;

function open(kernel: Backend, sizes: readonly number[], maxBytes: number): { runtime: Runtime; pool: BufferPool } {
  made += 1;
  const runtime = cuttable.createRuntime({
    name: `cut-${made}`,
    kernel,
    maxBytes: MiB,
    maxProcessors: 4,
    maxClasses: 4,
  });
  // No clock: what a cut has left must not be settled by a timer.
  return { runtime, pool: runtime.pool('storm', { sizes, maxBytes, wipe: 'put', drain: { on: 'manual' } }) };
}

/** Writes to the buffer that came last, at its ends; its first byte is the storm's stamp. */
function writeTo(user: User): void {
  const newest = user.held[user.holding - 1];
  if (newest === undefined) return;
  newest[1] = 0xff;
  newest[newest.length - 1] = 0xff;
}

/** A cut near, a cut far, or none. */
function countdown(prng: Xorshift, outOf: number): number {
  return prng.below(outOf) === 0 ? 1 + prng.below(prng.pick([8, 60, 400])) : 0;
}

function expectNoneFree({ token }: Runtime, when: string): void {
  expect(freeWithBytes(token), `free blocks with old bytes ${when}`).toBe(0);
}

/** Random calls and cuts; the number of cuts. */
function storm(runtime: Runtime, pool: BufferPool, { most }: Setup, prng: Xorshift): number {
  const user = makeUser(pool, most, prng.next());
  let cuts = 0;
  for (let i = 0; i < STEPS; i++) {
    const wasCut = isCut(countdown(prng, 3), () => step(user));
    writeTo(user);
    if (!wasCut) continue;
    cuts += 1;
    if (cuts % CUTS_PER_CENSUS === 0) expectNoneFree(runtime, 'after a cut');
    while (isCut(countdown(prng, 2), () => settleDoubts(user))) cuts += 1;
    while (isCut(countdown(prng, 2), () => runtime.audit())) cuts += 1;
    if (cuts % CUTS_PER_CENSUS === 0) expectNoneFree(runtime, 'once it has gone on');
  }
  giveAll(user);
  return cuts;
}

describe.each(BACKENDS)('on %s', (kernel) => {
  test.each(SETUPS)('no block is free with old bytes wherever a thread is cut that puts: $name', (setup) => {
    const prng = new Xorshift(seed);
    let cuts = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const { runtime, pool } = open(kernel, setup.sizes, setup.maxBytes);
      cuts += storm(runtime, pool, setup, prng);
      runtime.audit({ olderThanMs: 0 });
      expectNoneFree(runtime, 'in the end');
      if (kernel === 'wasm') expect(traceIn(runtime.token)).toBe(-1);
      runtime.close();
    }
    console.log(`${kernel}, ${setup.name}: ${cuts} cuts`);
    expect(cuts).toBeGreaterThan(ROUNDS * 10);
  });

  /** A thread that has ended, and had written to all that it held. */
  function bereaved() {
    const estate = open(kernel, [4 * KiB], 128 * KiB);
    const { token } = estate.runtime;
    layDead(token, DEAD, DEAD_BLOCKS);
    const words = kernelOf(token);
    keepSecrets(token, words.loadPlain(words.rowAt(DEAD) + R_OWNER));
    return estate;
  }

  /** The points that an audit passes which recovers it. */
  function pointsOfRecovery(): number {
    const { runtime } = bereaved();
    knife.countdown = MANY;
    runtime.audit();
    const points = MANY - knife.countdown;
    knife.countdown = 0;
    runtime.close();
    return points;
  }

  test.skipIf(process.platform !== 'linux')(
    'what the dead had is wiped before it is free, wherever who recovers it is cut',
    () => {
      const prng = new Xorshift(seed);
      const most = pointsOfRecovery();
      const stride = Math.max(1, Math.ceil(most / MOST_POINTS));
      let cuts = 0;
      for (let point = 1 + prng.below(stride); point < most; point += stride) {
        const { runtime, pool } = bereaved();
        if (isCut(point, () => runtime.audit())) cuts += 1;
        expectNoneFree(runtime, `after a cut at ${point}`);
        // Its next slow paths: the first goes on with the recovery, the second begins one that was not begun.
        pool.put(pool.get());
        runtime.audit();
        expectNoneFree(runtime, `once it has gone on after a cut at ${point}`);
        if (kernel === 'wasm') expect(traceIn(runtime.token)).toBe(-1);
        runtime.close();
      }
      console.log(`${kernel}: ${cuts} cuts at every ${stride}th of ${most} points`);
      expect(cuts).toBeGreaterThan(50);
    },
  );

  /** An estate whose recovery was cut with blocks of the dead staged, not wiped yet. */
  function halfRecovered() {
    const most = pointsOfRecovery();
    for (let point = 1; point <= most; point++) {
      const estate = bereaved();
      const { token } = estate.runtime;
      const words = kernelOf(token);
      const row = words.rowAt(0);
      isCut(point, () => estate.runtime.audit());
      const isStaged = words.loadPlain(row + R_STAGED) > 0;
      if (isStaged && ownedWithBytes(token, words.loadPlain(row + R_OWNER)) > 0) return estate;
      estate.runtime.close();
    }
    throw new Error('no cut leaves blocks staged');
  }

  test.skipIf(process.platform !== 'linux')(
    'what a cut has left staged of the dead is wiped before the next recovery sends it home, although that is no slow path',
    async () => {
      const { runtime } = halfRecovered();
      const remote = new Remote();
      await remote.ask({ kind: 'attach', to: runtime.token });
      await remote.end();
      expect(runtime.stats().processors.live).toBe(1);
      expectNoneFree(runtime, 'after an exit event');
      expect(traceIn(runtime.token)).toBe(-1);
      runtime.close();
    },
  );
});
