// Threads that are killed along with the worker that started them: nobody gets their 'exit'. The end of
// their creator tells of them if it was attached, and Linux if it was not.

import { describe, expect, test } from 'vitest';
import { BACKENDS, makeRuntime } from '../support/crew.ts';
import {
  BLOCK,
  expectAll,
  expectRecovered,
  familyOf,
  makeEstate,
  startMortal,
  untilForgotten,
} from '../support/mourning.ts';
import { until } from '../support/waiting.ts';

const BLOCKS = 128;

describe.each(BACKENDS)('on %s', (backend) => {
  test('the rows of a killed worker`s workers, and of theirs, are recovered with its own', async () => {
    const estate = makeEstate(backend, BLOCKS, 8);
    const { runtime, pool } = estate;
    const grandchild = { runtime: runtime.name, manner: 'holds', lease: 7, put: 2 } as const;
    const child = { runtime: runtime.name, manner: 'fathers', lease: 20, put: 5, child: grandchild } as const;
    const root = await startMortal({ runtime: runtime.name, manner: 'fathers', lease: 30, put: 10, child });
    expect(root.position.child?.child?.leased).toBe(5);
    expect(runtime.stats().processors.live).toBe(4);
    expect(pool.stats().totals.leased).toBe(40);
    await root.worker.terminate();
    expect(pool.stats().totals).toMatchObject({ leased: 0, stashed: 0, lost: 40 });
    expectRecovered(estate, { lost: 40 });
    runtime.close();
  });

  test('a worker recovers the workers that it had started, and goes on', async () => {
    const estate = makeEstate(backend, BLOCKS, 8);
    const { runtime, pool } = estate;
    const grandchild = { runtime: runtime.name, manner: 'holds', lease: 7 } as const;
    const child = { runtime: runtime.name, manner: 'fathers', lease: 20, child: grandchild } as const;
    const root = await startMortal({ runtime: runtime.name, manner: 'fathers', lease: 3, child });
    const bereaved = root.next();
    root.worker.postMessage('bereave');
    await bereaved;
    expect(pool.stats().totals).toMatchObject({ leased: 3, lost: 27 });
    expect(runtime.stats().processors.live).toBe(2);
    await root.worker.terminate();
    expectRecovered(estate, { lost: 30 });
    runtime.close();
  });

  test('a worker of a worker that was not attached is recovered when the pool runs dry', async () => {
    const estate = makeEstate(backend, BLOCKS, 4);
    const { runtime, pool } = estate;
    const child = { runtime: runtime.name, manner: 'holds', lease: 40, put: 10 } as const;
    const host = await startMortal({ runtime: runtime.name, manner: 'hosts', child });
    await host.worker.terminate();
    // Nobody was told, so nothing has happened yet.
    expect(pool.stats().totals).toMatchObject({ leased: 30, lost: 0 });
    await untilForgotten(estate, familyOf(host.position));
    expectAll(estate);
    expectRecovered(estate, { lost: 30 });
    runtime.close();
  });

  test.each([
    ['is recovered by a drain', { on: 'manual' }],
    ['is recovered when an epoch ends', { on: 'interval', everyMs: 20 }],
  ] as const)('a worker of a worker that was not attached %s', async (_, drain) => {
    const runtime = makeRuntime(backend, { maxBytes: 16 * 2 ** 20, maxProcessors: 4, maxClasses: 4 });
    const pool = runtime.pool('p', { blockSize: BLOCK, maxBytes: BLOCKS * BLOCK, drain });
    const estate = { runtime, pool, blocks: BLOCKS };
    const child = { runtime: runtime.name, manner: 'holds', lease: 40, put: 10 } as const;
    const host = await startMortal({ runtime: runtime.name, manner: 'hosts', child });
    await host.worker.terminate();
    await untilForgotten(estate, familyOf(host.position));
    if (drain.on === 'manual') pool.drain();
    await until(() => runtime.stats().processors.live === 1);
    expectRecovered(estate, { lost: 30 });
    runtime.close();
  });

  test('a worker whose creator had left before both were killed is recovered when the pool runs dry', async () => {
    const estate = makeEstate(backend, BLOCKS, 4);
    const { runtime, pool } = estate;
    const grandchild = { runtime: runtime.name, manner: 'holds', lease: 40, put: 10 } as const;
    const child = { runtime: runtime.name, manner: 'leaves', child: grandchild } as const;
    const root = await startMortal({ runtime: runtime.name, manner: 'fathers', lease: 2, child });
    expect(runtime.stats().processors.live).toBe(3);
    await root.worker.terminate();
    // The creator has no row any more that would lead from the root to its grandchild.
    expect(pool.stats().totals).toMatchObject({ leased: 30, lost: 2 });
    await untilForgotten(estate, familyOf(root.position));
    expectAll(estate);
    expectRecovered(estate, { lost: 32 });
    runtime.close();
  });
});
