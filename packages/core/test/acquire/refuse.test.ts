// How a waiting acquire ends: served in order, given up, timed out, or refused because its runtime or thread is done.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PooledBuffer } from '@syncpool/core';
import { describe, expect, inject, test } from 'vitest';
import { BACKENDS } from '../support/crew.ts';
import { violations } from '../support/invariants.ts';
import { holdAll, someoneWaits, until, waiterJob } from '../support/waiting.ts';
import { nextMessage, spawn } from '../support/worker.ts';
import type { WaiterResult } from '../workers/waiter.ts';

const CLOSED = expect.objectContaining({ code: 'ERR_SYNCPOOL_CLOSED' });

/** Runs acquire-process.ts to its end: the lines it printed, and milliseconds from the acquire's end to the process's. */
async function runProcess(
  kernel: string,
  scene: string,
): Promise<{ outcome: string | undefined; endedAfterMs: number }> {
  const script = fileURLToPath(new URL('acquire-process.js', inject('workerDir')));
  const { stdout } = await promisify(execFile)(process.execPath, [script, kernel, scene]);
  const [outcome, after] = stdout.trim().split('\n');
  return { outcome, endedAfterMs: Number(after) };
}

describe.each(BACKENDS)('waiting on %s', (backend) => {
  test('acquires of one thread are served in order, and a later one does not overtake', async () => {
    const { runtime, pool, held } = holdAll(backend, 1, 4);
    const order: number[] = [];
    const waiting = Array.from({ length: 20 }, async (_, i) => {
      const buffer = await pool.acquire();
      order.push(i);
      pool.put(buffer);
    });
    pool.put(held[0] as PooledBuffer);
    // A block is free now, but twenty are before this one.
    const last = pool.acquire();
    await Promise.all(waiting);
    pool.put(await last);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(violations(runtime.token)).toEqual([]);
    runtime.close();
  });

  test('an aborted signal gives its own reason, before and during the wait, and the others keep their order', async () => {
    const { runtime, pool, held } = holdAll(backend, 1, 4);
    const reason = new Error('the request was cancelled');
    await expect(pool.acquire(4096, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const first = pool.acquire(4096, { signal: controller.signal });
    const second = pool.acquire(4096);
    controller.abort(reason);
    await expect(first).rejects.toBe(reason);
    pool.put(held[0] as PooledBuffer);
    expect(await second).toBe(held[0]);
    runtime.close();
  });

  test('a timeout has its code, not before its time, and takes no block with it', async () => {
    const { runtime, pool, held } = holdAll(backend, 1, 4);
    const timedOut = expect.objectContaining({ code: 'ERR_SYNCPOOL_TIMEOUT' });
    const start = performance.now();
    await expect(pool.acquire(4096, { timeoutMs: 150 })).rejects.toEqual(timedOut);
    expect(performance.now() - start).toBeGreaterThanOrEqual(149);
    await expect(pool.acquire(4096, { timeoutMs: 0 })).rejects.toEqual(timedOut);
    const syncStart = performance.now();
    expect(() => pool.acquireSync(4096, 150)).toThrow(timedOut);
    expect(performance.now() - syncStart).toBeGreaterThanOrEqual(149);
    pool.put(held[0] as PooledBuffer);
    expect(pool.get()).toBe(held[0]);
    expect(violations(runtime.token)).toEqual([]);
    runtime.close();
  });

  test.each(['acquire', 'acquireSync'] as const)('close refuses an %s that waits in another thread', async (how) => {
    const { runtime } = holdAll(backend, 1, 4);
    const result = nextMessage(spawn('waiter', waiterJob(runtime, { manner: 'keep', how, acquires: 1 })));
    await someoneWaits(runtime);
    runtime.close();
    expect(((await result) as WaiterResult).code).toBe('ERR_SYNCPOOL_CLOSED');
  });

  test('close refuses all acquires that wait in its own thread, and any later one', async () => {
    const { runtime, pool } = holdAll(backend, 1, 4);
    const waiting = [pool.acquire(), pool.acquire()];
    runtime.close();
    for (const one of waiting) await expect(one).rejects.toEqual(CLOSED);
    await expect(pool.acquire()).rejects.toEqual(CLOSED);
    expect(() => pool.acquireSync()).toThrow(CLOSED);
  });

  test('leave refuses the acquires of its own thread', async () => {
    const { runtime, pool } = holdAll(backend, 1, 4);
    const waiting = [pool.acquire(), pool.acquire()];
    runtime.leave();
    for (const one of waiting) await expect(one).rejects.toEqual(CLOSED);
  });

  test('what a leaving thread had stashed wakes and serves those who wait in others', async () => {
    const { runtime, pool, held } = holdAll(backend, 64, 4);
    // Four blocks stay in this thread's magazine, out of the other thread's reach.
    for (const buffer of held) pool.put(buffer);
    expect(pool.stats().totals.stashed).toBe(4);
    const job = waiterJob(runtime, { manner: 'keep', how: 'acquire', acquires: 64 });
    const result = nextMessage(spawn('waiter', job));
    await until(() => Atomics.load(job.served, 0) === 60);
    await someoneWaits(runtime);
    runtime.leave();
    const { code, delaysMs } = (await result) as WaiterResult;
    expect(code).toBeUndefined();
    expect(delaysMs).toHaveLength(64);
  });

  test.each([
    ['timeout', 'ERR_SYNCPOOL_TIMEOUT'],
    ['put', '4096'],
    ['abort', 'AbortError'],
    ['close', 'ERR_SYNCPOOL_CLOSED'],
  ])('an acquire keeps its process alive until it has ended (%s), and no longer', async (scene, wanted) => {
    const { outcome, endedAfterMs } = await runProcess(backend, scene);
    expect(outcome).toBe(wanted);
    expect(endedAfterMs).toBeLessThan(80);
  });
});
