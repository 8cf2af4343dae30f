// The processor table: who attaches makes room in a full one by recovering the dead, and is refused only if all
// are alive. And workers that attach by token, whose end nobody may be told of.

import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { attachRuntime, type Runtime } from '@syncpool/core';
import { BACKENDS } from '../support/crew.ts';
import {
  drain,
  expectAll,
  expectRecovered,
  familyOf,
  makeEstate,
  spinUntil,
  startMortal,
  untilForgotten,
} from '../support/mourning.ts';
import { nextMessage, spawn } from '../support/worker.ts';
import type { LatecomerJob } from '../workers/latecomer.ts';

const BLOCKS = 128;

class Latecomer {
  readonly gate = new Int32Array(new SharedArrayBuffer(8));
  readonly worker: Worker;

  constructor(job: Omit<LatecomerJob, 'gate'> = {}) {
    this.worker = spawn('latecomer', { ...job, gate: this.gate });
  }

  /** Gives it the token; it waits at its gate then. */
  async prepare(runtime: Runtime): Promise<void> {
    const ready = nextMessage(this.worker);
    this.worker.postMessage(runtime.token);
    await ready;
  }

  open(): void {
    Atomics.store(this.gate, 0, 1);
    Atomics.notify(this.gate, 0);
  }

  /** What came of its attempt to attach. */
  async attach(): Promise<unknown> {
    const answer = nextMessage(this.worker);
    this.open();
    return answer;
  }

  /** Starts one that attaches at once; its answer. */
  static async attach(runtime: Runtime, job: Omit<LatecomerJob, 'gate'> = {}): Promise<[Latecomer, unknown]> {
    const one = new Latecomer(job);
    await one.prepare(runtime);
    return [one, await one.attach()];
  }
}

// Started before any runtime of this file: it may be that no runtime is told of their end.
const early = new Map(BACKENDS.map((backend) => [backend, new Latecomer({ lease: 25 })]));

describe.each(BACKENDS)('on %s', (backend) => {
  test('a worker that was started before the runtime was made is recovered at the latest when the pool runs dry', async () => {
    const latecomer = early.get(backend) as Latecomer;
    const estate = makeEstate(backend, BLOCKS, 2);
    const { runtime, pool } = estate;
    await latecomer.prepare(runtime);
    expect(await latecomer.attach()).toBe('attached');
    const { threadId } = latecomer.worker;
    await latecomer.worker.terminate();
    expect(pool.stats().totals.leased + pool.stats().totals.lost).toBe(25);
    await untilForgotten(estate, [threadId]);
    expectAll(estate);
    expectRecovered(estate, { lost: 25 });
    runtime.close();
  });

  test('a full table makes room by recovering the dead, and refuses only if all are alive', async () => {
    const estate = makeEstate(backend, BLOCKS, 2);
    const { runtime, pool } = estate;
    const child = { runtime: runtime.name, manner: 'holds', lease: 40, put: 10 } as const;
    const host = await startMortal({ runtime: runtime.name, manner: 'hosts', child });
    for (let attempt = 0; attempt < 2; attempt++) {
      const [refused, answer] = await Latecomer.attach(runtime);
      expect(answer).toBe('ERR_SYNCPOOL_TOO_MANY_PROCESSORS');
      await refused.worker.terminate();
    }
    await host.worker.terminate();
    await untilForgotten(estate, familyOf(host.position));
    const [next, answer] = await Latecomer.attach(runtime);
    expect(answer).toBe('attached');
    expect(pool.stats().totals).toMatchObject({ leased: 0, stashed: 0, lost: 30 });
    expect(runtime.stats().processors).toEqual({ live: 2, max: 2 });
    await next.worker.terminate();
    expectRecovered(estate, { lost: 30 });
    runtime.close();
  });

  test('of several that find a table full of the dead, every one gets a row', async () => {
    const rows = 5;
    for (let round = 0; round < 3; round++) {
      const estate = makeEstate(backend, BLOCKS, rows);
      const { runtime } = estate;
      const child = { runtime: runtime.name, manner: 'holds', lease: 4 } as const;
      const dead = Array.from({ length: rows - 1 }, () =>
        startMortal({ runtime: runtime.name, manner: 'hosts', child }),
      );
      const late = dead.map(() => new Latecomer());
      await Promise.all(late.map((one) => one.prepare(runtime)));
      const hosts = await Promise.all(dead);
      await Promise.all(hosts.map(({ worker }) => worker.terminate()));
      const gone = hosts.flatMap(({ position }) => familyOf(position));
      await untilForgotten(estate, gone);
      const answers = await Promise.all(late.map((one) => one.attach()));
      expect(answers).toEqual(late.map(() => 'attached'));
      await Promise.all(late.map(({ worker }) => worker.terminate()));
      expectRecovered(estate, { lost: 4 * (rows - 1) });
      runtime.close();
    }
  });

  test.each(['asking', 'inherited', 'claimed'] as const)(
    'a thread that is killed while it makes room leaves room for the next (%s)',
    async (stop) => {
      const estate = makeEstate(backend, BLOCKS, 3);
      const { runtime } = estate;
      const child = { runtime: runtime.name, manner: 'holds', lease: 40, put: 10 } as const;
      const hosts = [await startMortal({ runtime: runtime.name, manner: 'hosts', child })];
      hosts.push(await startMortal({ runtime: runtime.name, manner: 'hosts', child }));
      await Promise.all(hosts.map(({ worker }) => worker.terminate()));
      await untilForgotten(
        estate,
        hosts.flatMap(({ position }) => familyOf(position)),
      );
      const [dying, answer] = await Latecomer.attach(runtime, { stop });
      expect(answer).toBe('stopped');
      await dying.worker.terminate();
      const [next, second] = await Latecomer.attach(runtime);
      expect(second).toBe('attached');
      await next.worker.terminate();
      // Where the table was not full any more, the other row is recovered when the pool runs dry.
      expectAll(estate);
      expectRecovered(estate, { lost: 60 });
      runtime.close();
    },
  );

  test('with nobody attached, and newcomers that are killed one after another in the places of the dead, the next one gets in', async () => {
    const { runtime, blocks } = makeEstate(backend, BLOCKS, 2);
    const estate = { runtime, blocks, pool: runtime.pool('p') };
    const holder = { runtime: runtime.name, manner: 'holds', lease: 40, put: 10 } as const;
    const first = await startMortal(holder);
    // Nobody who is told of a death is attached from here on.
    runtime.leave();
    const dead = [first, await startMortal(holder)];
    await Promise.all(dead.map(({ worker }) => worker.terminate()));
    await untilForgotten(
      estate,
      dead.map(({ position }) => position.threadId),
    );
    // The heirs of a row, of that heir, of that heir's; the last of them killed while the other row is claimed by it.
    for (const stop of ['inherited', 'inherited', 'claimed'] as const) {
      const [dying, answer] = await Latecomer.attach(runtime, { stop });
      expect(answer).toBe('stopped');
      const { threadId } = dying.worker;
      await dying.worker.terminate();
      await untilForgotten(estate, [threadId]);
    }
    const [next, answer] = await Latecomer.attach(runtime);
    expect(answer).toBe('attached');
    const back = attachRuntime(runtime.token);
    expectRecovered({ runtime: back, pool: back.pool('p'), blocks }, { lost: 60, live: 2 });
    await next.worker.terminate();
    back.close();
  });

  test('a worker`s late end takes nothing from the one that has its row by then', async () => {
    const estate = makeEstate(backend, BLOCKS, 2);
    const { runtime, pool } = estate;
    const heir = new Latecomer({ lease: 9 });
    await heir.prepare(runtime);
    const first = await startMortal({ runtime: runtime.name, manner: 'holds', lease: 40, put: 10 });
    const second = () => pool.stats().classes[0]?.processors.find((row) => row.processor === 1);
    expect(second()?.thread).toBe(first.position.threadId);
    const ended = once(first.worker, 'exit');
    void first.worker.terminate();
    // Its 'exit' waits for this thread to pass a turn of its event loop; Linux tells before that.
    spinUntil(() => {
      const buffers = drain(pool);
      for (const buffer of buffers) pool.put(buffer);
      return buffers.length === BLOCKS;
    });
    heir.open();
    spinUntil(() => Atomics.load(heir.gate, 1) === 1);
    expect(second()).toMatchObject({ thread: heir.worker.threadId, leased: 9, lost: 30 });
    await ended;
    expect(second()).toMatchObject({ thread: heir.worker.threadId, leased: 9, lost: 30 });
    await heir.worker.terminate();
    expectRecovered(estate, { lost: 39 });
    runtime.close();
  });
});
