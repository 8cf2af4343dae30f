// Nobody sleeps while a block can be had. Waits are capped at 100 ms, so a wake that was lost shows as a delay.

import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { BACKENDS, runCrew } from '../support/crew.ts';
import { violations } from '../support/invariants.ts';
import { holdAll, now, someoneWaits, until, waiterJob } from '../support/waiting.ts';
import { nextMessage, spawn } from '../support/worker.ts';
import type { WaiterResult } from '../workers/waiter.ts';

const HAND_OFFS = 200;
/** A delay above this means that the cap, and no wake, ended the sleep. */
const LOST_MS = 90;
/** A CPU shared with others can take a thread away for so long, but not often. */
const LOST_ALLOWED = 2;
const WITHOUT_MAGAZINES = 64;
const WITH_MAGAZINES = 2;

describe.each(BACKENDS)('waking on %s', (backend) => {
  test.each([
    ['acquire', WITHOUT_MAGAZINES, false],
    ['acquireSync', WITHOUT_MAGAZINES, false],
    ['acquire', WITH_MAGAZINES, false],
    ['acquireSync', WITH_MAGAZINES, false],
    ['acquire', WITHOUT_MAGAZINES, true],
    ['acquireSync', WITH_MAGAZINES, true],
  ] as const)(
    'a put wakes an %s in another thread (%i places, others gave up before: %s)',
    async (how, places, abandon) => {
      const { runtime, pool, held } = holdAll(backend, HAND_OFFS, places);
      const job = waiterJob(runtime, { manner: 'keep', how, acquires: HAND_OFFS });
      const result = nextMessage(spawn('waiter', job));
      for (const [round, buffer] of held.entries()) {
        await until(() => Atomics.load(job.served, 0) === round);
        await someoneWaits(runtime);
        if (abandon) {
          // A waiter of this thread that gives up: its wait cannot be cancelled, and must not eat the wake.
          const controller = new AbortController();
          const given = pool.acquire(4096, { signal: controller.signal });
          controller.abort('given up');
          await expect(given).rejects.toBe('given up');
          await someoneWaits(runtime);
        }
        // Every second put meets a waiter that is about to sleep, the others one that has had the time to.
        for (let turn = 0; turn < (round % 2) * 100; turn++) await setImmediate();
        job.putAt[0] = now();
        pool.put(buffer);
      }
      const { delaysMs, code } = (await result) as WaiterResult;
      const sorted = [...delaysMs].sort((a, b) => a - b);
      const lost = sorted.filter((delay) => delay > LOST_MS);
      const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))]?.toFixed(2);
      console.log(
        `${backend} ${how} x${places}: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, most ${at(1)} ms, ${lost.length} of ${HAND_OFFS} above ${LOST_MS} ms`,
      );
      expect(code).toBeUndefined();
      expect(sorted).toHaveLength(HAND_OFFS);
      expect(lost.length, String(lost)).toBeLessThanOrEqual(LOST_ALLOWED);
      expect(violations(runtime.token)).toEqual([]);
      runtime.close();
    },
  );

  test.each([4, 16])('two hundred waiters in %i threads are all served by three blocks', async (threads) => {
    const { runtime, pool, held } = holdAll(backend, 3, 2 * threads);
    const acquires = Math.ceil(200 / threads);
    const job = waiterJob(runtime, { manner: 'share', how: 'acquire', acquires });
    const done = runCrew<WaiterResult>(
      'waiter',
      Array.from({ length: threads }, () => job),
    );
    await someoneWaits(runtime);
    const start = now();
    for (const buffer of held) pool.put(buffer);
    const results = await done;
    console.log(`${backend}: ${threads} threads x ${acquires} waiters served in ${Math.round(now() - start)} ms`);
    expect(results.map((result) => result.code)).toEqual(results.map(() => undefined));
    expect(Atomics.load(job.served, 0)).toBe(threads * acquires);
    expect(pool.stats().totals.leased).toBe(0);
    expect(violations(runtime.token)).toEqual([]);
    runtime.close();
  });
});
