// Leased buffers that the program lets go of without a put.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type BufferPool, KiB, MiB, type PooledBuffer, type PoolOptions, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DROPPED } from '../src/counters.ts';
import { collectAll, collectUntil } from './support/collect.ts';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { localMagazine } from './support/local-pool.ts';
import { gatherWarnings } from './support/warnings.ts';

const SIZE = 4 * KiB;

/** The two ends of a connection on loopback. */
async function connected(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const accepted = once(server, 'connection');
  const writer = connect(port, '127.0.0.1');
  const [reader] = (await accepted) as [Socket];
  server.close();
  return [reader, writer];
}

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  let gathered: ReturnType<typeof gatherWarnings>;

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 8 * MiB, maxProcessors: 2 });
    gathered = gatherWarnings();
  });
  afterEach(() => {
    gathered.stop();
    if (!runtime.closed) runtime.close();
  });

  function makePool(options: Partial<PoolOptions> = {}): BufferPool {
    return runtime.pool('dropped', { blockSize: SIZE, maxBytes: 16 * SIZE, ...options });
  }

  /** In a frame of its own, which leaves no reference behind. */
  function drop(pool: BufferPool, count: number): void {
    for (let i = 0; i < count; i++) pool.get();
  }

  const dropped = (pool: BufferPool) => pool.stats().totals.dropped;

  test('they are counted, and reported once', async () => {
    const pool = makePool();
    drop(pool, 5);
    expect(await collectUntil(() => dropped(pool) === 5)).toBe(true);
    expect(pool.stats().totals).toMatchObject({ leased: 5, lost: 0 });
    expect(gathered.warnings.map(({ code }) => code)).toEqual(['SYNCPOOL_DROPPED']);
    expect(gathered.warnings[0]?.message).toContain('"dropped"');
  });

  test('with onDrop: takeBack their blocks can be had again', async () => {
    const pool = makePool({ onDrop: 'takeBack' });
    for (let round = 1; round <= 3; round++) {
      drop(pool, 16);
      expect(() => pool.get()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED' }));
      expect(await collectUntil(() => dropped(pool) === 16 * round)).toBe(true);
      expect(pool.stats().totals).toMatchObject({ leased: 0, lost: 16 * round });
    }
    const leased = Array.from({ length: 16 }, () => pool.get());
    expect(new Set(leased.map((buffer) => buffer.byteOffset)).size).toBe(16);
    for (const buffer of leased) pool.put(buffer);
    expect(runtime.audit()).toMatchObject({ unaccounted: 0 });
  });

  test('under debug each is reported with the stack of its lease', async () => {
    const pool = makePool({ debug: true });
    function forgetsHere(): void {
      pool.get();
    }
    forgetsHere();
    forgetsHere();
    expect(await collectUntil(() => dropped(pool) === 2)).toBe(true);
    expect(gathered.warnings).toHaveLength(2);
    for (const { detail } of gathered.warnings) expect(detail).toMatch(/Leased at\n.*forgetsHere/);
  });

  test('a buffer that was leased in a method of the object that holds it is found too, under debug and without', async () => {
    class Connection {
      body: PooledBuffer | undefined;
      open(pool: BufferPool): void {
        this.body = pool.get();
      }
    }
    for (const debug of [false, true]) {
      const pool = runtime.pool(`debug ${debug}`, { blockSize: SIZE, maxBytes: 16 * SIZE, debug });
      (() => new Connection().open(pool))();
      expect(await collectUntil(() => dropped(pool) === 1)).toBe(true);
    }
  });

  test('a sub-array keeps its buffer', async () => {
    const pool = makePool({ onDrop: 'takeBack' });
    const part = pool.get().subarray(10, 20);
    await collectAll();
    expect(dropped(pool)).toBe(0);
    expect(part.length).toBe(10);
  });

  test('a write under way keeps its buffer until it has ended', async () => {
    const [reader, writer] = await connected();
    // More than the sockets' buffers take: the write cannot end before the other side reads.
    const big = runtime.pool('big', { blockSize: 4 * MiB, maxBytes: 4 * MiB, onDrop: 'takeBack' });
    let isWritten = false;
    writer.write(big.get(), () => {
      isWritten = true;
    });
    await collectAll();
    expect([isWritten, dropped(big)]).toEqual([false, 0]);
    reader.resume();
    expect(await collectUntil(() => dropped(big) === 1)).toBe(true);
    expect(isWritten).toBe(true);
    writer.destroy();
    reader.destroy();
  });

  test('what is put, detached, stolen from a cache too small for it, or of a closed runtime was not dropped', async () => {
    // More blocks than the cache has places.
    const blocks = 4096;
    const pool = runtime.pool('many', { blockSize: 256, maxBytes: blocks * 256 });
    function useAll(): void {
      const leased: PooledBuffer[] = Array.from({ length: blocks }, () => pool.get());
      for (const buffer of leased.splice(0, 100)) pool.discard(pool.detach(buffer));
      for (const buffer of leased) pool.put(buffer);
    }
    for (let round = 0; round < 3; round++) {
      useAll();
      await collectAll();
    }
    expect(pool.stats().totals).toMatchObject({ dropped: 0, leased: 0 });
    drop(pool, 1);
    runtime.close();
    await collectAll();
    expect(gathered.warnings).toEqual([]);
  });

  test("nor was a block that another pool has leased since, whose slab was this one's before", async () => {
    const large = makeRuntime(kernel, { maxBytes: 64 * MiB, maxProcessors: 2 });
    // So few blocks that views of the first slab and of the 17th have the same places in the cache.
    const options = { decayMs: 0, drain: { on: 'manual' } } as const;
    const first = large.pool('first', { blockSize: 64 * KiB, maxBytes: MiB, onDrop: 'takeBack', ...options });
    const next = large.pool('next', { blockSize: 32 * KiB, maxBytes: 24 * MiB, ...options });
    function useAll(): number {
      const leased = Array.from({ length: 16 }, () => first.get());
      for (const buffer of leased) first.put(buffer);
      for (let epoch = 0; epoch < 3; epoch++) first.drain();
      return (leased[0] as PooledBuffer).byteOffset / MiB;
    }
    expect(useAll()).toBe(0);
    const leased = Array.from({ length: 16 * 32 }, () => next.get());
    expect(useAll()).toBe(16);
    await collectAll();
    expect(first.stats().totals).toMatchObject({ dropped: 0, lost: 0, leased: 0 });
    expect(large.audit()).toMatchObject({ owned: next.stats().totals.leased + next.stats().totals.stashed });
    expect(new Set(leased.map((buffer) => buffer.byteOffset)).size).toBe(leased.length);
    expect(gathered.warnings).toEqual([]);
    large.close();
  });
});

test('the end of a view that a cut has lost says nothing of its block, which has another view by now', async () => {
  const magazine = localMagazine(SIZE);
  const { processor } = magazine;
  expect(processor.kernel.acquireBatch(processor.row, magazine.cls, 1, 1)).toBe(1);
  const block = processor.words[processor.stageAt] as number;
  // A load that is cut has made a view for the staged block, and the next slow path sends the block on its way.
  (() => magazine.freshView(block))();
  magazine.load(0);
  const view = magazine.lease();
  await collectAll();
  expect(magazine.tally[DROPPED]).toBe(0);
  expect(view.length).toBe(SIZE);
});
