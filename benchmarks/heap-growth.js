// Claim: get and put leave nothing on the heap: over a million of them it grows by less than a hundredth of what as many Buffer.allocUnsafe take.
//
// The heap is read around windows of so few operations that hardly a collection falls into one; a window that has one is measured again. What
// reading it costs itself is seen between two reads, and taken off. (garbage.js: no scavenge in ten million pairs.)

import { getHeapStatistics } from 'node:v8';
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { alternate, line, median, verdict } from './lib/report.js';

const SIZE = 4 * KiB;
const WINDOW = 10_000;
const WINDOWS = 100;
const ROUNDS = 5;
const WARM_UP = 1e6;

/** A loop for each: V8 must not learn from one what it then does with another. */
const LOOPS = {
  'get + put': (pool, count) => {
    for (let i = 0; i < count; i++) pool.put(pool.get(SIZE));
  },
  'get + put, two sizes in turn': (pool, count) => {
    for (let i = 0; i < count; i++) pool.put(pool.get((i & 1) === 0 ? SIZE : 16 * SIZE));
  },
  'acquireSync + put': (pool, count) => {
    for (let i = 0; i < count; i++) pool.put(pool.acquireSync(SIZE));
  },
  'get + detach + adopt + put': (pool, count) => {
    for (let i = 0; i < count; i++) pool.put(pool.adopt(pool.detach(pool.get(SIZE))));
  },
  'Buffer.allocUnsafe': (_, count) => {
    for (let i = 0; i < count; i++) Buffer.allocUnsafe(SIZE);
  },
};

function usedBytes() {
  return getHeapStatistics().used_heap_size;
}

/** KiB of heap that a million operations take. Array buffers are not in it: of those allocUnsafe alone makes any. */
function growth(loop, pool) {
  let bytes = 0;
  for (let windows = 0; windows < WINDOWS; ) {
    const first = usedBytes();
    const before = usedBytes();
    loop(pool, WINDOW);
    const grown = usedBytes() - before - (before - first);
    if (grown < 0) continue;
    bytes += grown;
    windows += 1;
  }
  return (bytes / KiB / (WINDOW * WINDOWS)) * 1e6;
}

export async function run() {
  const runtime = createRuntime({ name: 'heap growth', maxBytes: 64 * MiB, maxProcessors: 16 });
  const pool = runtime.pool('bodies', { sizes: [SIZE, 16 * SIZE], maxBytes: 16 * MiB });
  const contenders = {};
  for (const [name, loop] of Object.entries(LOOPS)) {
    loop(pool, WARM_UP);
    contenders[name] = () => growth(loop, pool);
  }
  const values = await alternate(contenders, ROUNDS);
  runtime.close();
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds, 'KiB'));
  const share = median(values['get + put']) / median(values['Buffer.allocUnsafe']);
  return {
    values,
    unit: 'KiB',
    verdicts: [verdict('heap that get + put take over what Buffer.allocUnsafe does', share, { most: 0.01 })],
  };
}
