// Threads that have been told where they run: what their rows say, whom they steal from, whose memory they take. The placements are
// made up, as @syncpool/worker-shim leaves them on `globalThis`; another copy of the package is another processor.

import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { KiB, MiB, type BufferPool, type DrainOptions, type PooledBuffer, type Runtime } from '@syncpool/core';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { canReturnPages } from '../src/host/pages.ts';
import { S_NODE, SLAB_BYTES } from '../src/kernel/layout.ts';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { kernelOf } from './support/invariants.ts';
import { importStranger } from './support/package-copy.ts';
import { Simulated } from './support/simulated.ts';

const PLACEMENT = Symbol.for('@syncpool/placement');
const changed = channel('@syncpool/placement');
const RENEW = '@syncpool/placement:renew';
const SIZE = 64 * KiB;
/** CPU 0 shares its core with 1, its cache with 2, and its node with 3; 4 is on another node. */
const distances = { 0: 0, 1: 1, 2: 3, 3: 4, 4: 20 };
const copies = [await importStranger(), await importStranger(), await importStranger()];

function say(placement: unknown): void {
  (globalThis as { [PLACEMENT]?: unknown })[PLACEMENT] = placement;
}

function on(cpu: number, node: number) {
  return { place: 0, cpus: [cpu], cpu, llc: 0, node, distances };
}

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  const others: Runtime[] = [];

  afterEach(() => {
    say(undefined);
    for (const one of [runtime, ...others]) one.close();
    others.length = 0;
  });

  function makePool(target: Runtime = runtime): BufferPool {
    return target.pool('placed', { blockSize: SIZE, maxBytes: 16 * MiB, drain: { on: 'manual' }, decayMs: 60_000 });
  }

  function begin(placement?: unknown): void {
    say(placement);
    runtime = makeRuntime(kernel, { maxBytes: 64 * MiB, maxProcessors: 8 });
  }

  /** The pool as another processor sees it, whose thread is somewhere else. */
  function poolElsewhere(placement: unknown): BufferPool {
    say(placement);
    const copy = copies[others.length] as (typeof copies)[number];
    const other = copy.attachRuntime(runtime.token) as unknown as Runtime;
    others.push(other);
    return makePool(other);
  }

  function placesIn(pool: BufferPool) {
    return pool.stats().classes[0]?.processors.map(({ place }) => place);
  }

  function lease(pool: BufferPool, count: number): PooledBuffer[] {
    return Array.from({ length: count }, () => pool.get());
  }

  /** Leaves blocks in the processor's deque: what its magazine does not keep. */
  function fill(pool: BufferPool): void {
    for (const buffer of lease(pool, 32)) pool.put(buffer);
    expect(pool.stats().totals.retained).toBeGreaterThan(0);
  }

  test('the row of a thread says where it runs, from its attach on', () => {
    begin(on(2, 0));
    const pool = makePool();
    pool.put(pool.get());
    expect(placesIn(pool)).toEqual([{ cpu: 2, llc: 0, node: 0 }]);
  });

  test('a thread that nobody has placed has no place, and steals as it did', () => {
    begin();
    const pool = makePool();
    const other = poolElsewhere(undefined);
    fill(other);
    pool.put(pool.get());
    expect(placesIn(pool)).toEqual([undefined, undefined]);
    const { stolenBlocks, stolenByDistance } = pool.stats().totals;
    expect(stolenBlocks).toBeGreaterThan(0);
    expect(stolenByDistance).toEqual({
      cpu: 0,
      smt: 0,
      cluster: 0,
      llc: 0,
      node: 0,
      remote: 0,
      unplaced: stolenBlocks,
    });
  });

  test.each([
    ['a string', 'CPU 2'],
    ['null', null],
    ['a function', () => 2],
    ['no CPU', { llc: 0, node: 0, distances }],
    ['a CPU below 0', { ...on(-1, 0) }],
    ['a CPU that is no integer', { ...on(0.5, 0) }],
    ['a CPU that no word holds', { ...on(2 ** 31, 0) }],
    ['a node that is not a number', { ...on(1, 0), node: '0' }],
    ['no distances', { ...on(1, 0), distances: undefined }],
  ])('%s is no placement', (_, nonsense) => {
    begin(nonsense);
    const pool = makePool();
    pool.put(pool.get());
    expect(placesIn(pool)).toEqual([undefined]);
  });

  test('distances that are no numbers are as unknown as none', () => {
    begin({ ...on(0, 0), distances: { 1: 'near', 2: Number.NaN, 3: -1 } });
    const pool = makePool();
    fill(poolElsewhere(on(1, 0)));
    pool.get();
    expect(pool.stats().totals.stolenByDistance.unplaced).toBeGreaterThan(0);
  });

  test('a thread that is placed anew says so, and one that has left hears no more of it', () => {
    begin(on(2, 0));
    const pool = makePool();
    pool.put(pool.get());
    say(on(4, 1));
    changed.publish(undefined);
    expect(placesIn(pool)).toEqual([{ cpu: 4, llc: 0, node: 1 }]);
    say(undefined);
    changed.publish(undefined);
    expect(placesIn(pool)).toEqual([undefined]);
    runtime.leave();
    expect(changed.hasSubscribers).toBe(false);
  });

  test.each<[DrainOptions, (pool: BufferPool) => void]>([
    [{ on: 'manual' }, (pool) => pool.drain()],
    [{ on: 'interval', everyMs: 1 }, () => {}],
  ])('with drain %j, whoever pins the thread is asked at the end of an epoch where it is', async (drain, end) => {
    begin();
    const pool = runtime.pool('placed', { blockSize: SIZE, maxBytes: MiB, drain });
    await new Promise((resolve) => {
      subscribe(RENEW, resolve);
      onTestFinished(() => void unsubscribe(RENEW, resolve));
      end(pool);
    });
  });

  test('a row that an unplaced thread gets has no place any more', () => {
    begin(on(2, 0));
    makePool().put(makePool().get());
    const other = poolElsewhere(on(3, 0));
    runtime.leave();
    say(undefined);
    const again = copies[1]?.attachRuntime(runtime.token) as unknown as Runtime;
    expect(placesIn(makePool(again))).not.toContainEqual({ cpu: 2, llc: 0, node: 0 });
    expect(other.stats().totals.gets).toBe(1);
    again.close();
  });

  test('blocks come from the nearest first, and are counted by their distance', () => {
    begin(on(0, 0));
    const pool = makePool();
    const siblings = [poolElsewhere(on(4, 1)), poolElsewhere(on(3, 0)), poolElsewhere(on(2, 0))];
    // All lease before any puts, or they would steal from each other.
    const leased = siblings.map((sibling) => lease(sibling, 32));
    for (const [i, sibling] of siblings.entries()) for (const buffer of leased[i] ?? []) sibling.put(buffer);
    const order: string[] = [];
    let before = pool.stats().totals.stolenByDistance;
    const { freshBlocks } = pool.stats().totals;
    while (pool.stats().totals.freshBlocks === freshBlocks) {
      pool.get();
      const now = pool.stats().totals.stolenByDistance;
      for (const key of Object.keys(now) as (keyof typeof now)[]) if (now[key] > before[key]) order.push(key);
      before = now;
    }
    expect([...new Set(order)]).toEqual(['llc', 'node', 'remote']);
    expect(order).toEqual([...order].sort());
  });

  test('threads of two nodes cut and take from slabs of their own', () => {
    begin(on(0, 0));
    const pool = makePool();
    const mine = lease(pool, 8);
    const other = poolElsewhere(on(4, 1));
    const theirs = lease(other, 8);
    const slabOf = (buffer: PooledBuffer) => Math.floor(buffer.byteOffset / SLAB_BYTES) + 1;
    const [own, foreign] = [new Set(mine.map(slabOf)), new Set(theirs.map(slabOf))];
    expect([own.size, foreign.size]).toEqual([1, 1]);
    expect([...own]).not.toEqual([...foreign]);
    const bound = kernelOf(runtime.token);
    const nodes = [...own, ...foreign].map((slab) => bound.loadShared(bound.slabAt(slab) + S_NODE) - 1);
    expect(nodes).toEqual([0, 1]);
    // Home, and taken again: each from where it came.
    for (const buffer of mine) pool.put(buffer);
    for (const buffer of theirs) other.put(buffer);
    for (let i = 0; i < 2; i++) {
      pool.drain();
      other.drain();
    }
    expect(new Set(lease(other, 8).map(slabOf))).toEqual(foreign);
    expect(new Set(lease(pool, 8).map(slabOf))).toEqual(own);
  });

  test('a thread that is placed on another node leaves the slab that it was cutting, and cuts one of that', () => {
    begin(on(0, 0));
    const pool = makePool();
    // One batch: the slab has room left.
    const before = lease(pool, 1);
    say(on(4, 1));
    changed.publish(undefined);
    const bound = kernelOf(runtime.token);
    const nodeOf = ({ byteOffset }: PooledBuffer) =>
      bound.loadShared(bound.slabAt(Math.floor(byteOffset / SLAB_BYTES) + 1) + S_NODE) - 1;
    const fresh = () => pool.stats().totals.freshBlocks;
    for (const begun = fresh(); fresh() === begun; ) before.push(pool.get());
    const cutThen = [before.pop() as PooledBuffer, ...lease(pool, 1)];
    expect(before.map(nodeOf)).toEqual(before.map(() => 0));
    expect(cutThen.map(nodeOf)).toEqual([1, 1]);
  });

  test('threads of many nodes get every block that the pool may have, and no more', () => {
    begin();
    const all = new Simulated(kernel, 12);
    for (let i = 0; i < 12; i++) all.place(i, { cpu: i, llc: i, node: i, distances: {} });
    let cut = 0;
    for (let i = 0, misses = 0; misses < 12; i = (i + 1) % 12) {
      const got = all.cut(i, 5);
      cut += got;
      misses = got === 0 ? misses + 1 : 0;
    }
    all.close();
    expect(cut).toBe(Simulated.BLOCKS);
  });
});

describe('data memory of a thread that has other nodes beside it', () => {
  afterEach(() => say(undefined));

  /** Whether the system was asked for no huge pages in the memory, which makes it a mapping of its own, with the flag `nh`. */
  function isKeptSmall(data: SharedArrayBuffer): boolean {
    new Uint8Array(data)[0] = 1;
    const mappings = readFileSync('/proc/self/smaps', 'latin1').split(/^(?=[\da-f]+-[\da-f]+ )/m);
    const mapped = mappings.filter((one) => Number(/^Size: +(\d+)/m.exec(one)?.[1]) * KiB === data.byteLength);
    return mapped.some((one) => /^VmFlags:.* nh\b/m.test(one));
  }

  test.runIf(canReturnPages().can).each([
    [{ 0: 0, 4: 20 }, true],
    [{ 0: 0, 3: 4 }, false],
  ])('is kept in small pages with distances %j: %s', (apart, isSmall) => {
    say({ ...on(0, 0), distances: apart });
    // A length that no other memory of this process has.
    const runtime = makeRuntime('wasm', { maxBytes: (isSmall ? 41 : 37) * MiB });
    expect(isKeptSmall(runtime.token.data)).toBe(isSmall);
    runtime.close();
  });

  test.runIf(canReturnPages().can)('is asked for by one thread, and koffi is loaded by no other', async () => {
    const placement = { ...on(0, 0), distances: { 0: 0, 4: 20 } };
    say(placement);
    const runtime = makeRuntime('wasm', { maxBytes: 8 * MiB, maxProcessors: 2 });
    const source = `
      globalThis[Symbol.for('@syncpool/placement')] = ${JSON.stringify(placement)};
      import(${JSON.stringify(import.meta.resolve('@syncpool/core'))}).then(({ attachRuntime }) => {
        const runtime = attachRuntime(${JSON.stringify(runtime.name)});
        const isPlaced = runtime.pool('p', { blockSize: 4096, maxBytes: 2 ** 20 }).get().length > 0;
        const loaded = Object.keys(require.cache).filter((file) => file.includes('koffi'));
        require('node:worker_threads').parentPort.postMessage({ isPlaced, loaded });
      });`;
    const worker = new Worker(source, { eval: true, execArgv: [] });
    const [[seen]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    expect(seen).toEqual({ isPlaced: true, loaded: [] });
    runtime.close();
  });
});
