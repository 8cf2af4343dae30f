// A put of a watched lease is cut at every point, and its user goes on: what he may put again is nobody else's meanwhile.

import { KiB, MiB, type BufferPool, type PooledBuffer } from '@syncpool/core';
import { expect, test } from 'vitest';
import { collectAll } from './support/collect.ts';
import { BACKENDS } from './support/crew.ts';
import { importCuttable, isCut } from './support/cut-points.ts';
import { gatherWarnings } from './support/warnings.ts';

const SIZE = 4 * KiB;
/** More than the points of a put. */
const BLOCKS = 256;
const cuttable = await importCuttable();

/** Whether the put goes on where the cut one stopped: the lease had not ended. */
function putAgain(pool: BufferPool, buffer: PooledBuffer): boolean {
  try {
    pool.put(buffer);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_SYNCPOOL_DOUBLE_PUT' });
    return false;
  }
}

function leaseAll(pool: BufferPool): PooledBuffer[] {
  const leased: PooledBuffer[] = [];
  try {
    for (;;) leased.push(pool.get());
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_SYNCPOOL_EXHAUSTED' });
    return leased;
  }
}

test.each(BACKENDS)('on %s a buffer whose put was cut is not taken back from who still holds it', async (kernel) => {
  const gathered = gatherWarnings();
  const runtime = cuttable.createRuntime({ name: `debug-${kernel}`, kernel, maxBytes: MiB, maxProcessors: 2 });
  const pool = runtime.pool('watched', { blockSize: SIZE, maxBytes: MiB, debug: true, onDrop: 'takeBack' });
  const held: PooledBuffer[] = [];
  for (let point = 1; point < BLOCKS; point++) {
    const buffer = pool.get();
    if (!isCut(point, () => pool.put(buffer))) break;
    held.push(buffer);
  }
  await collectAll();
  const others = new Set(leaseAll(pool).map((buffer) => buffer.byteOffset));
  const kept = held.filter((buffer) => putAgain(pool, buffer));
  expect(kept.length).toBeGreaterThan(10);
  expect(kept.filter((buffer) => others.has(buffer.byteOffset))).toHaveLength(0);
  runtime.close();
  gathered.stop();
});
