// Random calls by several threads, one after another, against a plain model. The threads are copies of the
// package in one JavaScript thread, each with a row of its own: deterministic, so that a failure shrinks.

import { type BufferPool, KiB, MiB, type PoolOptions } from '@syncpool/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { footprint } from '../src/options.ts';
import { type Backend, BACKENDS, makeRuntime } from './support/crew.ts';
import {
  type Actor,
  choose,
  emptyModel,
  expectAgreement,
  expectContents,
  expectExhausted,
  lease,
} from './support/model.ts';
import type { Held, Model, Real, Sent } from './support/model.ts';
import { importStranger } from './support/package-copy.ts';
import { announceSeed } from './support/prng.ts';

const RUNS = process.env.SYNCPOOL_DEEP === '1' ? 300 : 25;
const MOST_COMMANDS = 80;
const ACTORS = 3;
const seed = announceSeed('property');
const strangers = await Promise.all(Array.from({ length: ACTORS }, importStranger));

type Command = fc.Command<Model, Real>;

/** A command on the pool `pool` of thread `actor`; the model and the memory agree after each. */
function command(name: string, check: (model: Model) => boolean, run: (model: Model, real: Real) => void): Command {
  return {
    check,
    run: (model, real) => {
      run(model, real);
      expectAgreement(model, real);
    },
    toString: () => name,
  };
}

function poolOf(real: Real, actor: number, pool: number): BufferPool {
  return (real.actors[actor] as Actor).pools[pool] as BufferPool;
}

function expectCode(code: string, what: () => unknown): void {
  expect(what).toThrow(expect.objectContaining({ code: `ERR_SYNCPOOL_${code}` }));
}

const actors = fc.nat(ACTORS - 1);
const pools = fc.nat(1);
const which = fc.nat(1000);

const get = fc.tuple(actors, pools, which).map(([actor, pool, n]) =>
  command(
    `get(${actor}, ${pool}, ${n})`,
    () => true,
    (model, real) => {
      const target = poolOf(real, actor, pool);
      const size = choose(target.sizes, n);
      // Any length up to the class's size is served by that class.
      const asked = size - (n % 200);
      try {
        const buffer = target.get(asked);
        expect(buffer).toHaveLength(size);
        expect(buffer.usedLength).toBe(size);
        lease(model, actor, pool, buffer);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ERR_SYNCPOOL_EXHAUSTED') throw error;
        expectExhausted(real, actor, pool, size);
      }
    },
  ),
);

function forget<T>(list: T[], item: T): void {
  list.splice(list.indexOf(item), 1);
}

const put = which.map((n) =>
  command(
    `put(${n})`,
    (model) => model.held.length > 0,
    (model, real) => {
      const one = choose(model.held, n);
      expectContents(one);
      poolOf(real, one.actor, one.pool).put(one.buffer);
      forget(model.held, one);
      model.put.push(one);
    },
  ),
);

const putAgain = which.map((n) =>
  command(
    `put again(${n})`,
    (model) => model.put.length > 0,
    (model, real) => {
      const one = choose(model.put, n);
      expectCode('DOUBLE_PUT', () => poolOf(real, one.actor, one.pool).put(one.buffer));
      expectCode('DOUBLE_PUT', () => poolOf(real, one.actor, one.pool).detach(one.buffer));
    },
  ),
);

const putElsewhere = fc.tuple(which, actors, pools).map(([n, actor, pool]) => {
  const isElsewhere = (one: Held) => one.actor !== actor || one.pool !== pool;
  return command(
    `put elsewhere(${n}, ${actor}, ${pool})`,
    (model) => model.held.some(isElsewhere),
    (model, real) => {
      const one = choose(model.held.filter(isElsewhere), n);
      expectCode('FOREIGN_BUFFER', () => poolOf(real, actor, pool).put(one.buffer));
      expectCode('FOREIGN_BUFFER', () =>
        poolOf(real, one.actor, one.pool).put(one.buffer.subarray() as Held['buffer']),
      );
    },
  );
});

const detach = which.map((n) =>
  command(
    `detach(${n})`,
    (model) => model.held.length > 0,
    (model, real) => {
      const one = choose(model.held, n);
      const { byteOffset, length } = one.buffer;
      expectContents(one);
      const used = n % (length + 1);
      const pool = poolOf(real, one.actor, one.pool);
      expectCode('INVALID_OPTION', () => pool.detach(one.buffer, length + 1));
      const message = pool.detach(one.buffer, used);
      expectCode('NOT_HELD', () => pool.put(one.buffer));
      forget(model.held, one);
      model.sent.push({ pool: one.pool, message, byteOffset, length, used, fill: one.fill });
    },
  ),
);

const adopt = fc.tuple(which, actors).map(([n, actor]) =>
  command(
    `adopt(${n}, ${actor})`,
    (model) => model.sent.length > 0,
    (model, real) => {
      const one = choose(model.sent, n);
      expectCode('POOL_MISMATCH', () => poolOf(real, actor, 1 - one.pool).adopt(one.message));
      const buffer = poolOf(real, actor, one.pool).adopt(one.message);
      expect([buffer.byteOffset, buffer.length, buffer.usedLength]).toEqual([one.byteOffset, one.length, one.used]);
      expectContents({ buffer, fill: one.fill });
      end(model, one);
      lease(model, actor, one.pool, buffer);
    },
  ),
);

const discard = fc.tuple(which, actors).map(([n, actor]) =>
  command(
    `discard(${n}, ${actor})`,
    (model) => model.sent.length > 0,
    (model, real) => {
      const one = choose(model.sent, n);
      expect(poolOf(real, actor, one.pool).discard(one.message)).toBe(true);
      end(model, one);
    },
  ),
);

function end(model: Model, one: Sent): void {
  forget(model.sent, one);
  model.dead.push(one);
}

const adoptLate = fc.tuple(which, actors).map(([n, actor]) =>
  command(
    `adopt too late(${n}, ${actor})`,
    (model) => model.dead.length > 0,
    (model, real) => {
      const one = choose(model.dead, n);
      const pool = poolOf(real, actor, one.pool);
      expectCode('STALE_HANDLE', () => pool.adopt(one.message));
      expect(pool.tryAdopt(one.message)).toBeUndefined();
      expect(pool.discard(one.message)).toBe(false);
    },
  ),
);

const leave = actors.map((actor) =>
  command(
    `leave(${actor})`,
    (model) => model.held.every((one) => one.actor !== actor),
    (model, real) => {
      const it = real.actors[actor] as Actor;
      const [gone] = it.pools as [BufferPool];
      it.runtime.leave();
      expectCode('CLOSED', () => gone.get(gone.sizes[0]));
      it.runtime = it.attach();
      it.pools = openPools(it);
      model.put = model.put.filter((one) => one.actor !== actor);
    },
  ),
);

const prewarm = fc.tuple(actors, which).map(([actor, n]) =>
  command(
    `prewarm(${actor}, ${n})`,
    () => true,
    (model, real) => {
      const pool = poolOf(real, actor, 1);
      const blocks = Math.floor(pool.maxBytes / footprint(pool.sizes[0] as number));
      const count = n % (blocks + 1);
      const taken = [...model.held, ...model.sent].filter((one) => one.pool === 1).length;
      try {
        pool.prewarm(1, count);
        expect(count + taken).toBeLessThanOrEqual(blocks);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ERR_SYNCPOOL_EXHAUSTED') throw error;
        const stashed = pool.stats().totals.stashed;
        expect(count + taken + stashed).toBeGreaterThan(blocks);
      }
    },
  ),
);

const SHAPES: readonly (readonly [PoolOptions, PoolOptions])[] = [
  // No magazine at all, or of one block; two sizes that take slabs from each other.
  [
    { sizes: [1 * KiB, 4 * KiB], maxBytes: 16 * KiB },
    { blockSize: 2 * KiB, maxBytes: 8 * KiB },
  ],
  // Magazines of several blocks, and one block that does not divide a slab.
  [
    { sizes: [1 * KiB, 100 * KiB], maxBytes: 256 * KiB },
    { blockSize: 300, maxBytes: 64 * 320 },
  ],
  // Leases that are watched: other views, the same rules.
  [
    { sizes: [1 * KiB, 4 * KiB], maxBytes: 64 * KiB, debug: true },
    { blockSize: 2 * KiB, maxBytes: 32 * KiB, debug: { oneIn: 2 } },
  ],
];
const NAMES = ['two sizes', 'one size'] as const;
let shape = SHAPES[0] as (typeof SHAPES)[number];

function openPools({ runtime }: Pick<Actor, 'runtime'>): BufferPool[] {
  return NAMES.map((name, i) => runtime.pool(name, shape[i] as PoolOptions));
}

function setup(kernel: Backend): { model: Model; real: Real; close: () => void } {
  const creator = makeRuntime(kernel, { maxBytes: MiB, maxProcessors: ACTORS, maxClasses: 3 });
  const { token } = creator;
  // Its place is for one of the actors.
  creator.leave();
  const made = strangers.map(({ attachRuntime }): Actor => {
    const runtime = attachRuntime(token);
    return { runtime, pools: openPools({ runtime }), attach: () => attachRuntime(token) };
  });
  return { model: emptyModel(), real: { actors: made }, close: () => (made[0] as Actor).runtime.close() };
}

const commands = fc.commands(
  [get, get, get, put, put, putAgain, putElsewhere, detach, adopt, discard, adoptLate, leave, prewarm],
  {
    maxCommands: MOST_COMMANDS,
    size: 'max',
  },
);

for (const kernel of BACKENDS) {
  test.each(SHAPES)(`random calls do what the model says (${kernel}, %o and %o)`, (...options) => {
    shape = options;
    fc.assert(
      fc.property(commands, (list) => {
        const { model, real, close } = setup(kernel);
        try {
          fc.modelRun(() => ({ model, real }), list);
        } finally {
          close();
        }
      }),
      // Shrinking a long failure takes minutes; what it has come to by then is short enough.
      { seed: seed | 0, numRuns: RUNS, interruptAfterTimeLimit: 90_000 },
    );
  });
}
