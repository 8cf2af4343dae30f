// A minute of load, with and without kills: no failed request, no block left behind, and a process that does not grow.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MiB } from '../../sizes.js';
import { expectNothingHeld, open } from '../support.js';

const SECONDS = 60;
/** Between the second quarter of the minute and the last: what collections of garbage make of a median. */
const MOST_GROWTH_MIB = 16;
const LOAD = fileURLToPath(new URL('../../load.js', import.meta.url));

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

for (const kernel of ['wasm', 'atomics']) {
  test(`a minute on ${kernel}`, { timeout: 4 * SECONDS * 1000 }, async (t) => {
    const { service, port } = await open(t, { kernel });
    const args = [
      LOAD,
      '--json',
      '--seconds',
      `${SECONDS}`,
      '--connections',
      '32',
      '--url',
      `http://127.0.0.1:${port}`,
    ];
    let isOver = false;
    const load = promisify(execFile)(process.execPath, args).finally(() => {
      isOver = true;
    });
    const samples = [];
    while (!isOver) {
      samples.push(process.memoryUsage.rss() / MiB);
      await sleep(500);
    }
    const [{ answered, failed, leased }] = JSON.parse((await load).stdout);
    await expectNothingHeld(service);
    const quarter = samples.length >> 2;
    const early = median(samples.slice(quarter, 2 * quarter));
    const late = median(samples.slice(-quarter));
    t.diagnostic(
      `${answered} answered; ${Math.round(early)} MiB in the second quarter, ${Math.round(late)} in the last`,
    );
    assert.deepEqual([answered > 1000, failed, leased], [true, 0, 0]);
    assert.equal(service.stats().tasks.gzip.leaked, 0);
    assert.ok(late - early < MOST_GROWTH_MIB, `grew from ${early} to ${late} MiB`);
  });
}
