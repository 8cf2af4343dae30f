// What an audit gives back on the atomics kernel: what a step leaves that was cut inside. Each test brings about what such a
// cut leaves behind, word by word; that the cuts of every step leave nothing else is the explorer's to show (test/model).

import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { createRuntime, KiB, type KernelName, MiB, type Runtime } from '@syncpool/core';
import { identify } from '../src/host/identity.ts';
import { D_HEAD_TAIL, H_FRONTIER, L_STATE, P_CUT, P_RESERVED, R_CLAIMANT, S_BITMAP } from '../src/kernel/layout.ts';
import { headOf, packHeadTail, sizeOf, tailOf } from '../src/kernel/deque.ts';
import { OWNED, packTagged } from '../src/kernel/line.ts';
import { DONE } from '../src/kernel/outcome.ts';
import { claimantOf, packLive } from '../src/kernel/row.ts';
import { highOf, lowOf, packFrontier } from '../src/kernel/slab.ts';
import { kernelOf, violations } from './support/invariants.ts';
import { drain } from './support/mourning.ts';

const BLOCKS = 64;
const NOTHING = { blocks: 0, bytes: 0, slots: 0 };
/** Above the highest that Linux gives to a thread. */
const NO_THREAD = 2 ** 22 + 1;

let runtime: Runtime | undefined;
afterEach(() => {
  runtime?.close();
  runtime = undefined;
});

/** A pool of which all blocks are cut, and free: a quarter in this thread's deque, the rest at home. */
function makePool(name: KernelName = 'atomics', blockSize = 4 * KiB, blocks = BLOCKS) {
  const made = createRuntime({ kernel: name, maxBytes: 8 * MiB, maxProcessors: 4 });
  runtime = made;
  const pool = made.pool('bodies', { blockSize, maxBytes: blocks * blockSize });
  const kernel = kernelOf(made.token);
  drain(pool).forEach((buffer, i) => {
    // Under pressure, which a drained pool is, puts go to the deque, and a message's block goes home.
    if (i % 4 === 0) pool.put(buffer);
    else pool.discard(pool.detach(buffer));
  });
  return { runtime: made, pool, kernel, at: kernel.poolAt(0) };
}

type Estate = ReturnType<typeof makePool>;

/** Takes a home block of the first slab out of its place. Its number. */
function lose({ kernel }: Estate): number {
  const at = kernel.slabAt(1) + S_BITMAP;
  const bits = kernel.loadShared(at);
  const number = 31 - Math.clz32(bits);
  expect(bits).not.toBe(0);
  kernel.storePlain(at, bits & ~(1 << number));
  return number;
}

/** Everything can be had again, each block once. */
function expectWhole({ runtime: made, pool }: Estate, blocks = BLOCKS): void {
  expect(made.audit()).toMatchObject({ regained: NOTHING, unaccounted: 0, cut: blocks });
  expect(violations(made.token)).toEqual([]);
  const buffers = drain(pool);
  expect(new Set(buffers.map((buffer) => buffer.byteOffset)).size).toBe(blocks);
  for (const buffer of buffers) pool.put(buffer);
}

describe('an audit gives back', () => {
  test('a block whose take was cut', () => {
    const estate = makePool();
    lose(estate);
    expect(estate.runtime.audit()).toMatchObject({ regained: { ...NOTHING, blocks: 1 }, unaccounted: 0 });
    expectWhole(estate);
  });

  test('more blocks than it judges at a time', () => {
    const estate = makePool();
    for (let i = 0; i < 20; i++) lose(estate);
    expect(estate.runtime.audit()).toMatchObject({ regained: { ...NOTHING, blocks: 20 }, unaccounted: 0 });
    expectWhole(estate);
  });

  test('a block whose steal was cut, and its slot', () => {
    const estate = makePool();
    const { kernel } = estate;
    const at = kernel.dequeAt(0, 0) + D_HEAD_TAIL;
    const word = kernel.loadShared(at);
    expect(sizeOf(word)).toBeGreaterThan(1);
    kernel.storePlain(at, packHeadTail(headOf(word), tailOf(word) + 1));
    expect(estate.runtime.audit()).toMatchObject({ regained: { ...NOTHING, blocks: 1, slots: 1 }, unaccounted: 0 });
    expectWhole(estate);
  });

  test('a block whose push was cut, and its slot', () => {
    const estate = makePool();
    const { kernel } = estate;
    const at = kernel.dequeAt(0, 0) + D_HEAD_TAIL;
    const word = kernel.loadShared(at);
    kernel.storePlain(at, packHeadTail(headOf(word) - 1, tailOf(word)));
    expect(estate.runtime.audit()).toMatchObject({ regained: { ...NOTHING, blocks: 1, slots: 1 }, unaccounted: 0 });
    expectWhole(estate);
  });

  test('a block that a thread of another time owned', () => {
    const estate = makePool();
    const { kernel } = estate;
    const block = (1 << 12) | lose(estate);
    kernel.storePlain(kernel.lineAt(block) + L_STATE, packTagged(OWNED, 3, 7));
    expect(estate.runtime.audit()).toMatchObject({ regained: { ...NOTHING, blocks: 1 }, unaccounted: 0 });
    expectWhole(estate);
  });

  test.each([
    ['reserved and not cut', { [P_RESERVED]: 64 }, 64],
    ['released and still reserved', { [P_RESERVED]: 64, [P_CUT]: 64 }, 64],
    ['cut and not counted', { [P_CUT]: -64 }, 0],
  ] as const)('units that are %s', (_what, changes, units) => {
    const estate = makePool();
    const { kernel, at } = estate;
    for (const [field, change] of Object.entries(changes)) {
      kernel.storePlain(at + Number(field), kernel.loadShared(at + Number(field)) + change);
    }
    expect(estate.runtime.audit().regained).toEqual({ ...NOTHING, bytes: units * 64 });
    const { cutBytes, reservedBytes } = estate.pool.stats();
    expect({ cutBytes, reservedBytes }).toEqual({ cutBytes: BLOCKS * 4 * KiB, reservedBytes: BLOCKS * 4 * KiB });
    expectWhole(estate);
  });

  test('runs that nobody finished, between those that are', () => {
    const estate = makePool('atomics', 1.5 * MiB, 1);
    const { kernel } = estate;
    const wide = estate.runtime.pool('wide', { sizes: [1.5 * MiB, 2.5 * MiB], maxBytes: 4 * MiB });
    const second = kernel.poolAt(1);
    const frontier = kernel.loadShared(H_FRONTIER);
    // A run of three slabs and one of two, next to each other, and a finished one below them.
    kernel.storePlain(H_FRONTIER, packFrontier(lowOf(frontier), highOf(frontier) - 5));
    kernel.storePlain(second + P_RESERVED, (4 * MiB) / 64);
    expect(estate.runtime.audit()).toMatchObject({ regained: { ...NOTHING, blocks: 2 }, unaccounted: 0, cut: 3 });
    expect(violations(estate.runtime.token)).toEqual([]);
    const buffers = [wide.get(1.5 * MiB), wide.get(2.5 * MiB), ...drain(estate.pool)];
    const ends = buffers
      .map((buffer) => [buffer.byteOffset, buffer.byteOffset + buffer.length] as const)
      .sort(([a], [b]) => a - b);
    expect(ends.every(([, end], i) => end <= (ends[i + 1]?.[0] ?? Number.POSITIVE_INFINITY))).toBe(true);
    expect(ends).toHaveLength(3);
  });

  test('a row whose claimant is dead, when the table is full', () => {
    const made = createRuntime({ kernel: 'atomics', maxBytes: 8 * MiB, maxProcessors: 2 });
    runtime = made;
    const kernel = kernelOf(made.token);
    const row = kernel.rowAt(1);
    kernel.storePlain(row + R_CLAIMANT, NO_THREAD);
    expect(kernel.claimRow(row, 1, 5, -1, 0, 0, 0)).not.toBe(DONE);
    made.audit();
    expect(kernel.loadShared(row + R_CLAIMANT)).toBe(process.platform === 'linux' ? 0 : NO_THREAD);
    // One that lives, or of which nobody knows, keeps its claim.
    const { osThread } = identify();
    for (const claimant of [osThread, -1 - 77]) {
      kernel.storePlain(row + R_CLAIMANT, claimant);
      made.audit();
      expect(kernel.loadShared(row + R_CLAIMANT)).toBe(claimant);
    }
  });
});

test('the claim on a row ends with the worker that claimed it, where only its creator can tell', async () => {
  const made = createRuntime({ kernel: 'atomics', maxBytes: 8 * MiB, maxProcessors: 2 });
  runtime = made;
  const kernel = kernelOf(made.token);
  const row = kernel.rowAt(1);
  const worker = new Worker('setInterval(() => {}, 1000);', { eval: true });
  kernel.storePlain(row + R_CLAIMANT, claimantOf(worker.threadId, 0));
  await worker.terminate();
  expect(kernel.loadShared(row + R_CLAIMANT)).toBe(0);
});

describe('an audit gives nothing back', () => {
  test('while another thread is inside the kernel, and says so', () => {
    const estate = makePool();
    const { kernel } = estate;
    const row = kernel.rowAt(2);
    const { thread, parent, osThread, startLow, startHigh } = identify();
    expect(kernel.claimRow(row, 2, thread, parent, osThread, startLow, startHigh)).toBe(DONE);
    kernel.enterKernel(row);
    lose(estate);
    expect(estate.runtime.audit()).toMatchObject({ regained: NOTHING, unaccounted: 1 });
    kernel.exitKernel(row);
    expect(estate.runtime.audit()).toMatchObject({ regained: { ...NOTHING, blocks: 1 }, unaccounted: 0 });
    // Its thread comes back after a cut: the sequence goes up, and ends outside.
    kernel.enterKernel(row);
    kernel.enterKernel(row);
    kernel.exitKernel(row);
    lose(estate);
    expect(estate.runtime.audit()).toMatchObject({ regained: { ...NOTHING, blocks: 1 } });
    kernel.leaveRow(row, packLive(1));
    expectWhole(estate);
  });

  test('on wasm, where no step is ever cut inside', () => {
    const estate = makePool('wasm');
    lose(estate);
    const { kernel, at } = estate;
    kernel.storePlain(at + P_RESERVED, kernel.loadShared(at + P_RESERVED) + 64);
    expect(estate.runtime.audit()).toMatchObject({ regained: NOTHING, unaccounted: 1 });
    expect(estate.pool.stats()).toMatchObject({ reservedBytes: BLOCKS * 4 * KiB + 4 * KiB });
  });

  test('that is leased, detached or free', () => {
    const estate = makePool();
    const { pool } = estate;
    const held = Array.from({ length: 20 }, () => pool.get());
    const messages = held.splice(0, 5).map((buffer) => pool.detach(buffer));
    expect(estate.runtime.audit()).toMatchObject({ regained: NOTHING, unaccounted: 0, detached: 5 });
    for (const message of messages) expect(pool.discard(message)).toBe(true);
    for (const buffer of held) pool.put(buffer);
    expectWhole(estate);
  });
});
