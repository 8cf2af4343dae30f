// Exactly once: one producer, several thieves, and every value received by one of them.
//
// Source: Go's src/sync/pool_test.go, testPoolDequeue with NewPoolDequeue(16) and NewPoolChain().
// Differences:
// - Values are numbers in the line of a block, and a block is pushed again only after it came back:
//   the deque holds block indexes and not values.
// - Pushes, pops and steals move 1 to 8 blocks, chosen at random, where Go moves one.
// - Go's chain grows and never refuses; here a full ring sends blocks home to their slab, from where thieves take them.
// - Stolen values must rise for each thief, which Go does not ask: steals are oldest first.
// - The indexes have 16 bits and start 500 short of their wrap (Go has 32, and starts them so in its unit tests), so
//   2^21 + 1000 values wrap them 33 times.
// - Four thieves instead of nine; the deep run has nine.

import { MiB } from '@syncpool/core';
import { describe, expect, test } from 'vitest';
import { packHeadTail } from '../../src/kernel/deque.ts';
import { D_HEAD_TAIL, H_RING_SLOTS } from '../../src/kernel/layout.ts';
import { createBarrier } from '../support/barrier.ts';
import { BACKENDS, makeRuntime, runCrew } from '../support/crew.ts';
import { kernelOf, violations } from '../support/invariants.ts';
import { announceSeed } from '../support/prng.ts';
import type { DequeJob, DequeResult } from '../workers/deque.ts';

const isDeep = process.env.SYNCPOOL_DEEP === '1';
const TOTAL = 2 ** 21 + 1000;
/** In 16 slots the producer spends its time waiting for thieves. */
const TOTAL_IN_SHORT_RING = isDeep ? TOTAL : 2 ** 18 + 1000;
const BLOCKS = 256;
const SHORT_OF_WRAP = 500;
const THIEVES = isDeep ? 9 : 4;

const shared = (words: number) => new Int32Array(new SharedArrayBuffer(words * 4));

describe.each(BACKENDS)('deque on %s', (backend) => {
  test.each([
    ['ring', 16, TOTAL_IN_SHORT_RING],
    ['ring', 64, TOTAL],
    ['chain', 16, TOTAL],
  ] as const)(
    'every value pushed is received exactly once (%s, %i slots, %i values)',
    async (structure, slots, total) => {
      const seed = announceSeed(`deque ${backend} ${structure} ${slots}`);
      const parties = THIEVES + 1;
      const runtime = makeRuntime(backend, { maxBytes: MiB, maxProcessors: parties + 1, maxClasses: 1 });
      runtime.pool('p', { blockSize: 256, maxBytes: BLOCKS * 256 });
      const kernel = kernelOf(runtime.token);
      // Before any thread looks, and no deque was used yet: the regions keep their places, rings only get shorter.
      kernel.storePlain(H_RING_SLOTS, slots);
      const start = 2 ** 16 - SHORT_OF_WRAP;
      kernel.storePlain(kernel.dequeAt(1, 0) + D_HEAD_TAIL, packHeadTail(start, start));
      const have = shared(total);
      const job = { control: runtime.token.control, parties, barrier: createBarrier(), seed, structure, total };
      const state = { have, back: shared(BLOCKS), done: shared(3) };
      const results = await runCrew<DequeResult>(
        'deque',
        Array.from({ length: parties }, (_, member) => ({ ...job, ...state, member }) satisfies DequeJob),
      );
      const received = results.map((result) => result.received);
      console.log(`${backend} ${structure} ${slots}: received ${received.join(' ')}, full ${results[0]?.full}`);
      expect(results.flatMap((result) => result.wrong).slice(0, 10)).toEqual([]);
      const wrong = [...have.entries()].filter(([, count]) => count !== 1);
      expect(wrong.slice(0, 10), `${wrong.length} values not received exactly once`).toEqual([]);
      // As in Go: popHead could in theory never succeed; so could a thief.
      expect(Math.min(...received)).toBeGreaterThan(0);
      expect(violations(runtime.token)).toEqual([]);
      runtime.close();
    },
  );
});
