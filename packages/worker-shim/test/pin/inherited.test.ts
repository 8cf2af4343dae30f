// What threads inherit from a pinned one: nothing that they should not.

import { effectiveAffinity } from '@syncpool/worker-shim';
import { describe, expect, test } from 'vitest';
import { inProcess } from '../support/in-thread.ts';
import { twoCpus } from '../support/launch.ts';

const all = effectiveAffinity() ?? [];
const [first] = twoCpus();

/** Masks of all threads of the process but the calling one, by thread id. */
const OTHERS = `
  const { readdirSync, readlinkSync } = require('node:fs');
  const me = () => Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  const others = () => readdirSync('/proc/self/task').map(Number).filter((tid) => tid !== me()).map((tid) => shim.effectiveAffinity(tid));
`;

describe('after the main thread is pinned', () => {
  test("libuv's threads, V8's and the watchdog of signals have all CPUs", async () => {
    const [before, masks] = await inProcess<number | number[][]>(`${OTHERS}
      const { stat } = require('node:fs/promises');
      report(others().length);
      shim.pinThisThread([${first}]);
      await Promise.all(Array.from({ length: 16 }, () => stat('/')));
      report(others());
    `);
    // Four more: libuv's pool, which was not there before.
    expect((masks as number[][]).length).toBeGreaterThanOrEqual((before as number) + 4);
    for (const mask of masks as number[][]) expect(mask).toEqual(all);
  });

  test('a worker has all CPUs, however its class was come by, and the main thread keeps its own', async () => {
    const [report] = await inProcess<{ main: number[]; worker: number[] }>(`
      const { Worker } = require('node:worker_threads');
      shim.pinThisThread([${first}]);
      const code = "import('node:fs').then((fs) => require('worker_threads').parentPort.postMessage(fs.readlinkSync('/proc/thread-self'))); setTimeout(() => {}, 1e6)";
      const worker = new Worker(code, { eval: true });
      worker.once('message', async (path) => {
        report({ main: shim.effectiveAffinity(), worker: shim.effectiveAffinity(Number(path.split('/').at(-1))) });
        await worker.terminate();
      });
    `);
    expect(report).toEqual({ main: [first], worker: all });
  });

  test('the inspector, opened since, has all CPUs as soon as a worker starts', async () => {
    const [report] = await inProcess<{ opened: number; narrow: number }>(`${OTHERS}
      const inspector = require('node:inspector');
      const { once } = require('node:events');
      const { Worker } = require('node:worker_threads');
      shim.pinThisThread([${first}]);
      const before = others().length;
      inspector.open(0);
      const opened = others().length - before;
      const worker = new Worker('0', { eval: true });
      report({ opened, narrow: others().filter((mask) => mask?.length === 1).length });
      await once(worker, 'exit');
      inspector.close();
    `);
    expect(report).toEqual({ opened: 1, narrow: 0 });
  });

  test('a worker that pins itself to the same CPU stays there, while more workers start', async () => {
    const [masks] = await inProcess<number[][]>(`
      const { once } = require('node:events');
      const { Worker } = require('node:worker_threads');
      shim.pinThisThread([${first}]);
      const code = "import(" + JSON.stringify(${JSON.stringify(import.meta.resolve('@syncpool/worker-shim'))}) + ").then((shim) => { shim.pinThisThread([${first}]); const { parentPort } = require('worker_threads'); parentPort.postMessage(0); parentPort.once('message', () => parentPort.postMessage(shim.effectiveAffinity())); })";
      const workers = [];
      for (let i = 0; i < 3; i++) {
        const worker = new Worker(code, { eval: true });
        workers.push(worker);
        await once(worker, 'message');
      }
      const masks = workers.map((worker) => once(worker, 'message').then(([mask]) => mask));
      for (const worker of workers) worker.postMessage(0);
      report(await Promise.all(masks));
      await Promise.all(workers.map((worker) => worker.terminate()));
    `);
    expect(masks).toEqual([[first], [first], [first]]);
  });
});
