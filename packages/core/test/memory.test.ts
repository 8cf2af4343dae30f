// Memory back to the operating system: what a burst took is resident no more two epochs later.

import { type BufferPool, KiB, MiB, type PooledBuffer, type Runtime } from '@syncpool/core';
import koffi from 'koffi';
import { Piscina } from 'piscina';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { canReturnPages } from '../src/host/pages.ts';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { until } from './support/waiting.ts';
import { spawn } from './support/worker.ts';

const BURST = 64 * MiB;
const PAGE = 4 * KiB;
const answer = canReturnPages();
const reason = answer.can ? undefined : answer.reason;
const mincore: (memory: Uint8Array, length: number, pages: Uint8Array) => number =
  reason === undefined
    ? koffi.load(null).func('int mincore(void *memory, size_t length, _Out_ uint8_t *pages)')
    : () => -1;
if (reason !== undefined) console.log(`memory: skipped, because ${reason}`);

/** Resident bytes of the runtime's data memory, as the operating system has them now. */
function residentBytes(runtime: Runtime): number {
  const { data } = runtime.token;
  const pages = new Uint8Array(data.byteLength / PAGE);
  if (mincore(new Uint8Array(data), data.byteLength, pages) !== 0) throw new Error('mincore failed');
  return pages.reduce((sum, page) => sum + (page & 1), 0) * PAGE;
}

describe.skipIf(reason !== undefined).each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 96 * MiB });
  });
  afterEach(() => runtime.close());

  function burst(pool: BufferPool, size: number): void {
    const held: PooledBuffer[] = [];
    for (let bytes = 0; bytes < BURST; bytes += size) held.push(pool.get(size).fill(1));
    for (const buffer of held) pool.put(buffer);
  }

  test.each([256, 4 * KiB, 96 * KiB, MiB, 4 * MiB])('blocks of %i bytes', (size) => {
    const pool = runtime.pool('burst', { blockSize: size, maxBytes: 80 * MiB, drain: { on: 'manual' } });
    burst(pool, size);
    expect(residentBytes(runtime)).toBeGreaterThan(0.95 * BURST);
    pool.drain();
    pool.drain();
    expect(residentBytes(runtime)).toBeLessThan(0.05 * BURST);
    expect(pool.stats().totals.returnedBytes).toBeGreaterThan(0.95 * BURST);
    // And it may come again: the bytes read as zero until somebody writes.
    const fresh = pool.get(size);
    expect(fresh.every((byte) => byte === 0)).toBe(true);
    pool.put(fresh);
    burst(pool, size);
    expect(residentBytes(runtime)).toBeGreaterThan(0.95 * BURST);
  });

  test('by the clock, after the decay, while steady traffic keeps its blocks', async () => {
    const drain = { on: 'interval', everyMs: 40 } as const;
    const pool = runtime.pool('burst', { blockSize: 64 * KiB, maxBytes: 80 * MiB, drain });
    burst(pool, 64 * KiB);
    const { freshBlocks } = pool.stats().totals;
    await until(() => {
      // Eight at one time, all the while.
      const held = Array.from({ length: 8 }, () => pool.get());
      for (const buffer of held) pool.put(buffer);
      return residentBytes(runtime) < 0.05 * BURST;
    });
    expect(pool.stats().totals.freshBlocks - freshBlocks).toBeLessThanOrEqual(16);
  });

  test('of idle piscina workers too, but for what their magazines hold, while this thread’s traffic keeps its blocks', async () => {
    const threads = 2;
    const size = 16 * KiB;
    const drain = { on: 'interval', everyMs: 50 } as const;
    const pool = runtime.pool('burst', { blockSize: size, maxBytes: 80 * MiB, drain });
    const piscina = new Piscina({
      filename: new URL('burst-task.js', inject('workerDir')).href,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      execArgv: [],
    });
    const task = { runtime: runtime.name, count: BURST / 2 / size };
    await Promise.all([piscina.run(task), piscina.run(task)]);
    // The formula of the magazines: 128, 1 MiB, or a quarter of the pool among 16 threads.
    const magazine = Math.min(128, MiB / size, (80 * MiB) / size / 64) * size;
    const { gets, hits } = pool.stats().totals;
    await until(() => {
      const held = Array.from({ length: 16 }, () => pool.get());
      for (const buffer of held) pool.put(buffer);
      return residentBytes(runtime) < 0.05 * BURST + (threads + 1) * magazine + 16 * size;
    });
    const after = pool.stats().totals;
    const misses = after.hits.slab + after.hits.fresh - hits.slab - hits.fresh;
    expect(misses / Math.max(1000, after.gets - gets)).toBeLessThan(0.01);
    await piscina.destroy();
  });

  test('of slabs of which a few blocks are in use, too, once; and again when more come home', () => {
    const size = 16 * KiB;
    const pool = runtime.pool('burst', { blockSize: size, maxBytes: 80 * MiB, drain: { on: 'manual' } });
    const all = Array.from({ length: BURST / size }, () => pool.get().fill(1));
    // One block of each slab stays leased, and one comes home later.
    const kept = all.filter((_, i) => i % 64 === 7);
    const later = all.filter((_, i) => i % 64 === 8);
    for (const buffer of all) if (!kept.includes(buffer) && !later.includes(buffer)) pool.put(buffer);
    for (let round = 0; round < 3; round++) pool.drain();
    expect(residentBytes(runtime)).toBeLessThan(0.05 * BURST + (kept.length + later.length) * size);
    const { returnedBytes } = pool.stats().totals;
    pool.drain();
    expect(pool.stats().totals.returnedBytes).toBe(returnedBytes);
    for (const buffer of later) pool.put(buffer);
    for (let round = 0; round < 3; round++) pool.drain();
    expect(residentBytes(runtime)).toBeLessThan(0.05 * BURST + kept.length * size);
    for (const buffer of kept) expect(buffer.every((byte) => byte === 1)).toBe(true);
    expect(runtime.audit()).toMatchObject({ unaccounted: 0, owned: kept.length });
    for (const buffer of kept) pool.put(buffer);
  });

  test('of a thread whose event loop is idle: giving back wakes it for turn after turn', async () => {
    // 64 turns' worth. Nobody writes to them: none of it is ever resident.
    const count = 2048;
    const most = (count + 8) * MiB;
    const options = { blockSize: MiB, maxBytes: most, drain: { on: 'manual' } } as const;
    const idle = makeRuntime(kernel, { maxBytes: most });
    const pool = idle.pool('lowered', options);
    const worker = spawn('lowered', { runtime: idle.name, count });
    // But for what a magazine holds.
    await until(() => pool.stats().totals.returnedBytes >= (count - 2) * MiB);
    await worker.terminate();
    idle.close();
  });

  test('a block that is leased keeps its contents whatever is given back around it', () => {
    const pool = runtime.pool('burst', { blockSize: 4 * KiB, maxBytes: 80 * MiB, drain: { on: 'manual' } });
    const all = Array.from({ length: BURST / (4 * KiB) }, (_, i) => pool.get().fill(i & 0xff));
    const kept = all.filter((_, i) => i % 1000 === 7);
    for (const buffer of all) if (!kept.includes(buffer)) pool.put(buffer);
    for (let round = 0; round < 3; round++) pool.drain();
    expect(pool.stats().totals.returnedBytes).toBeGreaterThan(0);
    kept.forEach((buffer, i) => {
      const value = (i * 1000 + 7) & 0xff;
      expect(buffer.every((byte) => byte === value)).toBe(true);
    });
  });
});
