// Those who recover die too, or are cut and go on. Whatever they had begun is finished by the next one, once.

import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { BufferPool } from '@syncpool/core';
import { BACKENDS } from '../support/crew.ts';
import { beingRecovered, layDead } from '../support/dead-rows.ts';
import { violations } from '../support/invariants.ts';
import { drain, type Estate, makeEstate, spinUntil } from '../support/mourning.ts';
import { announceSeed, Xorshift } from '../support/prng.ts';
import { nextMessage, spawn } from '../support/worker.ts';
import type { RecovererJob } from '../workers/recoverer.ts';

const DEEP = process.env.SYNCPOOL_DEEP === '1';
const BLOCKS = 4000;
const DEAD = [5, 6];
const random = new Xorshift(announceSeed('recoverers'));

/** Burns up to so many microseconds, so that the next thing happens at another moment each time. */
function spin(atMostUs: number): void {
  const until = performance.now() + random.below(atMostUs) / 1000;
  while (performance.now() < until);
}

/** All that the dead had is there, once; on the atomics backend, where a cut step may leave a block to audit(), at most. */
function expectTheirs(estate: Estate): void {
  const { runtime, pool, blocks } = estate;
  const buffers = drain(pool);
  expect(new Set(buffers.map((buffer) => buffer.byteOffset)).size, 'different blocks').toBe(buffers.length);
  if (runtime.kernel === 'wasm') expect(buffers.length, 'blocks to be had').toBe(blocks);
  else expect(buffers.length).toBeLessThanOrEqual(blocks);
  for (const buffer of buffers) pool.put(buffer);
  expect(beingRecovered(runtime.token), 'rows in recovery').toBe(0);
  expect(runtime.stats().processors.live).toBe(1);
  if (runtime.kernel === 'wasm') expect(violations(runtime.token)).toEqual([]);
}

describe.each(BACKENDS)('on %s', (backend) => {
  test('a recoverer that is killed in the middle is recovered, with those that it had taken on', async () => {
    let interrupted = 0;
    for (let round = 0; round < (DEEP ? 500 : 25); round++) {
      const estate = makeEstate(backend, BLOCKS, 8);
      const { runtime } = estate;
      for (const row of DEAD) layDead(runtime.token, row, BLOCKS / 2);
      const go = new Int32Array(new SharedArrayBuffer(8));
      const worker = spawn('recoverer', { runtime: runtime.name, go } satisfies RecovererJob);
      await nextMessage(worker);
      // Before this thread recovers it.
      worker.prependOnceListener('exit', () => {
        if (beingRecovered(runtime.token) > 0) interrupted += 1;
      });
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      Atomics.store(go, 0, 1);
      Atomics.notify(go, 0);
      spinUntil(() => Atomics.load(go, 1) === 1);
      spin(1500);
      void worker.terminate();
      await ended;
      expectTheirs(estate);
      runtime.close();
    }
    console.log(`${backend}: ${interrupted} recoverers were killed between claim and end`);
    expect(interrupted).toBeGreaterThan(0);
  });

  test('a get that recovers is cut again and again, and goes on until all is recovered', () => {
    let cuts = 0;
    for (let round = 0; round < (DEEP ? 2000 : 60); round++) {
      const estate = makeEstate(backend, BLOCKS, 8);
      const { runtime, pool } = estate;
      for (const row of DEAD) layDead(runtime.token, row, BLOCKS / 2);
      const held: unknown[] = [];
      const context = vm.createContext({ pool, held, spin });
      // Spends a part of the millisecond before, so that the cut falls somewhere in the recovery.
      const script = new vm.Script('spin(1000); held[held.length] = pool.get();');
      for (let attempt = 0; attempt < 200 && held.length === 0; attempt++) {
        try {
          script.runInContext(context, { timeout: 1 });
        } catch (error) {
          if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
          cuts += 1;
        }
      }
      for (const buffer of held) pool.put(buffer as ReturnType<BufferPool['get']>);
      // What a cut get has leased and returned to nobody stays leased until its thread ends.
      runtime.pool('p');
      const kept = pool.stats().totals.leased;
      expectTheirs({ ...estate, blocks: BLOCKS - kept });
      runtime.close();
    }
    console.log(`${backend}: ${cuts} cuts`);
    expect(cuts).toBeGreaterThan(10);
  });
});
