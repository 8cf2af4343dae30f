// One run: a runtime of its own with a row for each thread, the threads on their CPUs, and the time that passes.

import { createRuntime } from '@syncpool/core';
import { Clock } from './clock.js';
import { Mailbox, MAILBOX_LINES } from './mailbox.js';
import { Memory } from './memory.js';
import { ORDERS } from './orders.js';
import {
  bindGenerators,
  bindKernel,
  capacityOf,
  DONE,
  layout,
  MAX_BATCH,
  Neighbours,
  RETRY,
  violations,
} from './sources.js';
import { Thread } from './thread.js';
import { mailboxesOf, MAX_BYTES, MAX_PROCESSORS, SIZE } from './workload.js';

/** Above the highest that Linux gives to a thread. */
const NO_THREAD = 2 ** 22 + 1;
const FIRST_ROW = 1;
/** Blocks that each thread but the getters has in its deque at the start. What is got comes back, so there are always some. */
const IN_DEQUE = 32;
const CAPACITY = capacityOf(SIZE, MAX_BYTES, MAX_PROCESSORS);

let runs = 0;

export class World {
  threads;
  #runtime;
  #clock = new Clock();

  /**
   * @param roles of each thread (workload.js)
   * @param cpus the number of each thread's CPU in `latencies`
   * @param placements of each thread; undefined where nobody pins
   * @param order a name of ORDERS
   */
  constructor({ roles, cpus, latencies, placements, order, batch = MAX_BATCH, costs, random }) {
    runs += 1;
    const limits = { maxBytes: MAX_BYTES, maxProcessors: MAX_PROCESSORS, maxClasses: 1 };
    this.#runtime = createRuntime({ ...limits, kernel: 'atomics', name: `simulation ${runs}` });
    this.#runtime.pool('blocks', { blockSize: SIZE, maxBytes: MAX_BYTES, drain: { on: 'never' } });
    const { kernel, words } = bindKernel(this.#runtime.token.control);
    const memory = new Memory({
      words,
      blocks: (kernel.loadPlain(layout.H_SLAB_COUNT) + 1) * layout.BLOCKS_PER_SLAB,
      mailboxes: roles.length * MAILBOX_LINES,
      latencies,
      clock: this.#clock,
    });
    const operations = memory.operations();
    const world = { clock: this.#clock, memory, kernel: { ...operations, ...bindGenerators(operations) }, costs };
    const { acquire, isPlaced } = ORDERS[order];
    const mailboxes = roles.map((_, i) => new Mailbox(i));
    const numbers = mailboxesOf(roles);
    const places = roles.map((_, i) => this.#claim(kernel, i, isPlaced ? placements[i] : undefined));
    for (const { neighbours } of places) neighbours.follow();
    this.threads = roles.map((role, i) => {
      const mailbox = numbers[i] === undefined ? undefined : mailboxes[numbers[i]];
      if (mailbox !== undefined && role !== 'getter') mailbox.isReceived = true;
      const { neighbours: _, ...at } = places[i];
      const place = { ...at, siblings: roles.length, random };
      const thread = new Thread(place, world, { role, mailbox, acquire, batch, capacity: CAPACITY });
      if (role !== 'getter') this.#fill(kernel, thread);
      return thread;
    });
    for (const [i, thread] of this.threads.entries()) this.#clock.start(cpus[i], thread);
  }

  /** Takes a row, and says where its thread runs. */
  #claim(kernel, i, placement) {
    const index = FIRST_ROW + i;
    const row = kernel.rowAt(index);
    if (kernel.claimRow(row, index, NO_THREAD + i, -1, NO_THREAD + i, 0, 0) !== DONE)
      throw new Error(`row ${index} is taken`);
    const neighbours = new Neighbours(kernel, index);
    neighbours.place(placement);
    const cls = kernel.classAt(0);
    return { row, index, cls, deque: kernel.dequeAt(index, 0), ring: kernel.ringAt(index, 0), neighbours };
  }

  /** Gives a thread a full magazine and some batches in its deque. */
  #fill(kernel, { row, cls, magazine }) {
    const cut = (most) => {
      let count = RETRY;
      while (count === RETRY) count = kernel.cutFresh(row, cls, most);
      if (count <= 0) throw new Error('the simulated pool is too small');
      return count;
    };
    while (magazine.length < CAPACITY) {
      cut(1);
      magazine.push(kernel.loadPlain(kernel.stageAt(row, 0)));
      kernel.storePlain(row + layout.R_STAGED, 0);
    }
    for (let left = IN_DEQUE; left > 0; ) {
      left -= cut(Math.min(left, MAX_BATCH));
      kernel.spill(row);
    }
  }

  /** Lets time pass until the first getter has got that many blocks more. Returns how many nanoseconds it took. */
  run(gets) {
    const from = this.#clock.now;
    const [first] = this.threads;
    const last = first.gets + gets;
    this.#clock.run(() => first.gets >= last);
    return this.#clock.now - from;
  }

  /** Lets so many nanoseconds pass. */
  pass(ns) {
    const until = this.#clock.now + ns;
    this.#clock.run(() => this.#clock.now >= until);
  }

  /** Ends it. What is wrong with its memory, as sentences: threads that stand inside a step leave it in between. */
  close() {
    const wrong = violations(this.#runtime.token);
    this.#runtime.close();
    return wrong;
  }
}
