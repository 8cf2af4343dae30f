// What the container's pressure does to pools; how pressure is read is memory-limit.test.ts's matter.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Magazine } from '../../src/magazine.ts';
import { look, type Watched, watchPressure } from '../../src/memory-pressure.ts';
import { KiB, MiB } from '../../src/options.ts';
import type { KernelName } from '../../src/runtime-options.ts';
import type { BufferPool } from '../../src/pool.ts';
import { createRuntime, type Runtime } from '../../src/runtime.ts';

const EVERY_MS = 40_000;
const SECOND = 1000;
const BLOCKS = 500;

describe.each(['wasm', 'atomics'] satisfies KernelName[])('on %s', (kernel) => {
  let runtime: Runtime;
  let clocked: BufferPool;
  let manual: BufferPool;
  let watched: Watched;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: 1_800_000_000_000 });
    runtime = createRuntime({ name: `pressure-${kernel}`, kernel, maxBytes: 16 * MiB, pressure: 'auto' });
    const options = { blockSize: 4 * KiB, maxBytes: 4 * MiB };
    clocked = runtime.pool('clocked', { ...options, drain: { on: 'interval', everyMs: EVERY_MS } });
    manual = runtime.pool('manual', { ...options, drain: { on: 'manual' } });
    watched = { processor: (clocked.magazines[0] as Magazine).processor, pools: () => [clocked, manual] };
    for (const pool of [clocked, manual]) use(pool);
    vi.setSystemTime(Date.now() + EVERY_MS);
  });
  afterEach(() => {
    runtime.close();
    vi.useRealTimers();
  });

  function use(pool: BufferPool): void {
    const held = Array.from({ length: BLOCKS }, () => pool.get());
    for (const buffer of held) pool.put(buffer);
  }

  function pooled(pool: BufferPool): number {
    const { stashed, retained } = pool.stats().totals;
    return stashed + retained;
  }

  test('low pressure changes nothing', () => {
    look(watched, { pressure: () => 'low' });
    expect(pooled(clocked)).toBeGreaterThanOrEqual(BLOCKS);
  });

  test('under high pressure all that a clock would drain goes at once, and what is drained by hand stays', () => {
    look(watched, { pressure: () => 'high' });
    expect(pooled(clocked)).toBe(0);
    expect(pooled(manual)).toBeGreaterThanOrEqual(BLOCKS);
    expect(runtime.audit()).toMatchObject({ unaccounted: 0 });
  });

  test('under medium pressure epochs are a quarter as long', () => {
    look(watched, { pressure: () => 'medium' });
    expect(pooled(clocked)).toBeGreaterThanOrEqual(BLOCKS);
    vi.setSystemTime(Date.now() + SECOND);
    look(watched, { pressure: () => 'medium' });
    expect(pooled(clocked)).toBeGreaterThanOrEqual(BLOCKS);
    vi.setSystemTime(Date.now() + EVERY_MS / 4);
    look(watched, { pressure: () => 'medium' });
    expect(pooled(clocked)).toBe(0);
    expect(pooled(manual)).toBeGreaterThanOrEqual(BLOCKS);
  });

  test('one look of the main thread’s a second is enough', () => {
    let looks = 0;
    const watch = {
      pressure: () => {
        looks += 1;
        return 'low' as const;
      },
    };
    look(watched, watch);
    look(watched, watch);
    expect(looks).toBe(1);
    vi.setSystemTime(Date.now() + SECOND);
    look(watched, watch);
    expect(looks).toBe(2);
  });

  test('a thread looks every second until it stops, or the runtime is closed', () => {
    let looks = 0;
    const watch = {
      pressure: () => {
        looks += 1;
        return 'low' as const;
      },
    };
    const stop = watchPressure(watched, watch);
    vi.advanceTimersByTime(3 * SECOND);
    // The runtime has a watch of its own, and one of the two has each look.
    expect(looks).toBeLessThanOrEqual(3);
    stop();
    const before = looks;
    vi.advanceTimersByTime(3 * SECOND);
    expect(looks).toBe(before);
    runtime.close();
    look(watched, watch);
    expect(looks).toBe(before);
  });

  test('whose runtime another thread has closed looks no more', () => {
    watchPressure(watched, { pressure: () => 'low' });
    vi.advanceTimersByTime(SECOND);
    expect(vi.getTimerCount()).toBe(2);
    runtime.close();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(SECOND);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a runtime that was not asked to does not look', () => {
  const runtime = createRuntime({ name: 'no pressure', maxBytes: MiB });
  const pool = runtime.pool('p', { blockSize: 4 * KiB, maxBytes: MiB });
  const watch = {
    pressure: () => {
      throw new Error('nobody asked');
    },
  };
  vi.useFakeTimers();
  const stop = watchPressure({ processor: (pool.magazines[0] as Magazine).processor, pools: () => [pool] }, watch);
  vi.advanceTimersByTime(5 * SECOND);
  stop();
  vi.useRealTimers();
  runtime.close();
});
