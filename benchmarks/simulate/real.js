// What the simulation is compared with: the same programs in real threads; and how long a line takes between this machine's CPUs.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createRuntime } from '@syncpool/core';
import { median } from '../lib/report.js';
import { MAILBOX, mailboxesOf, MAX_BYTES, MAX_PROCESSORS, rolesOf, SIZE } from './workload.js';

/** For each thread of two CPUs; before the first measured run they are warmed up for WARM_RUNS. */
const RUN_MS = 80;
const WARM_RUNS = 3;
const GOING = 16;
const EXCHANGES = 100;
const LINE_MS = 150;
const LEAST_ROUNDS = 20;
const isGetter = ({ role }) => role === 'getter' || role === 'alone';
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Threads of that number that can be measured again and again. `workNs` of each get are not the pool's. */
export async function startCrew(threads, workNs) {
  const name = `real ${threads}`;
  const runtime = createRuntime({ name, maxBytes: MAX_BYTES, maxProcessors: MAX_PROCESSORS, maxClasses: 1 });
  runtime.pool('blocks', { blockSize: SIZE, maxBytes: MAX_BYTES, drain: { on: 'never' } });
  const roles = rolesOf(threads);
  const mailboxes = mailboxesOf(roles);
  const shared = {
    control: new SharedArrayBuffer(128),
    mailboxes: new SharedArrayBuffer(threads * 128),
    messages: new SharedArrayBuffer(threads * MAILBOX * 8),
    received: roles.map((_, box) => roles.some((role, i) => mailboxes[i] === box && role !== 'getter')),
  };
  const control = new Int32Array(shared.control);
  const workers = roles.map(
    (role, i) =>
      new Worker(new URL('real.worker.js', import.meta.url), {
        workerData: { role, shared, mailbox: mailboxes[i], runtime: name },
      }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));

  /** What each thread did while it was going for so long. */
  async function run(ms) {
    const answers = workers.map((worker) => once(worker, 'message'));
    control.fill(0);
    for (const worker of workers) worker.postMessage('');
    while (Atomics.load(control, 0) < threads) await pause(1);
    Atomics.store(control, GOING, 1);
    await pause(ms);
    Atomics.store(control, GOING, 2);
    return (await Promise.all(answers)).map(([answer]) => answer);
  }

  const runMs = RUN_MS * Math.ceil(threads / 2);
  for (let i = 0; i < WARM_RUNS; i++) await run(runMs);
  return {
    /**
     * Nanoseconds on a CPU between two gets of a getter, without its work, on the median; and the smallest share of the time that
     * any thread had a CPU: below 1 it was not the threads alone that had them.
     */
    async measure() {
      let done = [];
      while (!done.some(isGetter)) done = (await run(runMs)).filter(({ gets }) => gets > 0);
      return {
        ns: median(done.filter(isGetter).map(({ ns, gets }) => ns / gets - workNs)),
        share: Math.min(...done.map(({ share }) => share)),
      };
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.terminate()));
      runtime.close();
    },
  };
}

/**
 * Nanoseconds that a line takes from one of this machine's CPUs to another: half of there and back, less what the operations
 * themselves take. Of many short rounds one of the fast ones: in the others somebody else had a CPU for a while.
 * Undefined if that was so nearly all the time.
 */
export async function measureLine(atomicNs) {
  const memory = new SharedArrayBuffer(64);
  const line = new Int32Array(memory);
  const worker = new Worker(new URL('pong.worker.js', import.meta.url), { workerData: memory });
  const rounds = [];
  let next = 1;
  const ends = performance.now() + LINE_MS;
  while (performance.now() < ends) {
    const began = process.hrtime.bigint();
    for (let i = 0; i < EXCHANGES; i++, next += 2) {
      Atomics.store(line, 0, next);
      while (Atomics.load(line, 0) !== next + 1);
    }
    rounds.push(Number(process.hrtime.bigint() - began) / EXCHANGES);
  }
  await worker.terminate();
  if (rounds.length < LEAST_ROUNDS) return undefined;
  rounds.sort((a, b) => a - b);
  return Math.max(1, rounds[Math.floor(rounds.length / 10)] / 2 - 2 * atomicNs);
}
