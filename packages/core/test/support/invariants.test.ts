// Each invariant is seen to hold and then, with one word of control memory changed, to be reported.

import { MiB, type PooledBuffer, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Kernel } from '../../src/host/backend.ts';
import { packHeadTail } from '../../src/kernel/deque.ts';
import {
  bitOf,
  bitWordAt,
  blockAt,
  C_NON_EMPTY,
  C_SUMMARY,
  D_HEAD_TAIL,
  L_GENERATION,
  L_STATE,
  P_CUT,
  P_MAX_UNITS,
  P_RESERVED,
  R_CLAIMED_END,
  R_RELEASING,
  R_STAGED,
  R_WORD,
  S_BITMAP,
  S_WORD,
} from '../../src/kernel/layout.ts';
import { packTagged } from '../../src/kernel/line.ts';
import { packActive, SLAB_PURGING } from '../../src/kernel/slab.ts';
import { BACKENDS, makeRuntime } from './crew.ts';
import { censusOf, kernelOf, ringOf, violations } from './invariants.ts';

const SIZE = 4096;
const UNITS = SIZE / 64;

describe.each(BACKENDS)('invariants on %s', (backend) => {
  let runtime: Runtime;
  let kernel: Kernel;

  // Blocks of slab 1, in a pool too small for magazines: number 0 is leased, 1 detached, 2 home, 3 in the deque of row 0.
  beforeEach(() => {
    runtime = makeRuntime(backend, { maxBytes: 2 * MiB, maxProcessors: 4 });
    kernel = kernelOf(runtime.token);
    const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: 8 * SIZE });
    const held = Array.from({ length: 4 }, () => pool.get());
    pool.discard(pool.detach(held[2] as PooledBuffer));
    pool.detach(held[1] as PooledBuffer);
    pool.put(held[3] as PooledBuffer);
  });

  afterEach(() => runtime.close());

  const lineOf = (number: number) => kernel.lineAt(blockAt(1, number));
  const bitmap = (number: number) => bitWordAt(kernel.slabAt(1) + S_BITMAP, number);
  const slotOf = (index: number) => ringOf(kernel, 0, 0) + index * 4;

  test('a runtime at rest breaks none, and every block is counted in its place', () => {
    expect(violations(runtime.token)).toEqual([]);
    expect(censusOf(runtime.token)).toEqual([{ home: 1, deque: 1, owned: 1, detached: 1 }]);
  });

  test.each<[string, RegExp, () => readonly [at: number, value: number]]>([
    [
      'a deque longer than its ring',
      /deque of row 0.* blocks in/,
      () => [kernel.dequeAt(0, 0) + D_HEAD_TAIL, packHeadTail(9000, 0)],
    ],
    ['an empty slot in the range', /1 empty slots in its range/, () => [slotOf(0), 0]],
    ['a filled slot out of the range', /slot 5, out of its range/, () => [slotOf(5), blockAt(1, 0)]],
    [
      'a filled deque that is not hinted at',
      /not empty, its hint/,
      () => [bitWordAt(kernel.classAt(0) + C_NON_EMPTY, 0), 0],
    ],
    ['a block in two deques', /in two deque slots/, () => [ringOf(kernel, 1, 0), blockAt(1, 3)]],
    ['a deque with a block that was never cut', /not cut/, () => [slotOf(0), blockAt(1, 7)]],
    ['a deque with a block of no slab', /in no slab/, () => [slotOf(0), blockAt(9, 0)]],
    ['a home bit above fresh', /block 6 home, cut are 4/, () => [bitmap(6), bitOf(2) | bitOf(6)]],
    [
      'a home block that is not hinted at',
      /1 blocks home, its hint/,
      () => [bitWordAt(kernel.classAt(0) + C_SUMMARY, 1), 0],
    ],
    ['a block lost from its bitmap', /its bit clear/, () => [bitmap(2), 0]],
    ['a leased block that is home too', /its bit set/, () => [bitmap(0), bitOf(2) | bitOf(0)]],
    ['a slab with more blocks than fit', /more than fit/, () => [kernel.slabAt(1) + S_WORD, packActive(0, 300)]],
    ['a slab left in release', /is in release/, () => [kernel.slabAt(1) + S_WORD, packTagged(SLAB_PURGING, 0, 1)]],
    ['a block owned by a dead incarnation', /not a live row/, () => [kernel.rowAt(0) + R_WORD, packTagged(0, 0, 1)]],
    ['a detached block of another generation', /not its generation/, () => [lineOf(1) + L_GENERATION, 7]],
    ['a queued block of another row', /a slot in row 0/, () => [lineOf(3) + L_STATE, packTagged(2, 1, 0)]],
    ['a state on a block that is not cut', /not cut/, () => [lineOf(7) + L_STATE, packTagged(1, 0, 1)]],
    ['fewer units cut than the slabs hold', /units are cut/, () => [kernel.poolAt(0) + P_CUT, 3 * UNITS]],
    ['a reservation that was not given back', /units reserved and/, () => [kernel.poolAt(0) + P_RESERVED, 5 * UNITS]],
    ['a pool above its limit', /its limit is/, () => [kernel.poolAt(0) + P_MAX_UNITS, UNITS]],
    ['a block left staged', /staged/, () => [kernel.rowAt(0) + R_STAGED, 1]],
    ['a release left under way', /has slab 1 in release/, () => [kernel.rowAt(0) + R_RELEASING, 1]],
    ['a claim left under way', /has slabs below 2 in release/, () => [kernel.rowAt(0) + R_CLAIMED_END, 2]],
  ])('%s is reported', (_, wanted, change) => {
    const [at, value] = change();
    // The deque of row 1 gets its one block's range along with the block.
    if (at === ringOf(kernel, 1, 0)) kernel.storePlain(kernel.dequeAt(1, 0) + D_HEAD_TAIL, packHeadTail(1, 0));
    kernel.storePlain(at, value);
    expect(violations(runtime.token).join('\n')).toMatch(wanted);
  });
});
