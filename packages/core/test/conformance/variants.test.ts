// One body for the three variants: no block twice, none lost, exhausted exactly where it is, and every misuse refused with nothing changed.

import { ExhaustedError, SyncPoolError } from '@syncpool/core';
import { BoundedPool, FreelistPool, ShardedPool, type VariantBuffer, type VariantPool } from '@syncpool/core/variants';
import { describe, expect, test } from 'vitest';
import { createBarrier } from '../support/barrier.ts';
import { Claims } from '../support/claims.ts';
import { runCrew } from '../support/crew.ts';
import { announceSeed, Xorshift } from '../support/prng.ts';
import { expectThrow, type Refusal } from '../support/refusal.ts';
import type { VariantJob, VariantResult } from '../workers/variants.ts';

const SIZE = 1024;
const BLOCKS = 100;
const OPTIONS = { blockSize: SIZE, maxBytes: BLOCKS * SIZE };
const VARIANTS = [
  ['BoundedPool', BoundedPool],
  ['ShardedPool', ShardedPool],
  ['FreelistPool', FreelistPool],
] as const;

function all(pool: VariantPool): VariantBuffer[] {
  return Array.from({ length: BLOCKS }, () => pool.get());
}

/** Throws the refusal, and neither a word of the pool nor its counters have changed. */
function expectRefusal(pool: VariantPool, what: () => unknown, refusal: Refusal): void {
  const before = { stats: pool.stats(), words: [...new Int32Array(pool.token.control)] };
  expectThrow(what, refusal);
  expect({ stats: pool.stats(), words: [...new Int32Array(pool.token.control)] }).toEqual(before);
}

describe.each(VARIANTS)('%s', (_name, Variant) => {
  test('gives each block once, then says that it has none, and gives them again', () => {
    const pool = new Variant({ ...OPTIONS, name: 'mine' });
    const held = all(pool);
    expect(new Set(held.map((one) => one.byteOffset)).size).toBe(BLOCKS);
    expect(held.every((one) => Buffer.isBuffer(one) && one.length === SIZE)).toBe(true);
    let error: unknown;
    try {
      pool.get();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ExhaustedError);
    expect(error).toMatchObject({
      code: 'ERR_SYNCPOOL_EXHAUSTED',
      pool: 'mine',
      size: SIZE,
      leased: BLOCKS,
      stashed: 0,
    });
    expect(pool.stats()).toEqual({
      name: 'mine',
      maxBytes: BLOCKS * SIZE,
      totals: { gets: BLOCKS, puts: 0, exhausted: 1, leased: BLOCKS, retained: 0 },
    });
    for (const buffer of held) pool.put(buffer);
    expect(new Set(all(pool)).size).toBe(BLOCKS);
    expect(pool.stats().totals).toMatchObject({ gets: 2 * BLOCKS, puts: BLOCKS, leased: BLOCKS });
  });

  test('serves any size up to its blocks, newest first, from whole cache lines that do not overlap', () => {
    const pool = new Variant({ blockSize: 1000, maxBytes: 4096 });
    const held = Array.from({ length: 4 }, (_none, i) => pool.get(i + 997).fill(i));
    expect(held.map((one) => one.byteOffset % 64)).toEqual([0, 0, 0, 0]);
    expect(held.map((one) => one.every((byte) => byte === held.indexOf(one)))).toEqual([true, true, true, true]);
    for (const buffer of held) pool.put(buffer);
    expect(pool.get()).toBe(held[3]);
  });

  test('random gets and puts over two ends of one pool agree with a set', () => {
    const random = new Xorshift(announceSeed(`variants ${Variant.name}`));
    const first = new Variant(OPTIONS);
    const ends = [first, new Variant(structuredClone(first.token))];
    const held: [end: VariantPool, buffer: VariantBuffer][] = [];
    const taken = new Set<number>();
    for (let i = 0; i < 5000; i++) {
      if (taken.size < BLOCKS && random.below(20) < 11) {
        const end = random.pick(ends);
        const buffer = end.get();
        expect(taken.has(buffer.byteOffset)).toBe(false);
        taken.add(buffer.byteOffset);
        held.push([end, buffer]);
      } else if (held.length > 0) {
        const [[end, buffer]] = held.splice(random.below(held.length), 1) as [[VariantPool, VariantBuffer]];
        taken.delete(buffer.byteOffset);
        end.put(buffer);
      }
    }
    expect(first.stats().totals).toMatchObject({ leased: taken.size, retained: BLOCKS - taken.size });
    expect(first.stats()).toEqual(ends[1]?.stats());
  });

  test('threads that get and put at once never have one block twice, and lose none', async () => {
    const seed = announceSeed(`variants stress ${Variant.name}`);
    const pool = new Variant(OPTIONS);
    const { token } = pool;
    const parties = 4;
    const job = {
      token,
      parties,
      barrier: createBarrier(),
      seed,
      rounds: 40_000,
      most: 40,
      claims: Claims.memoryFor(token.data),
    };
    const crew = Array.from({ length: parties }, (_none, i) => ({ ...job, holder: i + 1 }) satisfies VariantJob);
    const results = await runCrew<VariantResult>('variants', crew);
    expect(results.flatMap((one) => one.wrong)).toEqual([]);
    const gets = results.reduce((sum, one) => sum + one.gets, 0);
    const exhausted = results.reduce((sum, one) => sum + one.exhausted, 0);
    expect(pool.stats().totals).toEqual({ gets, puts: gets, exhausted, leased: 0, retained: BLOCKS });
    // Four times 40 are more than there are: else the empty list was never met.
    expect(exhausted).toBeGreaterThan(0);
    expect(new Set(all(pool)).size).toBe(BLOCKS);
  });

  test('refuses what is not to be put', () => {
    const pool = new Variant(OPTIONS);
    const twin = new Variant(pool.token);
    const buffer = pool.get();
    const foreign: Refusal = { code: 'ERR_SYNCPOOL_FOREIGN_BUFFER', names: [`"${pool.name}"`] };
    for (const other of [buffer.subarray(0), Buffer.from(buffer), twin.get(), null, undefined, 7, {}]) {
      expectRefusal(pool, () => pool.put(other as VariantBuffer), foreign);
    }
    pool.put(buffer);
    expectRefusal(pool, () => pool.put(buffer), { code: 'ERR_SYNCPOOL_DOUBLE_PUT', names: [`"${pool.name}"`] });
  });

  test('refuses sizes that it has not', () => {
    const pool = new Variant(OPTIONS);
    for (const size of [0, -1, 1.5, SIZE + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const names = [String(size), `from 1 to ${SIZE}`];
      expectRefusal(pool, () => pool.get(size), { code: 'ERR_SYNCPOOL_INVALID_SIZE', type: RangeError, names });
    }
    for (const size of ['1', null, {}] as unknown as number[]) {
      expectRefusal(pool, () => pool.get(size), { code: 'ERR_SYNCPOOL_INVALID_SIZE', type: TypeError });
    }
  });

  test('refuses options out of range, and unknown ones', () => {
    const bad: [more: object, type: typeof TypeError | typeof RangeError, names: string[]][] = [
      [{ blockSize: 255 }, RangeError, ['blockSize', '255', '256']],
      [{ blockSize: '1024' }, TypeError, ['blockSize']],
      [{ maxBytes: SIZE - 1 }, RangeError, ['maxBytes', String(SIZE)]],
      [{ maxBytes: 2 ** 33 }, RangeError, ['maxBytes', String(2 ** 33)]],
      [{ maxThreads: 0 }, RangeError, ['maxThreads', '1024']],
      [{ name: '' }, RangeError, ['name']],
      [{ retainBytes: 1 }, TypeError, ['retainBytes', 'blockSize']],
    ];
    for (const [more, type, names] of bad) {
      expectThrow(() => new Variant({ ...OPTIONS, ...more }), { code: 'ERR_SYNCPOOL_INVALID_OPTION', type, names });
    }
    for (const none of [undefined, null, 7] as unknown as (typeof OPTIONS)[]) {
      expectThrow(() => new Variant(none), { code: 'ERR_SYNCPOOL_INVALID_OPTION', type: TypeError });
    }
  });

  test('refuses tokens that are not its own', () => {
    const pool = new Variant(OPTIONS);
    const { token } = pool;
    const Other = Variant === BoundedPool ? ShardedPool : BoundedPool;
    expectRefusal(pool, () => new Other(token), { code: 'ERR_SYNCPOOL_POOL_MISMATCH', names: [token.plan.kind] });
    const shorter = { ...token, plan: { ...token.plan, blocks: BLOCKS - 1 } };
    expectRefusal(pool, () => new Variant(shorter), { code: 'ERR_SYNCPOOL_LAYOUT_MISMATCH' });
    const emptied = { ...token, control: new SharedArrayBuffer(token.control.byteLength) };
    expectRefusal(pool, () => new Variant(emptied), { code: 'ERR_SYNCPOOL_LAYOUT_MISMATCH' });
    const longer = new SharedArrayBuffer(token.control.byteLength + 4);
    new Int32Array(longer).set(new Int32Array(token.control));
    expectRefusal(pool, () => new Variant({ ...token, control: longer }), { code: 'ERR_SYNCPOOL_LAYOUT_MISMATCH' });
    const shortData = { ...token, data: new SharedArrayBuffer(token.data.byteLength - 64) };
    expectRefusal(pool, () => new Variant(shortData), { code: 'ERR_SYNCPOOL_LAYOUT_MISMATCH' });
    const torn = { ...token, data: undefined } as unknown as typeof token;
    expectRefusal(pool, () => new Variant(torn), { code: 'ERR_SYNCPOOL_INVALID_OPTION', type: TypeError });
  });

  test('is attached as often as it may be, and not once more', () => {
    const pool = new Variant({ ...OPTIONS, maxThreads: 2 });
    new Variant(pool.token);
    const refusal: Refusal = { code: 'ERR_SYNCPOOL_TOO_MANY_PROCESSORS', names: ['2'] };
    expectRefusal(pool, () => new Variant(pool.token), refusal);
  });

  test('its buffers are kept from APIs that would make a string of them', () => {
    const buffer = new Variant(OPTIONS).get();
    expectThrow(() => `${buffer.subarray(1)}`, { code: 'ERR_SYNCPOOL_SHARED_MEMORY', type: TypeError });
  });
});

/** The first list's lock or head: behind the header, the word of claimed rows, and the rows. */
function firstList({ token }: VariantPool): number {
  return 16 * (2 + token.plan.maxThreads);
}

describe.each([
  ['BoundedPool', BoundedPool],
  ['ShardedPool', ShardedPool],
] as const)('%s with a lock that a dead thread has left', (_name, Variant) => {
  /** As it is when its owner was killed. */
  function locked(): VariantPool {
    const pool = new Variant({ ...OPTIONS, lockTimeoutMs: 1 });
    const words = new Int32Array(pool.token.control);
    for (let list = 0; list < pool.token.plan.lists; list++) words[firstList(pool) + 16 * list] = 1;
    return pool;
  }
  const stuck: Refusal = { code: 'ERR_SYNCPOOL_TIMEOUT', names: ['1 ms'] };

  test('says so in a get, after its time limit', () => {
    expectThrow(() => locked().get(), stuck);
  });

  test("says so in a put, and the buffer is the caller's still", () => {
    const pool = new Variant({ ...OPTIONS, lockTimeoutMs: 1 });
    const buffer = pool.get();
    const words = new Int32Array(pool.token.control);
    for (let list = 0; list < pool.token.plan.lists; list++) words[firstList(pool) + 16 * list] = 1;
    expectThrow(() => pool.put(buffer), stuck);
    for (let list = 0; list < pool.token.plan.lists; list++) words[firstList(pool) + 16 * list] = 0;
    pool.put(buffer);
    expect(pool.stats().totals).toMatchObject({ leased: 0, retained: BLOCKS });
  });
});

test('the tag of a FreelistPool wraps', () => {
  const pool = new FreelistPool(OPTIONS);
  const words = new Int32Array(pool.token.control);
  const head = firstList(pool) + 1;
  // 100 blocks need 7 bits; the other 25 are ones, three pops before the end.
  words[head] = ((2 ** 25 - 3) << 7) | ((words[head] as number) & 127);
  const held = all(pool);
  expect(new Set(held).size).toBe(BLOCKS);
  for (const buffer of held) pool.put(buffer);
  expect((words[head] as number) >>> 7).toBe(BLOCKS - 3);
  expect(new Set(all(pool)).size).toBe(BLOCKS);
});

test('a thread puts into its own shard, and looks there first', () => {
  const pool = new ShardedPool({ ...OPTIONS, lockTimeoutMs: 1 });
  const words = new Int32Array(pool.token.control);
  const held = all(pool);
  for (const buffer of held) pool.put(buffer);
  const lists = Array.from({ length: pool.token.plan.lists }, (_none, i) => firstList(pool) + 16 * i);
  expect(lists.filter((list) => words[list + 1] !== 0)).toHaveLength(1);
  // All other locks are taken: a look there would end in an error.
  for (const list of lists) if (words[list + 1] === 0) words[list] = 1;
  expect(pool.get()).toBe(held[BLOCKS - 1]);
  expect(pool.get()).toBe(held[BLOCKS - 2]);
});

test('the errors are those of the package itself', () => {
  expect(() => new BoundedPool(OPTIONS).put(Buffer.alloc(1) as unknown as VariantBuffer)).toThrow(SyncPoolError);
});
