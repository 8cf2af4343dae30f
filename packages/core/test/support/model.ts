// The plain model of a pool that property.test.ts compares the real one with: who holds what, which
// messages are under way, and what every block in somebody's hands contains.

import type { BufferPool, Message, PooledBuffer, Runtime } from '@syncpool/core';
import { expect } from 'vitest';
import { footprint } from '../../src/options.ts';
import { type Census, censusOf, violations } from './invariants.ts';

/** One simulated thread: a copy of the package with a row of its own. */
export interface Actor {
  runtime: Runtime;
  pools: BufferPool[];
  readonly attach: () => Runtime;
}

export interface Held {
  readonly actor: number;
  readonly pool: number;
  readonly buffer: PooledBuffer;
  readonly fill: number;
}

export interface Sent {
  readonly pool: number;
  readonly message: Message;
  readonly byteOffset: number;
  readonly length: number;
  readonly used: number;
  readonly fill: number;
}

export interface Model {
  held: Held[];
  sent: Sent[];
  /** Messages that were adopted or discarded. */
  dead: { readonly pool: number; readonly message: Message }[];
  /** Buffers that were put and not leased since, by anybody. */
  put: Held[];
  /** What the next lease is filled with. */
  nextFill: number;
}

export interface Real {
  readonly actors: Actor[];
}

export function emptyModel(): Model {
  return { held: [], sent: [], dead: [], put: [], nextFill: 1 };
}

/** The item that a random number stands for. */
export function choose<T>(items: readonly T[], which: number): T {
  return items[which % items.length] as T;
}

export function expectContents({ buffer, fill }: Pick<Held, 'buffer' | 'fill'>): void {
  expect(buffer.every((byte) => byte === fill)).toBe(true);
}

/** Books a buffer that has just come: it overlaps nothing that anybody has. */
export function lease(model: Model, actor: number, pool: number, buffer: PooledBuffer): void {
  const end = buffer.byteOffset + buffer.length;
  const taken = [...model.held.map((one) => one.buffer), ...model.sent];
  const overlapping = taken.filter((one) => one.byteOffset < end && buffer.byteOffset < one.byteOffset + one.length);
  expect(overlapping).toEqual([]);
  const fill = model.nextFill;
  model.nextFill = (fill % 255) + 1;
  buffer.fill(fill);
  model.put = model.put.filter((one) => one.buffer !== buffer);
  model.held.push({ actor, pool, buffer, fill });
}

/** What the words of control memory, the counters and the model say agree, and no limit is passed. */
export function expectAgreement(model: Model, real: Real): void {
  const { runtime, pools } = real.actors[0] as Actor;
  const census = censusOf(runtime.token);
  let firstClass = 0;
  pools.forEach((pool, i) => {
    const stats = pool.stats();
    pool.sizes.forEach((size, j) => {
      const at = census[firstClass + j] as Census;
      const counts = stats.classes[j] as (typeof stats.classes)[number];
      const held = model.held.filter((one) => one.pool === i && one.buffer.length === size).length;
      const sent = model.sent.filter((one) => one.pool === i && one.length === size).length;
      expect({ leased: counts.leased, detached: counts.detached, retained: counts.retained }).toEqual({
        leased: held,
        detached: sent,
        retained: at.deque,
      });
      expect(at).toMatchObject({ owned: held + counts.stashed, detached: sent });
    });
    firstClass += pool.sizes.length;
    expect(stats.cutBytes).toBeLessThanOrEqual(pool.maxBytes);
    expect(stats.reservedBytes).toBe(stats.cutBytes);
  });
  expect(violations(runtime.token)).toEqual([]);
}

/** After a get that was refused: indeed no block of the class can be had, but from other threads' magazines. */
export function expectExhausted(real: Real, actor: number, pool: number, size: number): void {
  const { runtime, pools } = real.actors[actor] as Actor;
  const mine = pools[pool] as BufferPool;
  const before = pools.slice(0, pool).reduce((sum, one) => sum + one.sizes.length, 0);
  const census = censusOf(runtime.token);
  const { cutBytes, maxBytes } = mine.stats();
  expect(maxBytes - cutBytes).toBeLessThan(footprint(size));
  mine.sizes.forEach((one, j) => {
    const at = census[before + j] as Census;
    if (one === size) expect(at).toMatchObject({ home: 0, deque: 0 });
    // A sibling class that nobody has a block of would have had to give its slabs.
    else if (at.home + at.deque > 0) expect(at.owned + at.detached).toBeGreaterThan(0);
  });
}
