// Tasks that are aborted and workers that are killed, at every stage of a hand-over: no block is lost, none is given twice.

import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { PooledBuffer } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { announceSeed, Xorshift } from '../../../core/test/support/prng.ts';
import { type Bench, BLOCKS, expectWhole, KERNELS, openBench, until } from './pools.ts';

describe.each(KERNELS)('on %s', (kernel) => {
  let bench: Bench;
  beforeEach(() => {
    bench = openBench(kernel);
  });
  afterEach(() => bench.close());

  const counts = (name: string) => bench.pooled.stats().tasks[name];

  /** A task that holds its argument and three more blocks, and is under way. */
  async function hanging(signal?: AbortSignal) {
    const { port1, port2 } = new MessageChannel();
    const task = { port: port2, body: bench.pool.get(), more: 3 };
    const run = bench.pooled.run(task, { name: 'hangs', transferList: [port2], ...(signal && { signal }) });
    await once(port1, 'message');
    port1.close();
    return { run };
  }

  test('a task that is aborted while it runs', async () => {
    const abort = new AbortController();
    const { run } = await hanging(abort.signal);
    expect(bench.pool.stats().totals.leased).toBe(4);
    abort.abort();
    await expect(run).rejects.toThrow();
    expect(counts('hangs')).toEqual({ runs: 1, failed: 1, leaked: 0, reclaimed: 0 });
    await expectWhole(bench);
    expect(bench.pool.stats().totals.lost).toBe(4);
  });

  test('a worker that is terminated while the task runs', async () => {
    const { run } = await hanging();
    const refused = expect(run).rejects.toThrow();
    for (const worker of bench.piscina.threads) await worker.terminate();
    await refused;
    await expectWhole(bench);
  });

  test('tasks that are aborted before they begin', async () => {
    const { run } = await hanging();
    const abort = new AbortController();
    const queued = Array.from({ length: 5 }, () =>
      bench.pooled.run({ body: bench.pool.get() }, { name: 'echo', signal: abort.signal }),
    );
    const refused = Promise.allSettled(queued);
    expect(bench.pool.stats().classes[0]?.detached).toBe(5);
    abort.abort();
    expect((await refused).map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    await expect(bench.pooled.run(bench.pool.get(), { name: 'echo', signal: abort.signal })).rejects.toThrow();
    expect(counts('echo')).toEqual({ runs: 6, failed: 6, leaked: 0, reclaimed: 6 });
    const ended = expect(run).rejects.toThrow();
    await bench.piscina.destroy();
    await ended;
    await expectWhole(bench);
  });

  test('an answer that was given and does not arrive: its blocks come back', async () => {
    await bench.pooled.run(1, { name: 'thread' });
    const abort = new AbortController();
    const run = bench.pooled.run({ count: 6, give: 6 }, { name: 'leases', signal: abort.signal });
    const refused = expect(run).rejects.toThrow();
    // This thread reads no message meanwhile: the answer waits in its port, and is dropped with it.
    while (bench.pool.stats().totals.detaches < 6);
    abort.abort();
    await refused;
    await until(() => counts('leases')?.reclaimed === 6);
    await expectWhole(bench);
  });

  test('an answer that cannot be posted kills the worker, as piscina has it: its blocks come back', async () => {
    const task = { kind: 'cannot be cloned', body: bench.pool.get() };
    await expect(bench.pooled.run(task, { name: 'results' })).rejects.toThrow();
    expect(counts('results')).toMatchObject({ failed: 1, reclaimed: 1 });
    await expectWhole(bench);
  });

  test('a task that cannot be posted: its blocks come back', async () => {
    await expect(bench.pooled.run({ body: bench.pool.get(), fn: () => {} }, { name: 'echo' })).rejects.toThrow();
    expect(counts('echo')).toMatchObject({ failed: 1, reclaimed: 1 });
    await expectWhole(bench);
  });

  test('the runtime is closed while a task runs', async () => {
    const { port1, port2 } = new MessageChannel();
    const run = bench.pooled.run(
      { port: port2, body: bench.pool.get(), ms: 20 },
      { name: 'hangs', transferList: [port2] },
    );
    const refused = expect(run).rejects.toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_CLOSED' }));
    await once(port1, 'message');
    bench.runtime.close();
    await refused;
    port1.close();
  });
});

describe.each(KERNELS)('16 threads, some killed at random, on %s', (kernel) => {
  test('no block is lost, none is given twice', async () => {
    const random = new Xorshift(announceSeed(`piscina, killed at random, ${kernel}`));
    const bench = openBench(kernel, { minThreads: 16, maxThreads: 16, concurrentTasksPerWorker: 2 });
    const { pool, pooled, piscina } = bench;
    const held = new Set<number>();
    let answered = 0;

    async function once(): Promise<void> {
      const body = await pool.acquire();
      body.fill(answered & 0x7f);
      const kill = random.below(6) === 0;
      const abort = new AbortController();
      if (kill) setTimeout(() => abort.abort(), random.below(4)).unref();
      // An abortable task has its worker to itself: without a signal they share one.
      const options = kill ? { name: 'bumpAll', signal: abort.signal } : { name: 'bumpAll' };
      const result = await pooled.run<{ parts: PooledBuffer[] }>({ parts: [body] }, options).catch(() => undefined);
      if (result === undefined) return;
      answered += 1;
      for (const buffer of result.parts) {
        expect(held.has(buffer.byteOffset)).toBe(false);
        held.add(buffer.byteOffset);
        await new Promise((resolve) => setImmediate(resolve));
        held.delete(buffer.byteOffset);
        pool.put(buffer);
      }
    }
    await Promise.all(
      Array.from({ length: BLOCKS / 2 }, async () => {
        for (let i = 0; i < 12; i++) await once();
      }),
    );
    expect(answered).toBeGreaterThan(50);
    await piscina.destroy();
    if (kernel === 'atomics') bench.runtime.audit(); // a step may have been cut inside
    await until(() => pool.stats().totals.leased === 0);
    bench.runtime.audit({ olderThanMs: 0 });
    await expectWhole(bench);
    bench.runtime.close();
  });
});
