// Buffers that go from thread to thread, and threads that come and go: their places, their blocks, their messages.

import { createRuntime, type KernelName, KiB, type Message, type Runtime } from '@syncpool/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type Answer, type Attached, POOL, type Received } from './support/commands.ts';
import { pattern } from './support/pattern.ts';
import { Remote } from './support/remote.ts';

const KERNELS: KernelName[] = ['wasm', 'atomics'];
const BLOCKS = 256;

let runtime: Runtime;
const remotes: Remote[] = [];

afterEach(async () => {
  await Promise.all(remotes.splice(0).map((remote) => remote.end()));
  runtime.close();
});

/** A worker that has attached, until the test ends. */
async function start(): Promise<{ remote: Remote; threadId: number }> {
  const remote = new Remote();
  remotes.push(remote);
  const { threadId } = await remote.get<Attached>({ kind: 'attach' });
  return { remote, threadId };
}

const from = 'default';
const refused = (code: string): Answer => ({ code: `ERR_SYNCPOOL_${code}` });

/** Rows that have used the pool: by thread, -1 for a row that nobody has now. */
const threads = () =>
  runtime
    .pool(POOL)
    .stats()
    .classes[0]?.processors.map((row) => row.thread);

describe.each(KERNELS)('with the %s kernel', (kernel) => {
  function make(maxProcessors: number): Runtime {
    runtime = createRuntime({ kernel, maxProcessors });
    runtime.pool(POOL, { blockSize: 4 * KiB, maxBytes: BLOCKS * 4 * KiB });
    return runtime;
  }

  test('what one thread detaches another adopts, with its contents and its used length, both ways', async () => {
    const pool = make(4).pool(POOL);
    const { remote } = await start();
    for (const [salt, usedLength] of [0, 1, 1000, 4095, 4096].entries()) {
      const mine = pool.get();
      mine.set(pattern(mine.length, salt));
      const message = pool.detach(mine, usedLength);
      expect(await remote.get<Received>({ kind: 'receive', from, salt, message })).toEqual({
        usedLength,
        isRight: true,
      });
      expect(pool.tryAdopt(message)).toBeUndefined();

      const sent = await remote.get<Message>({ kind: 'send', from, salt: salt + 100, usedLength });
      const theirs = pool.adopt(sent);
      expect(theirs.equals(pattern(4096, salt + 100))).toBe(true);
      expect(theirs.usedLength).toBe(usedLength);
      pool.put(theirs);
    }
    expect(pool.stats().totals).toMatchObject({ leased: 0, detaches: 10, adopts: 10 });
  });

  test('a buffer from the heap is handed over as its memory, both ways', async () => {
    runtime = createRuntime({ kernel });
    const pool = runtime.pool(POOL, { blockSize: 4096, maxBytes: 4096, onExhausted: 'heap' });
    const { remote } = await start();
    const only = pool.get();
    const spare = pool.get();
    spare.set(pattern(spare.length, 1));
    const message = pool.detach(spare, 9);
    expect(message).toBeInstanceOf(SharedArrayBuffer);
    expect(await remote.get({ kind: 'receive', from, salt: 1, message })).toEqual({ usedLength: 9, isRight: true });
    expect(await remote.get({ kind: 'receive', from, salt: 1, message })).toBeUndefined();
    const back = await remote.get<Message>({ kind: 'send', from, salt: 2, usedLength: 7 });
    expect(back).toBeInstanceOf(SharedArrayBuffer);
    const theirs = pool.adopt(back);
    expect([theirs.equals(pattern(4096, 2)), theirs.usedLength]).toEqual([true, 7]);
    for (const buffer of [theirs, only]) pool.put(buffer);
  });

  test('of several threads that are given one message exactly one adopts', async () => {
    const pool = make(8).pool(POOL);
    const receivers = await Promise.all([start(), start(), start()]);
    for (let salt = 0; salt < 50; salt++) {
      const mine = pool.get();
      mine.set(pattern(mine.length, salt));
      const message = pool.detach(mine, salt);
      const results = await Promise.all(
        receivers.map(({ remote }) => remote.get<Received | undefined>({ kind: 'receive', from, salt, message })),
      );
      expect(results.filter((one) => one !== undefined)).toEqual([{ usedLength: salt, isRight: true }]);
    }
  });

  test('a message outlives the thread that sent it', async () => {
    const pool = make(2).pool(POOL);
    const { remote } = await start();
    const message = await remote.get<Message>({ kind: 'send', from, salt: 5, usedLength: 55 });
    await remote.get({ kind: 'leave', from });
    await remote.end();
    const { remote: second } = await start();
    expect(await second.get({ kind: 'receive', from, salt: 5, message })).toEqual({ usedLength: 55, isRight: true });
    expect(pool.tryAdopt(message)).toBeUndefined();
  });

  test('the place of a thread that leaves goes to the next, and to it again', async () => {
    make(2);
    const first = await start();
    await first.remote.get({ kind: 'lease', from, count: 3 });
    await first.remote.get({ kind: 'put', from });
    expect(threads()).toEqual([first.threadId]);
    const second = new Remote();
    remotes.push(second);
    expect(await second.ask({ kind: 'attach' })).toEqual(refused('TOO_MANY_PROCESSORS'));
    expect(runtime.stats().processors).toEqual({ live: 2, max: 2 });

    await first.remote.get({ kind: 'leave', from });
    expect(runtime.stats().processors).toEqual({ live: 1, max: 2 });
    expect(threads()).toEqual([-1]);
    const { threadId } = await second.get<Attached>({ kind: 'attach' });
    await second.get({ kind: 'lease', from, count: 3 });
    expect(threads()).toEqual([threadId]);
    expect(await first.remote.ask({ kind: 'attach' })).toEqual(refused('TOO_MANY_PROCESSORS'));

    await second.get({ kind: 'put', from });
    await second.get({ kind: 'leave', from });
    expect(await first.remote.get({ kind: 'attach' })).toMatchObject({ threadId: first.threadId, isSame: true });
  });

  test('a thread that leaves with a buffer in hand keeps its place: something may still be writing', async () => {
    const pool = make(2).pool(POOL);
    const first = await start();
    await first.remote.get({ kind: 'lease', from, count: 1 });
    await first.remote.get({ kind: 'leave', from });
    expect(runtime.stats().processors.live).toBe(2);
    expect(pool.stats().totals.leased).toBe(1);
    const second = new Remote();
    remotes.push(second);
    expect(await second.ask({ kind: 'attach' })).toEqual(refused('TOO_MANY_PROCESSORS'));
    const rest = Array.from({ length: BLOCKS - 1 }, () => pool.get());
    expect(() => pool.get()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED', leased: BLOCKS }));
    for (const buffer of rest) pool.put(buffer);
  });

  test('every block of a thread that left is to be had: those in its magazine, and those in its deque by stealing', async () => {
    const pool = make(2).pool(POOL);
    const { remote } = await start();
    await remote.get({ kind: 'lease', from, count: 200 });
    await remote.get({ kind: 'put', from });
    const before = pool.stats().totals;
    expect(before.leased).toBe(0);
    expect(before.stashed).toBeGreaterThan(0);
    expect(before.retained).toBeGreaterThan(100);

    await remote.get({ kind: 'leave', from });
    expect(threads()).toEqual([-1]);
    const after = pool.stats().totals;
    expect(after.stashed).toBe(0);
    expect(after.retained).toBe(before.retained);

    const all = Array.from({ length: BLOCKS }, () => pool.get());
    expect(new Set(all.map((buffer) => buffer.byteOffset)).size).toBe(BLOCKS);
    expect(pool.stats().totals.stolenBlocks).toBe(before.retained);
    expect(() => pool.get()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED', stashed: 0 }));
    for (const buffer of all) pool.put(buffer);
  });

  test('whoever takes over a row finds the blocks of its deque as its own', async () => {
    const pool = make(2).pool(POOL);
    const { remote } = await start();
    await remote.get({ kind: 'lease', from, count: BLOCKS });
    await remote.get({ kind: 'put', from });
    await remote.get({ kind: 'leave', from });
    await remote.end();
    const { retained } = pool.stats().totals;
    const { remote: second } = await start();
    await second.get({ kind: 'lease', from, count: BLOCKS });
    expect(pool.stats().totals).toMatchObject({ leased: BLOCKS, retained: 0, stolenBlocks: 0, stashed: 0 });
    expect(pool.stats().totals.hits.deque).toBeGreaterThanOrEqual(retained / 8);
    await second.get({ kind: 'put', from });
  });
});
