// Who gives pages back unasked: the main thread, if it has the pool open; for a worker that is terminated while it loads koffi takes the
// process with it. Vitest runs this file in the main thread of a process (vitest.config.ts).

import { setTimeout } from 'node:timers/promises';
import { isMainThread, type Worker } from 'node:worker_threads';
import { attachRuntime, type BufferPool, KiB, MiB, type PoolOptions, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CatalogEntry } from '../src/catalog.ts';
import { tickOf } from '../src/clock.ts';
import { canReturnPages } from '../src/host/pages.ts';
import { C_EPOCH } from '../src/kernel/layout.ts';
import { DONE } from '../src/kernel/outcome.ts';
import type { Magazine } from '../src/magazine.ts';
import type { Processor } from '../src/processor.ts';
import { Sweeper } from '../src/sweep.ts';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { kernelOf } from './support/invariants.ts';
import { keeperStorm } from './support/keeper-storm.ts';
import { importStranger } from './support/package-copy.ts';
import { announceSeed } from './support/prng.ts';
import { until } from './support/waiting.ts';
import { nextMessage, spawn } from './support/worker.ts';
import type { BurstingJob, BurstingReport } from './workers/bursting.ts';
import type { PressedReport } from './workers/pressed.ts';

const EVERY_MS = 40;
const COUNT = 1024;
/** In so many epochs a worker that purged would have been the first to notice one. */
const MANY_EPOCHS = 20;
const STORM_KILLS = 50;
const OPTIONS: PoolOptions = {
  blockSize: 4 * KiB,
  maxBytes: 16 * MiB,
  drain: { on: 'interval', everyMs: EVERY_MS },
};
/** What a sweep needs of a pool. */
interface Internals {
  readonly entry: CatalogEntry;
  readonly processor: Processor;
  readonly magazines: readonly Magazine[];
}
const answer = canReturnPages();
if (!answer.can) console.log(`keeper: skipped, because ${answer.reason}`);

test('these tests are the main thread’s', () => {
  expect(isMainThread).toBe(true);
});

describe.skipIf(!answer.can).each(BACKENDS)('on %s', (backend) => {
  let runtime: Runtime;
  let workers: Worker[];

  beforeEach(() => {
    runtime = makeRuntime(backend, { maxBytes: 32 * MiB, maxProcessors: 8 });
    workers = [];
  });
  afterEach(async () => {
    // Asked for nothing else, they are not loading koffi.
    await Promise.all(workers.map((worker) => worker.terminate()));
    runtime.close();
  });

  async function startBursting(job: Partial<BurstingJob> = {}): Promise<Worker> {
    const worker = spawn('bursting', { runtime: runtime.name, count: COUNT, pauseMs: 5 * EVERY_MS, ...job });
    workers.push(worker);
    await nextMessage(worker);
    return worker;
  }

  async function ask(worker: Worker): Promise<BurstingReport> {
    const report = nextMessage(worker);
    worker.postMessage('report');
    return (await report) as BurstingReport;
  }

  /** Asks until the worker has given pages back; the test's own timeout bounds it. */
  async function untilItPurges(worker: Worker): Promise<BurstingReport> {
    for (;;) {
      const report = await ask(worker);
      if (report.hasKoffi && report.returnedBytes > 0) return report;
    }
  }

  async function epochs(count: number): Promise<void> {
    const kernel = kernelOf(runtime.token);
    const epoch = () => kernel.loadShared(kernel.classAt(0) + C_EPOCH);
    const from = epoch();
    await until(() => epoch() - from >= count);
  }

  function use(pool: BufferPool): void {
    const held = Array.from({ length: COUNT }, () => pool.get().fill(1));
    for (const buffer of held) pool.put(buffer);
  }

  test('a worker beside a main thread that has the pool open never loads koffi, and its pages come back', async () => {
    const pool = runtime.pool('bursting', OPTIONS);
    const worker = await startBursting();
    await epochs(MANY_EPOCHS);
    await until(() => pool.stats().totals.returnedBytes > COUNT * 2 * KiB);
    expect(await ask(worker)).toMatchObject({ hasKoffi: false });
  });

  test('the main thread is counted by what it has given back, though it never used the pool', async () => {
    const pool = runtime.pool('bursting', OPTIONS);
    await startBursting();
    await until(() => pool.stats().totals.returnedBytes > 0);
    const { totals, classes } = pool.stats();
    const processors = classes.flatMap((one) => one.processors);
    expect(processors.find(({ thread }) => thread === 0)).toMatchObject({ gets: 0 });
    expect(totals.gets).toBeGreaterThan(0);
  });

  test('the main thread sweeps at the end of each epoch, though another thread is always first to notice it', async () => {
    const pool = runtime.pool('bursting', { ...OPTIONS, decayMs: 4 * EVERY_MS });
    const kernel = kernelOf(runtime.token);
    const outrun = () => kernel.advanceEpoch(kernel.classAt(0), (tickOf(EVERY_MS) + 1) | 0);
    outrun();
    use(pool);
    // Home by these, and noticed to be idle; not for long enough.
    pool.drain();
    pool.drain();
    await until(() => {
      outrun();
      return pool.stats().totals.returnedBytes > 0;
    });
  });

  test('a worker gives the pages back itself where the main thread has not opened the pool', async () => {
    await untilItPurges(await startBursting({ options: OPTIONS }));
  });

  test.each([0, 1])(
    'from when the main thread has left, with %i buffers, workers do; and it again when it is back',
    async (buffers) => {
      const pool = runtime.pool('bursting', OPTIONS);
      const worker = await startBursting();
      await epochs(MANY_EPOCHS);
      expect(await ask(worker)).toMatchObject({ hasKoffi: false });
      for (let i = 0; i < buffers; i++) pool.get();
      runtime.leave();
      await untilItPurges(worker);
      runtime = attachRuntime(runtime.token);
      const again = runtime.pool('bursting');
      const later = await startBursting();
      const { returnedBytes } = again.stats().totals;
      await epochs(MANY_EPOCHS);
      await until(() => again.stats().totals.returnedBytes > returnedBytes);
      expect(await ask(later)).toMatchObject({ hasKoffi: false });
    },
  );

  test('the main thread keeps a pool again when another copy of the package that kept it has left', async () => {
    const stranger = (await importStranger()).attachRuntime(runtime.token);
    stranger.pool('bursting', OPTIONS);
    runtime.pool('bursting', OPTIONS);
    stranger.leave();
    const kernel = kernelOf(runtime.token);
    const isKept = () => kernel.findKeeper(kernel.poolAt(0)) === DONE;
    expect(isKept()).toBe(false);
    await until(isKept);
  });

  test('a sweep that has begun ends when it is not due any more: the pool has a keeper by then', async () => {
    const pool = runtime.pool('bursting', { ...OPTIONS, drain: { on: 'manual' } });
    use(pool);
    pool.flush();
    const { entry, processor, magazines } = pool as unknown as Internals;
    for (const { cls } of magazines) processor.kernel.emptyDeques(processor.row, cls);
    const before = pool.stats().cutBytes;
    let isDue = true;
    const sweeper = new Sweeper(processor, entry, magazines);
    sweeper.sweepInTurns({ decayMs: 0, isDue: () => isDue });
    isDue = false;
    // Timers of one length fire in turn.
    await setTimeout(1);
    expect(pool.stats().cutBytes).toBe(before);
    isDue = true;
    sweeper.sweepInTurns({ decayMs: 0, isDue: () => isDue });
    await until(() => pool.stats().cutBytes < before);
  });

  test('with epochs by collections pages come back, though the main thread collects nothing', async () => {
    runtime.pool('bursting', { ...OPTIONS, drain: { on: 'gc', everyMs: EVERY_MS } });
    const worker = await startBursting({ collectMs: EVERY_MS, tellFromBytes: COUNT * 2 * KiB });
    expect(await nextMessage(worker)).toMatchObject({ hasKoffi: false });
  });

  test.each([true, false])(
    'a worker lets go for a container that is full: not beside a keeper (%o)',
    async (isKept) => {
      const options: PoolOptions = { ...OPTIONS, drain: { on: 'interval', everyMs: 3_600_000 } };
      if (isKept) runtime.pool('pressed', options);
      const worker = spawn('pressed', { token: runtime.token, options, count: COUNT });
      workers.push(worker);
      const report = (await nextMessage(worker)) as PressedReport;
      if (isKept) expect(report.pooled).toBeGreaterThanOrEqual(COUNT);
      else expect(report.pooled).toBe(0);
      expect(report.hasKoffi).toBe(!isKept);
    },
  );

  test('a process survives the end of workers whose pages are being given back', async () => {
    const survival = await keeperStorm(backend, announceSeed(`keeper storm ${backend}`), STORM_KILLS);
    expect(survival.killed).toBe(STORM_KILLS);
    expect(survival.returnedBytes).toBeGreaterThan(0);
  });
});
