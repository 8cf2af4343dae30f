// What a thread publishes of where it runs, and what pools make of that.

import { effectiveAffinity } from '@syncpool/worker-shim';
import { describe, expect, test } from 'vitest';
import { inProcess, inWorker } from '../support/in-thread.ts';
import { reportsOf, twoCpus } from '../support/launch.ts';

const all = effectiveAffinity() ?? [];
const [first, second] = twoCpus();
const CORE = JSON.stringify(import.meta.resolve('@syncpool/core'));

const PUBLISHED = `
  const published = () => globalThis[shim.PLACEMENT];
  const { channel, subscribe } = process.getBuiltinModule('node:diagnostics_channel');
  const renew = () => channel('@syncpool/placement:renew').publish(undefined);
`;

interface Published {
  readonly cpus: readonly number[];
  readonly distances: Readonly<Record<number, number>>;
}

describe('a thread that pins itself with a topology', () => {
  test('publishes where it is, how far all CPUs are, and that it has', async () => {
    const { before, now, heard } = await inWorker<{ before: unknown; now: Published; heard: number }>(`${PUBLISHED}
      let heard = 0;
      subscribe('@syncpool/placement', () => { heard += 1; });
      const before = published();
      shim.pinThisThread([${second}], { topology: shim.readTopology() });
      report({ before, now: published(), heard });
    `);
    expect(before).toBeUndefined();
    expect(now).toMatchObject({ place: -1, cpu: second, cpus: [second] });
    expect(now.distances[second]).toBe(0);
    expect(Object.keys(now.distances).map(Number)).toEqual(expect.arrayContaining([...all]));
    expect(heard).toBe(1);
  });

  test('takes a topology that has come by message', async () => {
    const now = await inWorker<Published>(`${PUBLISHED}
      shim.pinThisThread([${second}], { topology: structuredClone(shim.readTopology()) });
      report(published());
    `);
    expect(now.cpus).toEqual([second]);
  });

  test('publishes anew, when it is asked, what somebody else has made of its mask', async () => {
    const places = await inWorker<(readonly number[])[]>(`${PUBLISHED}
      const { readlinkSync } = process.getBuiltinModule('node:fs');
      const tid = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
      shim.pinThisThread([${second}], { topology: shim.readTopology() });
      shim.pinThread(tid, [${first}]);
      const unasked = published().cpus;
      renew();
      report([unasked, published().cpus]);
    `);
    expect(places).toEqual([[second], [first]]);
  });

  test('leaves alone what somebody else has published since, another copy of the package say', async () => {
    const place = await inWorker<unknown>(`${PUBLISHED}
      const { readlinkSync } = process.getBuiltinModule('node:fs');
      shim.pinThisThread([${second}], { topology: shim.readTopology() });
      globalThis[shim.PLACEMENT] = { ...published(), place: 7 };
      shim.pinThread(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), [${first}]);
      renew();
      report(published());
    `);
    expect(place).toMatchObject({ place: 7, cpus: [second] });
  });

  test('goes on where it was when nobody can open a file: it says what the system call tells', async () => {
    // In a process of its own, whose every file descriptor is taken; an error of a subscriber would end it.
    const places = await inProcess<(readonly number[])[]>(`${PUBLISHED}
      const { openSync, closeSync } = require('node:fs');
      shim.pinThisThread([${second}], { topology: shim.readTopology() });
      const taken = [];
      let code;
      while (code === undefined) {
        try { taken.push(openSync('/dev/null')); } catch (error) { code = error.code; }
      }
      renew();
      await new Promise(setImmediate);
      for (const fd of taken) closeSync(fd);
      report([code, published().cpus]);
    `);
    expect(places).toEqual([['EMFILE', [second]]]);
  });

  test('without one publishes nothing', async () => {
    const now = await inWorker<unknown>(`${PUBLISHED}
      shim.pinThisThread([${second}]);
      report(published() ?? 'nothing');
    `);
    expect(now).toBe('nothing');
  });

  test.each([
    ['a topology that is none', '{ topology: { cpus: [] } }', 'topology must be what readTopology() gives'],
    ['a topology that is a number', '{ topology: 4 }', 'topology must be what readTopology() gives, not 4'],
    ['an option that there is not', '{ policy: "compact" }', 'no option "policy"'],
    ['options that are none', '"compact"', 'options must be an object, not "compact"'],
  ])('refuses %s, and pins nothing', async (_, options, message) => {
    const [said] = await inProcess<{ error: string; holds: number[] }>(`
      let error = '';
      try { shim.pinThisThread([${second}], ${options}); } catch (refusal) { error = refusal.message; }
      report({ error, holds: shim.effectiveAffinity() });
    `);
    expect(said?.error).toContain(message);
    expect(said?.holds).toEqual(all);
  });
});

describe('a pool', () => {
  test('knows where a thread is that pins itself after it has attached', async () => {
    const places = await inWorker<unknown[]>(`${PUBLISHED}
      const { createRuntime } = await import(${CORE});
      const runtime = createRuntime({ name: 'pinned later', maxBytes: 2 ** 20 });
      const pool = runtime.pool('p', { blockSize: 4096, maxBytes: 2 ** 20 });
      pool.put(pool.get());
      const place = () => pool.stats().classes[0].processors[0].place ?? null;
      const before = place();
      shim.pinThisThread([${second}], { topology: shim.readTopology() });
      report([before, place()]);
      runtime.close();
    `);
    expect(places).toEqual([null, expect.objectContaining({ cpu: second })]);
  });

  test('knows where the workers of a program below the launcher are', async () => {
    const flags = ['--cpus', `${first},${second}`, '--policy', 'explicit', '--workers', '2'];
    const [report] = await reportsOf<{ places: { thread: number; cpu: number }[]; main: unknown }>(flags, 'pooled.mjs');
    expect(report?.places.map(({ cpu }) => cpu).sort()).toEqual([first, second].sort());
    expect(report?.main).toBeNull();
  });
});
