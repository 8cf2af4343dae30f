// Processors that come and go all the time: nothing is lost with them. (Go's sync.Pool drops what a P had when
// GOMAXPROCS is lowered.)

import { KiB } from '@syncpool/core';
import { expect, test } from 'vitest';
import { capacityOf } from '../../src/magazine.ts';
import { MAX_BATCH } from '../../src/kernel/widths.ts';
import { BACKENDS, makeRuntime } from '../support/crew.ts';
import { expectRecovered } from '../support/mourning.ts';
import { announceSeed, Xorshift } from '../support/prng.ts';
import { spawn } from '../support/worker.ts';
import type { ChurningJob, Ending } from '../workers/churning.ts';

const ENDINGS: readonly Ending[] = ['leave', 'return', 'exit', 'sleep'];
/** Workers at one time, and all of them: the table has room for no more than those and the test's thread. */
const ABREAST = 3;
const WORKERS = 48;
const ROUNDS = 5;
const MOST = 60;
const SIZE = 4 * KiB;
/** What magazines and batches may keep from others; the pool has this on top of what all hold at the most, and nothing to spare. */
const MOST_AT_HAND = 32;
const BLOCKS = ABREAST * (MOST + MOST_AT_HAND);

test.each(BACKENDS)('no get fails for what those had who went, and no block is cut for it on %s', async (kernel) => {
  const random = new Xorshift(announceSeed(`churn ${kernel}`));
  const maxProcessors = ABREAST + 1;
  const atHand = capacityOf(SIZE, BLOCKS * SIZE, maxProcessors) + MAX_BATCH;
  expect(atHand).toBeLessThanOrEqual(MOST_AT_HAND);
  const runtime = makeRuntime(kernel, { maxBytes: 16 * 2 ** 20, maxProcessors });
  const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: BLOCKS * SIZE, drain: { on: 'never' } });
  let left = WORKERS;
  let lost = 0;
  const failed: unknown[] = [];

  async function oneAfterAnother(): Promise<void> {
    while (left > 0 && failed.length === 0) {
      left -= 1;
      const ending = ENDINGS[left % ENDINGS.length] as Ending;
      const job: ChurningJob = { runtime: runtime.name, seed: random.next(), rounds: ROUNDS, most: MOST, ending };
      const worker = spawn('churning', job);
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.on('error', (error) => failed.push(error));
      worker.once('message', () => {
        if (ending === 'exit' || ending === 'sleep') lost += MOST - (MOST >> 1);
        if (ending === 'sleep') void worker.terminate();
      });
      await ended;
    }
  }
  await Promise.all(Array.from({ length: ABREAST }, oneAfterAnother));

  expect(failed).toEqual([]);
  const { totals } = pool.stats();
  expect(totals).toMatchObject({ exhausted: 0, leased: 0, stashed: 0 });
  // Each of them had leased that much at one time, again and again: it was what others had put.
  expect(totals.gets).toBeGreaterThan(WORKERS * ROUNDS * MOST);
  expect(totals.freshBlocks).toBeLessThanOrEqual(BLOCKS);
  expect(runtime.audit()).toMatchObject({ cut: totals.freshBlocks, owned: 0, detached: 0, unaccounted: 0 });
  expectRecovered({ runtime, pool, blocks: BLOCKS }, { lost });
  runtime.close();
});
