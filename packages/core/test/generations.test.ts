// A block's generation only goes up and has 29 bits. When they are used up, detach sends the contents in
// another block; a handle given before never comes alive again.

import { KiB, MiB, type BufferPool, type PooledBuffer, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BLOCKS_PER_SLAB, L_GENERATION, SLAB_BYTES } from '../src/kernel/layout.ts';
import { LAST_GENERATION } from '../src/kernel/line.ts';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { censusOf, kernelOf, violations } from './support/invariants.ts';

const SIZE = 4 * KiB;
const BLOCKS = 4;

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  let pool: BufferPool;

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: MiB, maxProcessors: 1, maxClasses: 2 });
    pool = runtime.pool('bodies', { blockSize: SIZE, maxBytes: BLOCKS * SIZE });
  });
  afterEach(() => runtime.close());

  /** Lets the buffer's block have `left` more detaches. */
  function age(buffer: PooledBuffer, left: number): void {
    const slab = Math.floor(buffer.byteOffset / SLAB_BYTES) + 1;
    const block = slab * BLOCKS_PER_SLAB + (buffer.byteOffset % SLAB_BYTES) / SIZE;
    const words = kernelOf(runtime.token);
    words.storePlain(words.lineAt(block) + L_GENERATION, LAST_GENERATION - left);
  }

  /** Leases all blocks: `spent` of them have no generation left. */
  function leaseAged(spent: number): PooledBuffer[] {
    const all = Array.from({ length: BLOCKS }, () => pool.get());
    for (const buffer of all.slice(0, spent)) age(buffer, 0);
    return all;
  }

  test('the last generation is still a handle of its own', () => {
    const buffer = pool.get();
    age(buffer, 1);
    const { byteOffset } = buffer;
    const message = pool.detach(buffer, 5);
    expect(Number.isSafeInteger(message)).toBe(true);
    const adopted = pool.adopt(message);
    expect(adopted.byteOffset).toBe(byteOffset);
    expect(adopted.usedLength).toBe(5);
  });

  test('a block without a generation left sends a copy in another block, and old handles stay dead', () => {
    const buffer = pool.get();
    age(buffer, 2);
    let current = buffer;
    const old: number[] = [];
    for (let i = 0; i < 50; i++) {
      current.fill(i);
      const message = pool.detach(current, i) as number;
      for (const dead of old) expect(pool.tryAdopt(dead)).toBeUndefined();
      old.push(message);
      current = pool.adopt(message);
      expect(current.usedLength).toBe(i);
      expect(current.every((byte) => byte === i)).toBe(true);
    }
    expect(new Set(old).size).toBe(50);
    expect(pool.stats().totals).toMatchObject({ leased: 1 });
    pool.put(current);
    // The block without a generation is as good as any for getting and putting.
    const all = Array.from({ length: BLOCKS }, () => pool.get());
    expect(new Set(all.map((one) => one.byteOffset)).size).toBe(BLOCKS);
    expect(violations(runtime.token)).toEqual([]);
  });

  test('the buffer that was detached by a copy is put, and may not be put again', () => {
    const [buffer, ...others] = leaseAged(1) as [PooledBuffer, ...PooledBuffer[]];
    for (const other of others) pool.put(other);
    const message = pool.detach(buffer, 1);
    expect(() => pool.put(buffer)).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_DOUBLE_PUT' }));
    expect(pool.discard(message)).toBe(true);
  });

  test('under debug the copy is no write after a put', () => {
    const watched = runtime.pool('watched', { blockSize: SIZE, maxBytes: BLOCKS * SIZE, debug: true });
    const [buffer, ...others] = Array.from({ length: BLOCKS }, () => watched.get()) as [
      PooledBuffer,
      ...PooledBuffer[],
    ];
    age(buffer, 0);
    for (const other of others) watched.put(other);
    const adopted = watched.adopt(watched.detach(buffer.fill(1)));
    expect(adopted.every((byte) => byte === 1)).toBe(true);
    expect(watched.stats().totals.writesAfterPut).toBe(0);
    watched.put(adopted);
  });

  test('a detach that needs another block and finds none is refused, and the buffer stays leased', () => {
    const [buffer] = leaseAged(1) as [PooledBuffer];
    buffer.fill(9);
    expect(() => pool.detach(buffer)).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED' }));
    expect(buffer.every((byte) => byte === 9)).toBe(true);
    expect(pool.stats().totals.leased).toBe(BLOCKS);
    pool.put(buffer);
  });

  test('detach finds a block that has a generation left among those that have none', () => {
    const all = leaseAged(BLOCKS - 1) as [PooledBuffer, ...PooledBuffer[]];
    const [buffer, ...others] = all;
    buffer.fill(3);
    for (const other of others.reverse()) pool.put(other);
    const adopted = pool.adopt(pool.detach(buffer, 2));
    expect(adopted.usedLength).toBe(2);
    expect(adopted.every((byte) => byte === 3)).toBe(true);
    expect(pool.stats().totals.leased).toBe(1);
    expect(violations(runtime.token)).toEqual([]);
  });

  test('when no block has a generation left, detach is refused, and nothing is lost', () => {
    const [buffer, ...others] = leaseAged(BLOCKS) as [PooledBuffer, ...PooledBuffer[]];
    buffer.fill(3);
    for (const other of others) pool.put(other);
    expect(() => pool.detach(buffer)).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED' }));
    expect(buffer.every((byte) => byte === 3)).toBe(true);
    expect(pool.stats().totals.leased).toBe(1);
    expect(censusOf(runtime.token).reduce((sum, one) => sum + one.detached, 0)).toBe(0);
    pool.put(buffer);
    expect(Array.from({ length: BLOCKS }, () => pool.get())).toHaveLength(BLOCKS);
    expect(violations(runtime.token)).toEqual([]);
  });
});
