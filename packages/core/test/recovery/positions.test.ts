// A worker is killed in each position that it can be in; after its 'exit' nothing of it is left.

import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { BACKENDS } from '../support/crew.ts';
import { drain, expectRecovered, makeEstate, startMortal } from '../support/mourning.ts';
import { announceSeed, Xorshift } from '../support/prng.ts';
import { someoneWaits } from '../support/waiting.ts';
import type { Manner } from '../workers/mortal.ts';

const BLOCKS = 256;
const random = new Xorshift(announceSeed('positions'));

/** Passes a few turns of the event loop, so that what a worker does meanwhile is anybody's guess. */
async function dawdle(): Promise<void> {
  for (let turns = random.below(40); turns > 0; turns--) await setImmediate();
}

describe.each(BACKENDS)('on %s', (backend) => {
  test('what a killed worker had leased is counted as lost, and all that it had is to be had again', async () => {
    const estate = makeEstate(backend, BLOCKS);
    const { runtime, pool } = estate;
    const { worker, position } = await startMortal({ runtime: runtime.name, manner: 'holds', lease: 200, put: 150 });
    const before = pool.stats().totals;
    expect(before).toMatchObject({ leased: 50, lost: 0 });
    // Every place that a worker's block can be in, or the test says less than it seems to.
    expect(before.stashed).toBeGreaterThan(0);
    expect(before.retained).toBeGreaterThan(0);
    await worker.terminate();
    expect(position.leased).toBe(50);
    expect(pool.stats().totals).toMatchObject({ leased: 0, stashed: 0, retained: 0, lost: 50 });
    expectRecovered(estate, { lost: 50 });
    runtime.close();
  });

  test('the row of a killed worker is the next worker`s, who has none of its blocks', async () => {
    const estate = makeEstate(backend, BLOCKS, 2);
    const { runtime, pool } = estate;
    for (let generation = 1; generation <= 3; generation++) {
      const { worker, position } = await startMortal({ runtime: runtime.name, manner: 'holds', lease: 40, put: 10 });
      expect(pool.stats().classes[0]?.processors.map((row) => row.thread)).toContain(position.threadId);
      await worker.terminate();
      expectRecovered(estate, { lost: 30 * generation });
    }
    runtime.close();
  });

  test('what a killed worker had detached stays with the message', async () => {
    const estate = makeEstate(backend, BLOCKS);
    const { runtime, pool } = estate;
    const { worker } = await startMortal({ runtime: runtime.name, manner: 'sends', lease: 9 });
    await worker.terminate();
    expect(pool.stats().classes[0]).toMatchObject({ detached: 9, lost: 0, leased: 0 });
    expectRecovered(estate, { lost: 0 });
    runtime.close();
  });

  test.each(['steals', 'flushes'] satisfies Manner[])(
    'a worker is killed while it %s, beside another',
    async (manner) => {
      const estate = makeEstate(backend, BLOCKS);
      const { runtime, pool } = estate;
      // The one that stays fills its deque again and again; together they want more than there is.
      const other = await startMortal({ runtime: runtime.name, manner: 'flushes', lease: 200 });
      for (let round = 0; round < 5; round++) {
        const { worker } = await startMortal({ runtime: runtime.name, manner, lease: 200 });
        await dawdle();
        await worker.terminate();
        expect(runtime.stats().processors.live).toBe(2);
      }
      if (manner === 'steals') expect(pool.stats().totals.stolenBlocks).toBeGreaterThan(0);
      await other.worker.terminate();
      // A step of the Atomics kernel is not whole: a block may be left for audit() to find.
      if (backend === 'wasm') expectRecovered(estate, {});
      else expect(drain(pool).length).toBeLessThanOrEqual(BLOCKS);
      runtime.close();
    },
  );

  test('a worker is killed while others steal from its deque', async () => {
    const estate = makeEstate(backend, BLOCKS);
    const { runtime, pool } = estate;
    const thief = await startMortal({ runtime: runtime.name, manner: 'steals', lease: 30 });
    for (let round = 0; round < 5; round++) {
      const stolen = pool.stats().totals.stolenBlocks;
      // It sleeps with a deque full of blocks, so all that is stolen from now on is stolen from it.
      const { worker } = await startMortal({ runtime: runtime.name, manner: 'holds', lease: 200, put: 200 });
      await dawdle();
      await worker.terminate();
      expect(pool.stats().totals.stolenBlocks).toBeGreaterThanOrEqual(stolen);
    }
    expect(pool.stats().totals.stolenBlocks).toBeGreaterThan(0);
    await thief.worker.terminate();
    if (backend === 'wasm') expectRecovered(estate, {});
    else expect(drain(pool).length).toBeLessThanOrEqual(BLOCKS);
    runtime.close();
  });

  test.each(['acquires', 'acquiresSync'] satisfies Manner[])(
    'a worker that %s is killed in its sleep, and takes no wake along',
    async (manner) => {
      const estate = makeEstate(backend, BLOCKS);
      const { runtime, pool } = estate;
      const held = drain(pool);
      const first = await startMortal({ runtime: runtime.name, manner });
      await someoneWaits(runtime);
      const second = await startMortal({ runtime: runtime.name, manner: 'acquires' });
      await first.worker.terminate();
      const served = second.next();
      pool.put(held.pop() as (typeof held)[number]);
      expect(await served).toMatchObject({ leased: 1 });
      for (const buffer of held) pool.put(buffer);
      await second.worker.terminate();
      expectRecovered(estate, { lost: 1 });
      runtime.close();
    },
  );

  test('a worker is killed while it waits, and its death feeds another that waits', async () => {
    const estate = makeEstate(backend, BLOCKS);
    const { runtime, pool } = estate;
    const holder = await startMortal({ runtime: runtime.name, manner: 'holds', lease: BLOCKS });
    const waiting = pool.acquire(undefined, { timeoutMs: 20_000 });
    await holder.worker.terminate();
    pool.put(await waiting);
    expectRecovered(estate, { lost: BLOCKS });
    runtime.close();
  });

  test('a worker is killed in the middle of opening a pool, and the next one opens it', async () => {
    const estate = makeEstate(backend, BLOCKS);
    const { runtime } = estate;
    const { worker } = await startMortal({ runtime: runtime.name, manner: 'opens' });
    await worker.terminate();
    const pool = runtime.pool('half made', { blockSize: 8192, maxBytes: 16384 });
    expect(drain(pool)).toHaveLength(2);
    expectRecovered(estate, { lost: 0 });
    runtime.close();
  });

  test('a pool outlives the worker that made it', async () => {
    const estate = makeEstate(backend, BLOCKS);
    const { runtime } = estate;
    const { worker } = await startMortal({ runtime: runtime.name, manner: 'creates', lease: 40, put: 7 });
    await worker.terminate();
    const own = runtime.pool('own');
    expectRecovered({ runtime, pool: own, blocks: 64 }, { lost: 33 });
    runtime.close();
  });
});
