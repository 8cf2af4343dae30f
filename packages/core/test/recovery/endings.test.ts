// The ways in which a worker ends, other than by terminate(): of its own will, of an error, of its memory, by piscina.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { describe, expect, inject, test } from 'vitest';
import { BACKENDS } from '../support/crew.ts';
import { BLOCK, drain, end, expectRecovered, makeEstate, spinUntil, startMortal } from '../support/mourning.ts';
import { until } from '../support/waiting.ts';
import type { End } from '../workers/mortal.ts';

const BLOCKS = 256;

/** A named pipe, open for reading and writing, so that a read from it lasts until somebody writes. */
function openPipe(): { fd: number; close: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'syncpool-'));
  const path = join(dir, 'pipe');
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, 'r+');
  return {
    fd,
    close: () => {
      closeSync(fd);
      rmSync(dir, { recursive: true });
    },
  };
}

/** Threads of this process that the kernel has put to sleep in the read of a pipe. */
function threadsInPipeRead(): number {
  return readdirSync('/proc/self/task').filter((thread) => {
    try {
      return readFileSync(`/proc/self/task/${thread}/wchan`, 'utf8').includes('pipe_read');
    } catch {
      // It has ended meanwhile.
      return false;
    }
  }).length;
}

/** Resolves when so many threads sleep in the read of a pipe; or after a while, where the kernel does not tell where threads sleep. */
async function readsHaveBegun(count: number): Promise<void> {
  const end = performance.now() + 5_000;
  while (threadsInPipeRead() < count && performance.now() < end) await setImmediate();
}

describe.each(BACKENDS)('on %s', (backend) => {
  test.each(['exit', 'return'] satisfies End[])(
    'what a worker had stashed is home at once when it ends by %s, what it had leased after its end is known',
    async (how) => {
      const estate = makeEstate(backend, BLOCKS);
      const { runtime, pool } = estate;
      const mortal = await startMortal({ runtime: runtime.name, manner: 'holds', lease: 60, put: 40 });
      const before = pool.stats().totals;
      expect(before.leased).toBe(20);
      expect(before.stashed).toBeGreaterThan(0);
      const ended = end(mortal, how);
      // Until this returns, this thread cannot hear of the end: what comes home, the worker sends.
      spinUntil(() => pool.stats().totals.stashed === 0);
      expect(pool.stats().totals).toMatchObject({ leased: 20, lost: 0 });
      expect(runtime.stats().processors.live).toBe(2);
      await ended;
      expectRecovered(estate, { lost: 20 });
      runtime.close();
    },
  );

  test('a worker that had put everything has freed its row when it ends', async () => {
    const estate = makeEstate(backend, BLOCKS);
    const { runtime } = estate;
    const mortal = await startMortal({ runtime: runtime.name, manner: 'holds', lease: 60, put: 60 });
    const ended = end(mortal, 'return');
    spinUntil(() => runtime.stats().processors.live === 1);
    await ended;
    expectRecovered(estate, { lost: 0 });
    runtime.close();
  });

  test.each(['terminate', 'exit'] as const)(
    'a block with a read in flight is handed out only after the read has landed, when its worker ends by %s',
    async (how) => {
      const estate = makeEstate(backend, 64);
      const { runtime, pool } = estate;
      const pipe = openPipe();
      const readingBefore = threadsInPipeRead();
      // As many as a batch has, so that it has stashed none.
      const mortal = await startMortal({ runtime: runtime.name, manner: 'reads', lease: 2, fd: pipe.fd });
      expect(pool.stats().totals).toMatchObject({ leased: 2, stashed: 0 });
      let isOver = false;
      void mortal.ended.then(() => {
        isOver = true;
      });
      // One that has not begun would be cancelled, and there would be nothing to wait for.
      await readsHaveBegun(readingBefore + 2);
      if (how === 'exit') mortal.worker.postMessage('exit');
      const ended = how === 'exit' ? mortal.ended : mortal.worker.terminate();
      // Some turns later the worker is as dead as it can be, but for its read; then the pool runs dry, and looks for the dead.
      for (let turn = 0; turn < 2000; turn++) await setImmediate();
      const rest = drain(pool);
      expect({ rest: rest.length, isOver }).toEqual({ rest: 62, isOver: false });
      writeSync(pipe.fd, Buffer.alloc(2 * BLOCK, 'landing!'));
      await ended;
      const blocks = drain(pool);
      expect(blocks).toHaveLength(2);
      for (const block of blocks) {
        expect(Buffer.from(block).equals(Buffer.alloc(BLOCK, 'landing!')), 'the read has landed').toBe(true);
        // Nothing writes there any more.
        block.fill(7);
      }
      for (const buffer of rest) pool.put(buffer);
      expectRecovered({ ...estate, blocks: 62 }, { lost: 2 });
      for (const block of blocks) {
        expect(block.every((byte) => byte === 7)).toBe(true);
        pool.put(block);
      }
      runtime.close();
      pipe.close();
    },
  );

  test('a worker that ends of an uncaught error is recovered', async () => {
    const estate = makeEstate(backend, BLOCKS);
    const { runtime } = estate;
    const mortal = await startMortal({ runtime: runtime.name, manner: 'holds', lease: 60, put: 40 });
    expect(await end(mortal, 'throw')).toMatchObject({ message: 'meant to be uncaught' });
    expectRecovered(estate, { lost: 20 });
    runtime.close();
  });

  test('a worker that ends because its heap is full is recovered', async () => {
    const estate = makeEstate(backend, BLOCKS);
    const { runtime } = estate;
    const mortal = await startMortal(
      { runtime: runtime.name, manner: 'holds', lease: 60, put: 40 },
      { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 },
    );
    expect(await end(mortal, 'heap')).toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
    expectRecovered(estate, { lost: 20 });
    runtime.close();
  });

  test('a worker whose task piscina aborts is recovered', async () => {
    const estate = makeEstate(backend, BLOCKS);
    const { runtime, pool } = estate;
    const filename = new URL('mortal-task.js', inject('workerDir')).href;
    const piscina = new Piscina({ filename, minThreads: 1, maxThreads: 1, execArgv: [] });
    const { port1, port2 } = new MessageChannel();
    const abort = new AbortController();
    const { signal } = abort;
    const task = { runtime: runtime.name, lease: 60, put: 40, port: port2 };
    const run = piscina.run(task, { transferList: [port2], signal });
    await once(port1, 'message');
    port1.close();
    expect(pool.stats().totals.leased).toBe(20);
    abort.abort();
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    await until(() => pool.stats().totals.lost === 20);
    await piscina.destroy();
    expectRecovered(estate, { lost: 20 });
    runtime.close();
  });
});
