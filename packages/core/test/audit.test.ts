// The audit accounts for every block, and takes back detached ones that nobody has adopted.

import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { createRuntime, KiB, type KernelName, MiB, type Runtime } from '@syncpool/core';
import { spawn } from './support/worker.ts';

const BLOCKS = 64;

describe.each<KernelName>(['wasm', 'atomics'])('the audit on %s', (kernel) => {
  let runtime: Runtime | undefined;
  afterEach(() => runtime?.close());

  function makePool() {
    runtime = createRuntime({ kernel, maxBytes: 4 * MiB, maxProcessors: 4 });
    return runtime.pool('bodies', { blockSize: 4 * KiB, maxBytes: BLOCKS * 4 * KiB });
  }

  test('counts every block in the place where it is', () => {
    const pool = makePool();
    const held = Array.from({ length: 20 }, () => pool.get());
    const messages = held.splice(0, 5).map((buffer) => pool.detach(buffer));
    for (const buffer of held.splice(0, 10)) pool.put(buffer);
    const { cut, home, retained, owned, detached, unaccounted } = (runtime as Runtime).audit();
    expect({ detached, unaccounted }).toEqual({ detached: 5, unaccounted: 0 });
    expect(home + retained + owned).toBe(cut - 5);
    expect(owned).toBe(pool.stats().totals.leased + pool.stats().totals.stashed);
    expect(retained).toBe(pool.stats().totals.retained);
    for (const message of messages) expect(pool.discard(message)).toBe(true);
  });

  test('takes back detached blocks of that age, and makes their messages stale', () => {
    const pool = makePool();
    const message = pool.detach(pool.get());
    expect((runtime as Runtime).audit().reclaimed).toBe(0);
    expect((runtime as Runtime).audit({ olderThanMs: 3_600_000 })).toMatchObject({ reclaimed: 0, detached: 1 });
    expect((runtime as Runtime).audit({ olderThanMs: 0 })).toMatchObject({ reclaimed: 1, detached: 0, unaccounted: 0 });
    expect(pool.tryAdopt(message)).toBeUndefined();
    const all = Array.from({ length: BLOCKS }, () => pool.get());
    expect(new Set(all).size).toBe(BLOCKS);
    expect(pool.stats().classes[0]?.detached).toBe(0);
  });

  test('recovers the messages that a killed worker never sent', async () => {
    const pool = makePool();
    const worker = spawn('detaches', { runtime: 'default', pool: 'bodies', count: 7 });
    await once(worker, 'message');
    await worker.terminate();
    expect((runtime as Runtime).audit({ olderThanMs: 0 })).toMatchObject({ reclaimed: 7, detached: 0, unaccounted: 0 });
    expect(pool.stats().totals).toMatchObject({ leased: 0, stashed: 0 });
  });

  test('refuses an age that is no number of milliseconds, and changes nothing', () => {
    const pool = makePool();
    const message = pool.detach(pool.get());
    for (const olderThanMs of [-1, 1.5, Number.NaN, 2 ** 30]) {
      expect(() => (runtime as Runtime).audit({ olderThanMs })).toThrow(
        /olderThanMs must be an integer from 0 to 1073741823/,
      );
    }
    expect(pool.discard(message)).toBe(true);
  });
});
