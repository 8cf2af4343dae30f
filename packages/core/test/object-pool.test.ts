// ObjectPool: what is reused, counted, refused, and survives functions of the user that fail.

import { runInNewContext } from 'node:vm';
import { KiB, MiB, ObjectPool, type ObjectPoolOptions } from '@syncpool/core';
import { afterEach, describe, expect, test } from 'vitest';
import { collectAll, Collected, collectUntil } from './support/collect.ts';
import { makeRuntime } from './support/crew.ts';
import { announceSeed, Xorshift } from './support/prng.ts';
import { expectThrow, type Refusal } from './support/refusal.ts';
import { gatherWarnings } from './support/warnings.ts';

interface Thing {
  id: number;
  parts: number[];
}

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const pool of opened.splice(0)) pool.close();
});

/** A pool of things numbered in the order of their creation; its reset empties them. */
function makePool(options: Partial<ObjectPoolOptions<Thing>> = {}): ObjectPool<Thing> {
  let made = 0;
  const create = () => {
    made += 1;
    return { id: made, parts: [] as number[] };
  };
  const reset = (thing: Thing) => {
    thing.parts.length = 0;
  };
  const pool = new ObjectPool<Thing>({ create, reset, drain: { on: 'manual' }, ...options });
  opened.push(pool);
  return pool;
}

/** `what` throws the refusal, and the pool's counters are what they were. */
function expectUnchanged(pool: ObjectPool<Thing>, what: () => unknown, refusal: Refusal): void {
  const before = pool.stats();
  expectThrow(what, refusal);
  expect(pool.stats()).toEqual(before);
}

describe('get and put', () => {
  test('give the newest first, reset, and a new one when there is none', () => {
    const pool = makePool();
    const [a, b] = [pool.get(), pool.get()];
    a.parts.push(1);
    expect([a.id, b.id]).toEqual([1, 2]);
    pool.put(b);
    pool.put(a);
    expect(a.parts).toEqual([]);
    expect(pool.get()).toBe(a);
    expect(pool.get()).toBe(b);
    expect(pool.get().id).toBe(3);
  });

  test.each<[what: string, create: () => object]>([
    ['arrays', () => [1]],
    ['maps', () => new Map()],
    ['buffers', () => Buffer.alloc(8)],
    ['functions', () => () => 1],
    ['objects without prototype', () => Object.create(null)],
    ['proxies', () => new Proxy({}, {})],
    ['instances', () => new (class Own {})()],
  ])('work for %s, and show nothing on them', (_, create) => {
    const pool = new ObjectPool({ create, drain: { on: 'never' } });
    const object = pool.get();
    expect(Reflect.ownKeys(object)).toEqual(Reflect.ownKeys(create()));
    pool.put(object);
    expect(pool.get()).toBe(object);
    pool.close();
  });

  test('objects that are frozen after their creation come back too', () => {
    const pool = makePool({ reset: () => {} });
    const thing = Object.freeze(pool.get());
    pool.put(thing);
    expect(pool.get()).toBe(thing);
  });

  test('keep `max` and let the rest go', () => {
    const pool = makePool({ max: 2 });
    const things = Array.from({ length: 5 }, () => pool.get());
    for (const thing of things) pool.put(thing);
    expect(pool.stats().totals).toMatchObject({ stashed: 2, discarded: 3, leased: 0, puts: 5, imbalance: 0 });
    expect(pool.get()).toBe(things[1]);
    expectUnchanged(pool, () => pool.put(things[4] as Thing), { code: 'ERR_SYNCPOOL_DOUBLE_PUT' });
  });

  test('with a `max` of 0 keep nothing', () => {
    const pool = makePool({ max: 0 });
    pool.put(pool.get());
    expect(pool.get().id).toBe(2);
  });

  test('do whatever a model does, in any order', () => {
    const random = new Xorshift(announceSeed('object pool'));
    const pool = makePool({ max: 20 });
    const pooled: Thing[] = [];
    const leased: Thing[] = [];
    let mark = 0;
    let highest = 0;
    for (let step = 0; step < 20_000; step++) {
      const choice = random.below(100);
      if (choice < 50) {
        const expected = pooled.pop();
        const thing = pool.get();
        if (expected !== undefined) expect(thing).toBe(expected);
        leased.push(thing);
        mark = Math.min(mark, pooled.length);
        highest = Math.max(highest, leased.length);
      } else if (choice < 99) {
        const [thing] = leased.splice(random.below(Math.max(1, leased.length)), 1);
        if (thing === undefined) continue;
        pool.put(thing);
        if (pooled.length < 20) pooled.push(thing);
      } else {
        expect(pool.drain()).toEqual({ objects: mark });
        pooled.splice(0, mark);
        mark = pooled.length;
      }
      const { totals } = pool.stats();
      expect([totals.leased, totals.stashed, totals.highWater]).toEqual([leased.length, pooled.length, highest]);
    }
  });
});

describe('the counters', () => {
  test('are named and mean as those of a shared pool', () => {
    const runtime = makeRuntime('wasm', { maxBytes: MiB, maxProcessors: 1 });
    const shared = runtime.pool('p', { blockSize: KiB, maxBytes: MiB, drain: { on: 'manual' } });
    const pool = makePool();
    const swapped = [shared, pool] as const;
    for (const { get, put, stats } of swapped.map((one) => ({
      get: () => one.get() as never,
      put: (object: never) => one.put(object),
      stats: () => one.stats().totals,
    }))) {
      const held = [get(), get(), get()];
      for (const object of held.slice(1)) put(object);
      for (let i = 0; i < 7; i++) put(get());
      expect(stats()).toMatchObject({ gets: 10, puts: 9, leased: 1, drained: 0, dropped: 0, imbalance: 0.1 });
    }
    expect(pool.stats()).toEqual({
      name: 'objects',
      totals: {
        ...{ gets: 10, puts: 9, hits: { magazine: 7, fresh: 3 }, leased: 1, stashed: 2, drained: 0 },
        ...{ discarded: 0, dropped: 0, highWater: 3, missRate: 0.3, imbalance: 0.1 },
      },
    });
    const shown = new Set(Object.keys(shared.stats().totals));
    expect(Object.keys(pool.stats().totals).filter((name) => !shown.has(name))).toEqual(['discarded']);
    runtime.close();
  });

  test('of an unused pool are 0', () => {
    expect(makePool().stats().totals).toMatchObject({ gets: 0, missRate: 0, imbalance: 0, highWater: 0 });
  });
});

describe('misuse', () => {
  const other = makePool;

  test('a second put is refused, at once and after others', () => {
    const pool = makePool();
    const [a, b] = [pool.get(), pool.get()];
    pool.put(a);
    const refusal: Refusal = { code: 'ERR_SYNCPOOL_DOUBLE_PUT', names: ['"objects"'] };
    expectUnchanged(pool, () => pool.put(a), refusal);
    pool.put(b);
    expectUnchanged(pool, () => pool.put(a), refusal);
    pool.drain();
    pool.drain();
    expectUnchanged(pool, () => pool.put(a), refusal);
  });

  test.each<[what: string, value: (thing: Thing) => unknown]>([
    ['undefined', () => undefined],
    ['null', () => null],
    ['a number', () => 1],
    ['a string', () => 'x'],
    ['another object', () => ({ id: 1, parts: [] })],
    ['a shallow copy', (thing) => ({ ...thing })],
    ['a clone', (thing) => structuredClone(thing)],
    ['an heir', (thing) => Object.create(thing)],
    ['a proxy', (thing) => new Proxy(thing, {})],
    ['the object of another pool', () => other().get()],
    [
      'the pooled object of another pool',
      () => {
        const pool = other();
        const thing = pool.get();
        pool.put(thing);
        return thing;
      },
    ],
  ])('a put of %s is refused', (_, value) => {
    const pool = makePool({ name: 'things' });
    const foreign = value(pool.get()) as Thing;
    expectUnchanged(pool, () => pool.put(foreign), { code: 'ERR_SYNCPOOL_FOREIGN_BUFFER', names: ['"things"'] });
  });

  test('what is not detected: a stale reference once the object is leased again', () => {
    const pool = makePool();
    const stale = pool.get();
    pool.put(stale);
    const again = pool.get();
    expect(() => pool.put(stale)).not.toThrow();
    expectUnchanged(pool, () => pool.put(again), { code: 'ERR_SYNCPOOL_DOUBLE_PUT' });
  });

  test('after close everything is refused, and closing again does nothing', () => {
    const pool = makePool();
    const [held] = [pool.get(), pool.put(pool.get())];
    pool.close();
    pool[Symbol.dispose]();
    const refusal: Refusal = { code: 'ERR_SYNCPOOL_CLOSED', names: ['"objects"'] };
    for (const call of [() => pool.get(), () => pool.put(held), () => pool.drain(), () => pool.withObject(() => 1)]) {
      expectUnchanged(pool, call, refusal);
    }
    expect(pool.stats().totals).toMatchObject({ leased: 1, stashed: 0 });
  });

  const create = () => ({});
  test.each<[what: string, options: unknown, type: typeof TypeError | typeof RangeError, names: string[]]>([
    ['no options', undefined, TypeError, ['ObjectPool', 'undefined']],
    ['an unknown option', { create, size: 1 }, TypeError, ['"size"']],
    ['no create', {}, TypeError, ['create', 'undefined']],
    ['a reset that is none', { create, reset: 1 }, TypeError, ['reset', '1']],
    ['a fractional max', { create, max: 1.5 }, RangeError, ['max', '1.5', '67108864']],
    ['a negative max', { create, max: -1 }, RangeError, ['max', '-1']],
    ['an unknown clock', { create, drain: { on: 'daily' } }, RangeError, ['drain.on', '"daily"', "'interval'"]],
    ['a period without a clock', { create, drain: { on: 'never', everyMs: 5 } }, RangeError, ['drain.everyMs', '5']],
    ['an empty name', { create, name: '' }, RangeError, ['name']],
    ['a debug that is no boolean', { create, debug: { oneIn: 2 } }, TypeError, ['debug']],
  ])('%s: no pool', (_, options, type, names) => {
    const make = () => new ObjectPool(options as ObjectPoolOptions<object>);
    expectThrow(make, { code: 'ERR_SYNCPOOL_INVALID_OPTION', type, names });
  });
});

describe('functions of the user that fail', () => {
  const single = { id: 0, parts: [] };

  test.each<[what: string, create: () => unknown, names: string]>([
    ['a number', () => 1, 'an object, and returned 1'],
    ['undefined', () => undefined, 'returned undefined'],
    ['null', () => null, 'returned null'],
    ['a promise', async () => ({}), 'a promise'],
    ['a frozen object', () => Object.freeze({}), 'extensible'],
    ['an object of another pool', () => makePool().get(), 'a pool made before'],
  ])('a create that returns %s leases nothing', (_, create, names) => {
    const pool = makePool({ create: create as () => Thing });
    expectUnchanged(pool, () => pool.get(), { code: 'ERR_SYNCPOOL_INVALID_OPTION', type: TypeError, names: [names] });
  });

  test('a create that returns the same object twice leases it once', () => {
    const pool = makePool({ create: () => single });
    expect(pool.get()).toBe(single);
    expectUnchanged(pool, () => pool.get(), { code: 'ERR_SYNCPOOL_INVALID_OPTION', type: TypeError });
    pool.put(single);
    expect(pool.get()).toBe(single);
  });

  test('a create that throws changes nothing, and the next get creates', () => {
    let fails = true;
    const pool = makePool({
      create: () => {
        if (fails) throw new Error('no more');
        return { id: 1, parts: [] };
      },
    });
    const before = pool.stats();
    expect(() => pool.get()).toThrow('no more');
    expect(pool.stats()).toEqual(before);
    fails = false;
    expect(pool.get().id).toBe(1);
  });

  test('a reset that throws lets its object go, and no other', () => {
    const pool = makePool({
      reset: (thing) => {
        if (thing.id === 2) throw new Error('dirty');
      },
    });
    const [a, b] = [pool.get(), pool.get()];
    pool.put(a);
    expect(() => pool.put(b)).toThrow('dirty');
    expect(pool.stats().totals).toMatchObject({ leased: 0, stashed: 1, discarded: 1, puts: 2 });
    expectUnchanged(pool, () => pool.put(b), { code: 'ERR_SYNCPOOL_DOUBLE_PUT' });
    expect(pool.get()).toBe(a);
    expect(pool.get().id).toBe(3);
  });

  test('create and reset may use the pool themselves', () => {
    let depth = 0;
    const pool: ObjectPool<Thing> = makePool({
      create: () => {
        depth += 1;
        return { id: depth, parts: depth === 1 ? [pool.get().id] : [] };
      },
      reset: (thing) => {
        if (thing.id === 1) expectThrow(() => pool.put(thing), { code: 'ERR_SYNCPOOL_DOUBLE_PUT' });
        if (thing.id === 1) pool.put(pool.get());
      },
    });
    const outer = pool.get();
    expect(outer.parts).toEqual([2]);
    pool.put(outer);
    const { leased, stashed, gets, puts } = pool.stats().totals;
    expect([leased, stashed, gets, puts]).toEqual([1, 2, 3, 2]);
  });
});

test('a thread that is cut in reset or create loses that object, and goes on', () => {
  let hangs = false;
  const hang = () => {
    while (hangs);
  };
  let made = 0;
  const pool = makePool({
    reset: hang,
    create: () => {
      hang();
      made += 1;
      return { id: made, parts: [] };
    },
  });
  const [a, b] = [pool.get(), pool.get()];
  pool.put(a);
  hangs = true;
  const cut = { code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' };
  const options = { timeout: 20 };
  expect(() => runInNewContext('pool.put(b)', { pool, b }, options)).toThrow(expect.objectContaining(cut));
  pool.get();
  expect(() => runInNewContext('pool.get()', { pool }, options)).toThrow(expect.objectContaining(cut));
  hangs = false;
  expectUnchanged(pool, () => pool.put(b), { code: 'ERR_SYNCPOOL_DOUBLE_PUT' });
  pool.put(a);
  pool.drain();
  pool.drain();
  expect([pool.get().id, pool.get().id]).toEqual([3, 4]);
  expect(pool.stats().totals).toMatchObject({ leased: 3, stashed: 0, drained: 1 });
});

describe('withObject', () => {
  test('puts when the function has returned or thrown, if the function has not', () => {
    const pool = makePool();
    expect(pool.withObject((thing) => thing.id)).toBe(1);
    expect(() =>
      pool.withObject(() => {
        throw new Error('failed');
      }),
    ).toThrow('failed');
    pool.withObject((thing) => pool.put(thing));
    expect(pool.stats().totals).toMatchObject({ gets: 3, puts: 3, leased: 0, stashed: 1 });
  });

  test('waits for a promise', async () => {
    const pool = makePool();
    let finish = (_: string): void => {};
    const done = pool.withObject(() => new Promise<string>((resolve) => (finish = resolve)));
    expect(pool.stats().totals.leased).toBe(1);
    finish('done');
    expect(await done).toBe('done');
    expect(pool.stats().totals.leased).toBe(0);
    await expect(pool.withObject(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(pool.stats().totals.leased).toBe(0);
  });

  test('is no failure of a pool that was closed meanwhile', async () => {
    const pool = makePool();
    await pool.withObject(async () => pool.close());
    expect(pool.stats().totals.leased).toBe(1);
  });
});

describe('debug', () => {
  test('a second put names the place of the first', () => {
    const pool = makePool({ debug: true });
    const thing = pool.get();
    function firstPut(): void {
      pool.put(thing);
    }
    firstPut();
    expectUnchanged(pool, () => pool.put(thing), { code: 'ERR_SYNCPOOL_DOUBLE_PUT', names: ['firstPut'] });
    expect(pool.stats().totals).toMatchObject({ gets: 1, puts: 1, stashed: 1 });
  });

  test('leased objects that are dropped are counted and named; pooled, drained and discarded ones are not', async () => {
    const { warnings, stop } = gatherWarnings();
    const pool = makePool({ debug: true, max: 2 });
    function leaseAndForget(): void {
      pool.get();
    }
    (() => {
      const things = Array.from({ length: 4 }, () => pool.get());
      for (const thing of things) pool.put(thing);
      leaseAndForget();
    })();
    expect(await collectUntil(() => pool.stats().totals.dropped > 0)).toBe(true);
    pool.drain();
    pool.drain();
    await collectAll();
    stop();
    expect(pool.stats().totals).toMatchObject({ dropped: 1, discarded: 2, drained: 1, leased: 1 });
    expect(warnings.map(({ code }) => code)).toEqual(['SYNCPOOL_DROPPED']);
    expect(warnings[0]?.detail).toContain('leaseAndForget');
  });

  test('one that was leased in a method of the object that holds it is found too', async () => {
    const pool = makePool({ debug: true });
    class Holder {
      thing: object | undefined;
      fill(): void {
        this.thing = pool.get();
      }
    }
    const { warnings, stop } = gatherWarnings();
    (() => new Holder().fill())();
    expect(await collectUntil(() => pool.stats().totals.dropped === 1)).toBe(true);
    stop();
    expect(warnings[0]?.detail).toContain('Holder.fill');
  });
});

test('a leased object that is dropped is kept for an epoch at most', async () => {
  const pool = makePool();
  const collected = new Collected();
  (() => {
    pool.put(pool.get());
    collected.show(pool.get());
  })();
  pool.drain();
  expect(await collectUntil(() => collected.count === 1)).toBe(true);
});
