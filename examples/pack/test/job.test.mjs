// The plan, and the driver with pools and handlers that main.js would not give it.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Job } from '../job.js';
import { openPooled } from '../jobs/pooled.js';
import { openTransfer } from '../jobs/transfer.js';
import { makePlan } from '../plan.js';
import { walk } from '../walk.js';
import { folderOf, noise } from './support.js';

const PIECE = 65536;

function filesOf(...sizes) {
  return sizes.map((size, i) => ({ name: `file ${i}`, size }));
}

test('the pieces of a plan cover every file once and in order, an empty file too', () => {
  const files = filesOf(0, 1, PIECE, PIECE + 1, 3 * PIECE);
  const { batches, pieces, bytes } = makePlan(files, { blocks: 128, threads: 2, batchBytes: 2 * PIECE });
  const all = batches.flat();
  assert.deepEqual(
    all.map(({ file, offset, length }) => [file.name, offset, length]),
    [
      ['file 0', 0, 0],
      ['file 1', 0, 1],
      ['file 2', 0, PIECE],
      ['file 3', 0, PIECE],
      ['file 3', PIECE, 1],
      ['file 4', 0, PIECE],
      ['file 4', PIECE, PIECE],
      ['file 4', 2 * PIECE, PIECE],
    ],
  );
  assert.deepEqual(
    all.map(({ index }) => index),
    [...all.keys()],
  );
  assert.deepEqual([pieces, bytes], [8, 5 * PIECE + 2]);
});

test('a batch keeps to its bytes and to a quarter of the pool for all threads together', () => {
  const small = makePlan(filesOf(...new Array(100).fill(10)), { blocks: 64, threads: 2, batchBytes: PIECE });
  assert.deepEqual(
    small.batches.map((batch) => batch.length),
    [...new Array(12).fill(8), 4],
  );
  const large = makePlan(filesOf(10 * PIECE), { blocks: 1024, threads: 2, batchBytes: 3 * PIECE });
  assert.deepEqual(
    large.batches.map((batch) => batch.length),
    [3, 3, 3, 1],
  );
  const tiny = makePlan(filesOf(2 * PIECE), { blocks: 1024, threads: 2, batchBytes: 1 });
  assert.equal(tiny.batches.length, 2, 'a piece larger than a batch is a batch');
});

test('a pool smaller than what is under way slows the reader down and fails nothing', async (t) => {
  const directory = folderOf(t, { large: noise(200 * PIECE), small: noise(3) });
  const settings = { directory, threads: 2, blocks: 16, level: 1, kernel: undefined, batchBytes: 64 * PIECE };
  // Five pieces a task and four tasks posted make 20 blocks of 16.
  const plan = makePlan(walk(directory).files, { ...settings, blocks: 40 });
  assert.equal(plan.batches[0].length, 5);
  const variant = openPooled(settings);
  const job = new Job(variant, settings);
  try {
    const { records, failures } = await job.run(plan, () => {});
    const { inputs } = variant.stats();
    assert.equal(failures.size, 0);
    assert.ok(records.every((record) => record !== undefined));
    assert.deepEqual([inputs.totals.gets, inputs.totals.freshBlocks, inputs.totals.leased], [201, 16, 0]);
  } finally {
    await job.close();
  }
});

test('blocks meant for files that cannot be read go back to their pool', async (t) => {
  const names = Array.from({ length: 20 }, (_, i) => `file ${i}`);
  const directory = folderOf(t, Object.fromEntries(names.map((name) => [name, name])));
  const settings = { directory, threads: 1, blocks: 16, level: 1, kernel: undefined, batchBytes: PIECE };
  const plan = makePlan(walk(directory).files, settings);
  for (const name of names.slice(0, 10)) rmSync(join(directory, name));
  const variant = openPooled(settings);
  const job = new Job(variant, settings);
  try {
    const { records, failures } = await job.run(plan, () => {});
    const { gets, leased } = variant.stats().inputs.totals;
    assert.deepEqual([failures.size, records.filter((record) => record !== undefined).length], [10, 10]);
    assert.deepEqual([gets, leased], [20, 0]);
  } finally {
    await job.close();
  }
});

test('a task that fails ends the run with its error', async (t) => {
  const directory = folderOf(t, { one: 'x', two: 'y' });
  const settings = { directory, threads: 1, blocks: 16, level: 1, kernel: undefined, batchBytes: 1 };
  const job = new Job({ ...openTransfer(), name: 'unheard-of' }, settings);
  try {
    await assert.rejects(
      job.run(makePlan(walk(directory).files, settings), () => {}),
      /No handler function/,
    );
  } finally {
    await job.close();
  }
});
