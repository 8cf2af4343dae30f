// Draining of ObjectPool: Go's contract as its tests of sync.Pool state it (TestPool, TestPoolGC, TestPoolRelease), by
// meaning: an object survives one collection after its last use, here one epoch, and is gone after two.

import { ObjectPool, type ObjectPoolOptions } from '@syncpool/core';
import { describe, expect, test } from 'vitest';
import { collectAll, Collected, collectUntil } from './support/collect.ts';
import { until } from './support/waiting.ts';

interface Thing {
  readonly id: number;
}

function makePool(drain: ObjectPoolOptions<Thing>['drain'] = { on: 'manual' }): ObjectPool<Thing> {
  let made = 0;
  const create = () => {
    made += 1;
    return { id: made };
  };
  return new ObjectPool<Thing>({ create, drain });
}

/** Leases so many at one time and puts them all: their numbers, in the order of their puts. */
function use(pool: ObjectPool<Thing>, count: number): number[] {
  const leased = Array.from({ length: count }, () => pool.get());
  for (const thing of leased) pool.put(thing);
  return leased.map(({ id }) => id);
}

function stashed(pool: ObjectPool<Thing>): number {
  return pool.stats().totals.stashed;
}

describe('a drain', () => {
  test('of an empty pool does nothing (TestPool)', () => {
    const pool = makePool();
    expect(pool.drain()).toEqual({ objects: 0 });
    use(pool, 2);
    const [first, second] = [pool.get(), pool.get()];
    expect([first.id, second.id]).toEqual([2, 1]);
    pool.put(first);
    pool.drain();
    expect(pool.get()).toBe(first);
  });

  test.each([1, 100, 10_000])('%i objects survive one, and are gone after two (TestPoolGC)', (count) => {
    const pool = makePool();
    use(pool, count);
    expect(pool.drain()).toEqual({ objects: 0 });
    expect(stashed(pool)).toBe(count);
    expect(pool.drain()).toEqual({ objects: count });
    expect(pool.stats().totals).toMatchObject({ stashed: 0, drained: count, leased: 0 });
    expect(pool.get().id).toBe(count + 1);
  });

  test('lets go of the objects themselves, so that they are collected (TestPoolRelease)', async () => {
    const pool = makePool();
    const collected = new Collected();
    (() => {
      const things = Array.from({ length: 100 }, () => pool.get());
      for (const thing of things) {
        collected.show(thing);
        pool.put(thing);
      }
    })();
    pool.drain();
    await collectAll();
    expect(collected.count).toBe(0);
    pool.drain();
    expect(await collectUntil(() => collected.count === 100)).toBe(true);
  });

  test('keeps what was used since the last one, and lets the oldest go', () => {
    const pool = makePool();
    const ids = use(pool, 100);
    pool.drain();
    use(pool, 7);
    expect(pool.drain()).toEqual({ objects: 93 });
    expect(use(pool, 7).sort((a, b) => a - b)).toEqual(ids.slice(93));
  });

  test('asks how many were needed at one time, not how often', () => {
    const pool = makePool();
    use(pool, 1000);
    pool.drain();
    for (let i = 0; i < 10_000; i++) use(pool, 3);
    expect(pool.drain()).toEqual({ objects: 997 });
    for (let i = 0; i < 20; i++) {
      use(pool, 3);
      expect(pool.drain()).toEqual({ objects: 0 });
    }
    expect(pool.stats().totals.hits.fresh).toBe(1000);
  });

  test('counts a new epoch from what was pooled when it began', () => {
    const pool = makePool();
    use(pool, 50);
    const held = Array.from({ length: 20 }, () => pool.get());
    pool.drain();
    // The epoch begins with 30 and only puts.
    for (const thing of held) pool.put(thing);
    expect(pool.drain()).toEqual({ objects: 30 });
    expect(stashed(pool)).toBe(20);
  });

  test('leaves leased objects alone, and they come back', () => {
    const pool = makePool();
    const held = Array.from({ length: 10 }, () => pool.get());
    use(pool, 10);
    pool.drain();
    pool.drain();
    for (const thing of held) pool.put(thing);
    expect(pool.stats().totals).toMatchObject({ stashed: 10, drained: 10, leased: 0, imbalance: 0 });
  });
});

describe('epochs end', () => {
  test('by the clock', async () => {
    const pool = makePool({ on: 'interval', everyMs: 10 });
    use(pool, 100);
    await until(() => stashed(pool) === 0);
    expect(pool.stats().totals.drained).toBe(100);
    pool.close();
  });

  test('with major collections', async () => {
    const pool = makePool({ on: 'gc', everyMs: 1 });
    use(pool, 100);
    expect(await collectUntil(() => stashed(pool) === 0)).toBe(true);
    pool.close();
  });

  test('never, if so asked, and by hand still', async () => {
    const pool = makePool({ on: 'never' });
    use(pool, 100);
    const clock = makePool({ on: 'interval', everyMs: 5 });
    use(clock, 1);
    await until(() => stashed(clock) === 0);
    clock.close();
    expect(stashed(pool)).toBe(100);
    pool.drain();
    expect(pool.drain()).toEqual({ objects: 100 });
  });

  test('no more once the pool is closed', async () => {
    const pool = makePool({ on: 'interval', everyMs: 5 });
    const clock = makePool({ on: 'interval', everyMs: 5 });
    use(pool, 1);
    use(clock, 1);
    pool.close();
    // The clock that both shared goes on; a drain of the closed pool would be an uncaught error.
    await until(() => stashed(clock) === 0);
    clock.close();
    expect(pool.stats().totals.drained).toBe(0);
  });

  test('without keeping a pool alive that nobody holds', async () => {
    const collected = new Collected();
    (() => {
      const pool = makePool({ on: 'interval', everyMs: 5 });
      use(pool, 3);
      collected.show(pool);
    })();
    expect(await collectUntil(() => collected.count === 1)).toBe(true);
  });
});
