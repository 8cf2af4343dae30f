// Pinning: what was asked holds, or nothing has changed and the error or the result says why.

import { effectiveAffinity, type PinResult, pinThisThread, pinThread } from '@syncpool/worker-shim';
import { afterAll, describe, expect, test } from 'vitest';
import { inProcess, inWorker } from '../support/in-thread.ts';
import { twoCpus } from '../support/launch.ts';
import { copyWithoutKoffi } from '../support/package-copy.ts';

const all = effectiveAffinity() ?? [];
const [first] = twoCpus();
/** Below the limit, beyond the usual length of a mask, and on no machine that runs these tests. */
const NOWHERE = 8001;

const bare = copyWithoutKoffi();
afterAll(() => bare.remove());

describe.each([
  ['koffi', import.meta.resolve('@syncpool/worker-shim')],
  ['taskset', bare.url],
])('by %s', (how, url) => {
  test('a thread is pinned, and its mask is read back', async () => {
    const [result, holds, others] = await inWorker<[PinResult, number[], number[]]>(
      `report([shim.pinThisThread([${first}]), shim.effectiveAffinity(), shim.effectiveAffinity(process.pid)]);`,
      url,
    );
    expect(result).toEqual({ asked: [first], holds: [first], how });
    expect(holds).toEqual([first]);
    // The main thread, whose id is the process's.
    expect(others).toEqual(all);
  });

  test('another thread is pinned by its id', async () => {
    const [result, own] = await inWorker<[PinResult, number[]]>(
      `import { readdirSync, readlinkSync } from 'node:fs';
       import { Worker } from 'node:worker_threads';
       const other = new Worker("require('worker_threads').parentPort.postMessage(require('fs').readlinkSync('/proc/thread-self')); setTimeout(() => {}, 1e6)", { eval: true });
       other.once('message', async (path) => {
         const tid = Number(path.split('/').at(-1));
         report([shim.pinThread(tid, [${first}]), shim.effectiveAffinity()]);
         await other.terminate();
       });`,
      url,
    );
    expect(result).toEqual({ asked: [first], holds: [first], how });
    expect(own).toEqual(all);
  });

  test.each([[[NOWHERE]], [[first, NOWHERE]]])(
    'CPUs that are not there are refused, and nothing changes: %j',
    async (cpus) => {
      const [code, message, holds] = await inWorker<[string, string, number[]]>(
        `try { shim.pinThisThread(${JSON.stringify(cpus)}); } catch (error) {
         report([error.code, error.message, shim.effectiveAffinity()]);
       }`,
        url,
      );
      expect(code).toBe('ERR_SYNCPOOL_SHIM_PIN_FAILED');
      expect(message).toContain(`${NOWHERE} `);
      expect(holds).toEqual(all);
    },
  );

  test('a thread that is not there is refused', async () => {
    const [code, message] = await inWorker<[string, string]>(
      // Above the largest that Linux gives.
      `try { shim.pinThread(2 ** 30, [${first}]); } catch (error) { report([error.code, error.message]); }`,
      url,
    );
    expect([code, message]).toEqual(['ERR_SYNCPOOL_SHIM_PIN_FAILED', `there is no thread ${2 ** 30}`]);
  });
});

test('where neither koffi nor taskset is, the result says so, and what holds', async () => {
  const [result] = await inProcess<PinResult>(`report(shim.pinThisThread([${first}]));`, bare.url, {
    PATH: '/nowhere',
  });
  expect(result).toEqual({
    asked: [first],
    holds: all,
    how: 'none',
    reason: 'koffi is not installed, and taskset is not installed',
  });
});

describe('arguments that mean nothing', () => {
  test.each([
    ['no list', 'all', TypeError, /cpus must be an array of CPU ids, not "all"/],
    ['no CPU', [], RangeError, /names? one CPU at least/],
    ['a fraction', [0.5], RangeError, /from 0 to 8191, not 0.5/],
    ['below zero', [-1], RangeError, /not -1/],
    ['text', ['0'], RangeError, /not "0"/],
    ['too high', [8192], RangeError, /not 8192/],
  ])('are refused: %s', (_, cpus, type, message) => {
    const pin = () => pinThisThread(cpus as readonly number[]);
    expect(pin).toThrow(type);
    expect(pin).toThrow(message);
    expect(pin).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_SHIM_INVALID_OPTION' }));
    expect(effectiveAffinity()).toEqual(all);
  });

  test.each([0, -1, 1.5, 2 ** 31])('are refused: thread %d', (tid) => {
    const refusal = expect.objectContaining({ code: 'ERR_SYNCPOOL_SHIM_INVALID_OPTION' });
    expect(() => pinThread(tid, [first])).toThrow(refusal);
    expect(() => effectiveAffinity(tid)).toThrow(refusal);
  });

  test('a list names a CPU once, in order', async () => {
    const result = await inWorker<PinResult>(
      `report(shim.pinThisThread(${JSON.stringify([...all, ...all].reverse())}));`,
    );
    expect(result).toEqual({ asked: all, holds: all, how: 'koffi' });
  });
});

test('a thread that is gone has no affinity', () => {
  expect(effectiveAffinity(2 ** 30)).toBeUndefined();
});
