// What threads inherit from a pinned one: nothing that they should not.

import { effectiveAffinity } from '@syncpool/worker-shim';
import { describe, expect, test } from 'vitest';
import { inProcess } from '../support/in-thread.ts';
import { program, twoCpus } from '../support/launch.ts';

const all = effectiveAffinity() ?? [];
const [first, second] = twoCpus();

/** Masks of all threads of the process but the calling one, by thread id. */
const OTHERS = `
  const { readdirSync, readlinkSync } = require('node:fs');
  const me = () => Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  const others = () => readdirSync('/proc/self/task').map(Number).filter((tid) => tid !== me()).map((tid) => shim.effectiveAffinity(tid));
`;

/** Starts a worker of pins-itself.cjs: the thread id that it posts, and the worker. */
const START = `
  const { once } = require('node:events');
  const { Worker } = require('node:worker_threads');
  const start = async (workerData) => {
    const worker = new Worker(${JSON.stringify(program('pins-itself.cjs'))}, { workerData });
    const [tid] = await once(worker, 'message');
    return [tid, worker];
  };
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

  test('a worker has all CPUs, and the main thread keeps its own', async () => {
    const [report] = await inProcess<{ main: number[]; worker: number[] }>(`${START}
      shim.pinThisThread([${first}]);
      const [tid, worker] = await start({});
      report({ main: shim.effectiveAffinity(), worker: shim.effectiveAffinity(tid) });
      await worker.terminate();
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

  test('workers that pin themselves stay there while more workers start, on the same CPU too', async () => {
    const [masks] = await inProcess<number[][]>(`${START}
      shim.pinThisThread([${first}]);
      const same = await start({ cpus: [${first}] });
      const other = await start({ cpus: [${second}] });
      const below = await start({ cpus: [${second}], throughAnother: true });
      const last = await start({});
      const started = [same, other, below, last];
      report(started.map(([tid]) => shim.effectiveAffinity(tid)));
      await Promise.all(started.map(([, worker]) => worker.terminate()));
    `);
    expect(masks).toEqual([[first], [second], [second], all]);
  });
});
