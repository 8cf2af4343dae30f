// Use after the thread has left the runtime, or after somebody has closed it: refused everywhere, and buffers
// leased before stay what they are, readable, and nobody else's.

import { attachRuntime, createRuntime, KiB, MiB, type BufferPool, type Runtime } from '@syncpool/core';
import { describe, expect, test } from 'vitest';
import { GATE_CLOSED } from '../src/kernel/gate.ts';
import { C_GATE } from '../src/kernel/layout.ts';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { digestOf } from './support/control-words.ts';
import { kernelOf, violations } from './support/invariants.ts';
import { expectThrow } from './support/refusal.ts';
import { nextMessage, spawn } from './support/worker.ts';

const LIMITS = { maxBytes: MiB, maxProcessors: 3, maxClasses: 2 } as const;
const OPTIONS = { blockSize: 4 * KiB, maxBytes: 64 * KiB } as const;
const CLOSED = 'ERR_SYNCPOOL_CLOSED';

/** Every call of a pool and runtime that touches shared state. */
async function expectAllRefused(runtime: Runtime, pool: BufferPool, word: string): Promise<void> {
  const buffer = held.get(pool);
  if (buffer === undefined) throw new Error('no buffer was leased before');
  const message = sent.get(pool) as number;
  const calls: (() => unknown)[] = [
    () => pool.get(),
    () => pool.get(1),
    () => pool.put(buffer),
    () => pool.detach(buffer),
    () => pool.adopt(message),
    () => pool.tryAdopt(message),
    () => pool.discard(message),
    () => pool.acquireSync(),
    () => pool.acquireSync(1, 10),
    () => pool.withBuffer(1, () => 0),
    () => pool.prewarm(1, 1),
    () => runtime.pool('bodies'),
    () => runtime.pool('bodies', OPTIONS),
    () => runtime.pool('new', OPTIONS),
    () => runtime.pools(),
    () => runtime.stats(),
  ];
  const before = digestOf(runtime);
  for (const call of calls) expectThrow(call, { code: CLOSED, names: [word] });
  await expect(pool.acquire()).rejects.toMatchObject({ code: CLOSED });
  await expect(pool.putAfter(Promise.resolve(), buffer)).rejects.toMatchObject({ code: CLOSED });
  expect(digestOf(runtime)).toBe(before);
  // The counters can still be read, and the buffer still is what it was.
  expect(pool.stats().name).toBe('bodies');
  expect(buffer.toString('utf8', 0, 5)).toBe('still');
  expect(runtime.closed).toBe(true);
}

const held = new WeakMap<BufferPool, ReturnType<BufferPool['get']>>();
const sent = new WeakMap<BufferPool, unknown>();

/** A pool with one block leased, one detached and some stashed. */
function openUsed(runtime: Runtime): BufferPool {
  const pool = runtime.pool('bodies', OPTIONS);
  const buffer = pool.get();
  buffer.write('still');
  held.set(pool, buffer);
  sent.set(pool, pool.detach(pool.get()));
  pool.put(pool.get());
  return pool;
}

describe.each(BACKENDS)('on %s', (kernel) => {
  test('a thread that has left is refused everywhere, and may attach again', async () => {
    const runtime = makeRuntime(kernel, LIMITS);
    const pool = openUsed(runtime);
    runtime.leave();
    runtime.leave();
    await expectAllRefused(runtime, pool, 'left');
    const again = attachRuntime(runtime.name);
    expect(again).not.toBe(runtime);
    const reopened = again.pool('bodies');
    // What was leased stays leased: something may still be writing there. What was sent can be had.
    const buffer = held.get(pool) as ReturnType<BufferPool['get']>;
    expectThrow(() => reopened.put(buffer), { code: 'ERR_SYNCPOOL_FOREIGN_BUFFER' });
    const all = [reopened.adopt(sent.get(pool) as number)];
    while (all.length < 15) all.push(reopened.get());
    expectThrow(() => reopened.get(), { code: 'ERR_SYNCPOOL_EXHAUSTED' });
    expect(all.map((one) => one.byteOffset)).not.toContain(buffer.byteOffset);
    expect(again.stats().processors.live).toBe(2);
    again.close();
  });

  test('a thread that holds nothing frees its place when it leaves', () => {
    const runtime = makeRuntime(kernel, LIMITS);
    for (let i = 0; i < 20; i++) {
      const mine = attachRuntime(runtime.token);
      const pool = mine.pool('bodies', OPTIONS);
      pool.put(pool.get());
      expect(mine.stats().processors.live).toBe(1);
      mine.leave();
    }
    attachRuntime(runtime.token).close();
  });

  test('a closed runtime refuses everything, and its name is free', async () => {
    const runtime = makeRuntime(kernel, LIMITS);
    const pool = openUsed(runtime);
    runtime.close();
    runtime.close();
    await expectAllRefused(runtime, pool, 'closed');
    runtime.leave();
    expectThrow(() => attachRuntime(runtime.name), { code: 'ERR_SYNCPOOL_NO_RUNTIME', names: [runtime.name] });
    expectThrow(() => attachRuntime(runtime.token), { code: CLOSED, names: [runtime.name] });
    createRuntime({ ...LIMITS, kernel, name: runtime.name }).close();
  });

  test('a runtime whose closer died before it was done works, new pools too, until somebody closes it', async () => {
    const runtime = makeRuntime(kernel, LIMITS);
    const bound = kernelOf(runtime.token);
    const pool = openUsed(runtime);
    const gateOf = (id: number) => bound.loadShared(bound.classAt(id) + C_GATE);
    // What such a thread leaves behind: it has said what it does, and has shut one gate.
    bound.beginClose();
    bound.moveGate(bound.classAt(0), gateOf(0), GATE_CLOSED);
    expect(runtime.closed).toBe(false);
    const opened = runtime.pool('opened then', OPTIONS);
    expect(gateOf(1)).toBe(GATE_CLOSED);
    for (const one of [pool, opened]) {
      const buffer = one.get();
      one.put(buffer);
      expect(one.get()).toBe(buffer);
      one.put(buffer);
    }
    expect(violations(runtime.token)).toEqual([]);
    runtime.close();
    await expectAllRefused(runtime, pool, 'closed');
  });

  test('another thread that was at work is refused as soon as the runtime is closed', async () => {
    const runtime = makeRuntime(kernel, LIMITS);
    runtime.pool('bodies', OPTIONS);
    const worker = spawn('goes-on', runtime.name);
    expect(await nextMessage(worker)).toBe('at work');
    const told = nextMessage(worker);
    runtime.close();
    expect(await told).toEqual({
      get: CLOSED,
      put: CLOSED,
      detach: CLOSED,
      pool: CLOSED,
      acquire: CLOSED,
      content: 'mine',
    });
    await worker.terminate();
  });

  test('a buffer that is posted comes as a view without the right to put it', async () => {
    const runtime = makeRuntime(kernel, LIMITS);
    const pool = runtime.pool('bodies', OPTIONS);
    const buffer = pool.get();
    buffer.write('seen by both');
    const worker = spawn('gets-a-view', runtime.name);
    worker.postMessage(buffer);
    expect(await nextMessage(worker)).toEqual({
      put: 'ERR_SYNCPOOL_FOREIGN_BUFFER',
      content: 'seen by both',
      length: 4 * KiB,
    });
    pool.put(buffer);
    expect(pool.stats().totals).toMatchObject({ leased: 0, gets: 1, puts: 1 });
    await worker.terminate();
    runtime.close();
  });
});
