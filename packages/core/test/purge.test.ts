// What a purge has claimed while it asks the system, and what it books; with a koffi of the test's own, which says when it is loaded and called.

import { MiB, type BufferPool, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { H_SLAB_COUNT, P_RELEASER, S_WORD } from '../src/kernel/layout.ts';
import { SLAB_PURGING, slabTagOf } from '../src/kernel/slab.ts';
import { BACKENDS } from './support/crew.ts';
import { kernelOf, violations } from './support/invariants.ts';
import { importChanged } from './support/package-copy.ts';

const SLABS = 40;
/** Slabs claimed at one time at most (purge.ts). */
const MOST_CLAIMED = 16;
const PAGE = 4096;

interface Hooks {
  loaded: () => void;
  madvise: (pages: Uint8Array) => number;
}
const hooked = globalThis as { koffiHooks?: Hooks };

const KOFFI = `
  globalThis.koffiHooks.loaded();
  exports.load = () => ({
    func: (prototype) => prototype.includes('getpagesize') ? () => ${PAGE} : (pages) => globalThis.koffiHooks.madvise(pages),
  });
`;

let runtimes = 0;

describe.runIf(process.platform === 'linux').each(BACKENDS)('on %s', (kernelName) => {
  let runtime: Runtime;
  let pool: BufferPool;
  let hooks: Hooks;
  /** Ranges of data memory given back, by their first bytes and lengths. */
  let calls: [offset: number, length: number][];

  beforeEach(async () => {
    calls = [];
    hooks = {
      loaded: () => {},
      madvise: (pages) => {
        // Not of the trial, which has memory of its own.
        if (pages.buffer === runtime.token.data) calls.push([pages.byteOffset, pages.byteLength]);
        pages.fill(0);
        return 0;
      },
    };
    hooked.koffiHooks = hooks;
    // Anew for each test, because what a copy has found out about koffi it keeps.
    runtimes += 1;
    const { createRuntime } = await importChanged((text) => text, KOFFI);
    runtime = createRuntime({ name: `purge ${runtimes}`, kernel: kernelName, maxBytes: (SLABS + 8) * MiB });
    pool = runtime.pool('p', { blockSize: MiB / 4, maxBytes: SLABS * MiB, drain: { on: 'manual' } });
  });
  afterEach(() => {
    runtime.close();
    delete hooked.koffiHooks;
  });

  function claimed(): number {
    const kernel = kernelOf(runtime.token);
    let count = 0;
    for (let slab = 1; slab <= kernel.loadPlain(H_SLAB_COUNT); slab++) {
      if (slabTagOf(kernel.loadShared(kernel.slabAt(slab) + S_WORD)) === SLAB_PURGING) count += 1;
    }
    return count;
  }

  /** All blocks home, but for those that are kept, in so many slabs. */
  function use(slabs: number, isKept: (index: number) => boolean = () => false): void {
    const all = Array.from({ length: slabs * 4 }, () => pool.get());
    for (const [index, buffer] of all.entries()) if (!isKept(index)) pool.put(buffer);
    pool.drain();
    calls = [];
  }

  test('nothing is claimed while koffi is loaded', () => {
    const seen: number[] = [];
    hooks.loaded = () => seen.push(claimed());
    use(SLABS);
    pool.drain();
    expect(seen).toEqual([0]);
    expect(pool.stats().totals.returnedBytes).toBeGreaterThan(0);
  });

  test('neighbours go at one call, so many at most, and each byte is booked once', () => {
    use(SLABS);
    const most: number[] = [];
    const { madvise } = hooks;
    hooks.madvise = (pages) => {
      most.push(claimed());
      return madvise(pages);
    };
    const before = pool.stats().totals.returnedBytes;
    const { returnedBytes } = pool.drain();
    const bytes = calls.reduce((sum, [, length]) => sum + length, 0);
    // But for what the magazine holds.
    expect(bytes).toBeGreaterThanOrEqual((SLABS - 2) * MiB);
    expect(returnedBytes).toBe(bytes);
    expect(pool.stats().totals.returnedBytes - before).toBe(bytes);
    expect(calls.length).toBeLessThanOrEqual(Math.ceil(SLABS / MOST_CLAIMED) + 2);
    expect(Math.max(...most)).toBe(MOST_CLAIMED);
  });

  test('no slab waits claimed while a part of another is given back', () => {
    // One block of each fifth slab stays leased.
    use(SLABS, (index) => index % 20 === 0);
    const seen: number[] = [];
    const { madvise } = hooks;
    hooks.madvise = (pages) => {
      if (pages.byteLength < MiB) seen.push(claimed());
      return madvise(pages);
    };
    pool.drain();
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((count) => count === 0)).toBe(true);
  });

  test('an error in the middle of it leaves nothing claimed', () => {
    use(SLABS);
    // koffi is tried before anything else.
    pool.drain();
    use(SLABS);
    const { madvise } = hooks;
    hooks.madvise = () => {
      throw new Error('the system is gone');
    };
    expect(() => pool.drain()).toThrow('the system is gone');
    expect(claimed()).toBe(0);
    expect(kernelOf(runtime.token).loadShared(kernelOf(runtime.token).poolAt(0) + P_RELEASER)).toBe(0);
    expect(violations(runtime.token)).toEqual([]);
    hooks.madvise = madvise;
    const all = Array.from({ length: SLABS * 4 }, () => pool.get());
    for (const buffer of all) pool.put(buffer);
  });
});
