// What the simulation's times are made of: the shipped kernel's steps (wasm) and the public calls on this machine, in one thread, so that
// every line is at hand. What lines cost when they are not is in lines.js.
//
// Two operations that undo each other are measured together, and each is taken for half of it; a steal is what is left of a push and
// a steal.

import { createRuntime } from '@syncpool/core';
import { median } from '../lib/report.js';
import { bindKernel, DONE, layout, MAX_BATCH } from './sources.js';
import { LINES, MAX_BYTES, MAX_PROCESSORS, SIZE, work } from './workload.js';

const WARM_UP = 1000;
const REPEATS = 300;
/** Operations that are timed together: reading the clock takes longer than one of them. */
const TOGETHER = 64;
/** Blocks that are got and then put: more than a magazine holds, and fewer. */
const MANY = 128;
const FEW = 32;
const ROWS = [200, 201];
/** Above the highest that Linux gives to a thread. */
const NO_THREAD = 2 ** 22 + 1;

/**
 * Nanoseconds of each of the operations, medians of many rounds: in each the first one TOGETHER times, then the second one ...
 * The loops are made anew for each, so that V8 compiles them for that one alone.
 */
function costsOf(...operations) {
  const loops = operations.map(() => new Function('operate', `for (let i = 0; i < ${TOGETHER}; i++) operate(i);`));
  const rounds = operations.map(() => []);
  for (let repeat = 0; repeat < WARM_UP + REPEATS; repeat++) {
    for (const [i, operate] of operations.entries()) {
      const began = process.hrtime.bigint();
      loops[i](operate);
      rounds[i].push(Number(process.hrtime.bigint() - began));
    }
  }
  return rounds.map((values) => median(values.slice(WARM_UP)) / TOGETHER);
}

const costOf = (operate) => costsOf(operate)[0];

/** A step's cost, given for one block and for a batch: what it takes once, and for each block. */
function lineThrough(one, batch) {
  const each = Math.max(0, (batch - one) / (MAX_BATCH - 1));
  return { once: Math.max(0, one - each), each };
}

/** Steps on two rows that no thread has, whose deques hold a batch all the time, so that a thief may take one. */
function stepCosts({ token }) {
  const { kernel } = bindKernel(token.control);
  const cls = kernel.classAt(0);
  const [one, other] = ROWS.map((index, i) => {
    const row = kernel.rowAt(index);
    if (kernel.claimRow(row, index, NO_THREAD + i, -1, NO_THREAD + i, 0, 0) !== DONE)
      throw new Error(`row ${index} is taken`);
    const at = { row, index, deque: kernel.dequeAt(index, 0), ring: kernel.ringAt(index, 0) };
    if (kernel.cutFresh(row, cls, MAX_BATCH) !== MAX_BATCH) throw new Error('the pool is too small to measure with');
    kernel.spill(row);
    return at;
  });
  const push = (to) => kernel.push(to.row, cls, to.deque, to.ring);
  const measure = (count) => {
    if (kernel.cutFresh(one.row, cls, count) !== count) throw new Error('the pool is too small to measure with');
    const popped = costOf(() => {
      push(one);
      kernel.pop(one.row, cls, one.deque, one.ring, count);
    });
    let [from, to] = [one, other];
    const stolen = costOf(() => {
      push(from);
      kernel.steal(to.row, cls, from.index, from.deque, from.ring, count);
      [from, to] = [to, from];
    });
    // Blocks that were cut together lie in one word of their slab's bitmap here.
    const block = kernel.loadPlain(kernel.stageAt(from.row, 0));
    const [slab, word] = [layout.slabOf(block), layout.numberOf(block) >> 5];
    const taken = costOf(() => {
      kernel.home(from.row, cls);
      if (kernel.take(from.row, cls, slab, word, count) !== count) throw new Error('some blocks were not taken again');
    });
    kernel.homeStaged(from.row);
    return { push: popped / 2, pop: popped / 2, steal: stolen - popped / 2, take: taken / 2 };
  };
  const single = measure(1);
  const batch = measure(MAX_BATCH);
  const steps = Object.fromEntries(Object.keys(single).map((name) => [name, lineThrough(single[name], batch[name])]));
  const nobody = kernel.rowAt(ROWS[1] + 1);
  const [deque, ring] = [kernel.dequeAt(ROWS[1] + 1, 0), kernel.ringAt(ROWS[1] + 1, 0)];
  const probe = costOf(() => kernel.steal(one.row, cls, nobody, deque, ring, 1));
  for (const { row } of [one, other]) kernel.emptyDeques(row, cls);
  return { ...steps, cut: steps.take, probe };
}

/** The public calls. */
function callCosts(pool, { push, pop }) {
  const pair = costOf(() => pool.put(pool.get(SIZE)));
  const used = costOf(() => {
    const buffer = pool.get(SIZE);
    for (let i = 0; i < LINES; i++) buffer[i * 64] = i;
    pool.put(buffer);
  });
  const buffers = [];
  const refills = () => pool.stats().totals.hits.deque;
  const getAndPut = (count) => () => {
    while (buffers.length < count) buffers.push(pool.get(SIZE));
    while (buffers.length > 0) pool.put(buffers.pop());
  };
  const inMagazine = costOf(getAndPut(FEW)) / FEW;
  const before = refills();
  const cycle = costOf(getAndPut(MANY));
  const crossings = (refills() - before) / ((WARM_UP + REPEATS) * TOGETHER);
  const held = Array.from({ length: TOGETHER }, () => pool.get(SIZE));
  const messages = [];
  const [detach, adopt] = costsOf(
    (i) => {
      messages[i] = pool.detach(held[i], 0);
    },
    (i) => {
      held[i] = pool.adopt(messages[i]);
    },
  );
  for (const buffer of held) pool.put(buffer);
  const both = push.once + pop.once + MAX_BATCH * (push.each + pop.each);
  const crossing = Math.max(0, (cycle - MANY * inMagazine) / crossings - both);
  return {
    get: pair / 2,
    put: pair / 2,
    use: Math.max(0, used - pair),
    refill: crossing / 2,
    unload: crossing / 2,
    detach,
    adopt,
  };
}

/** All of them, in nanoseconds. */
export function measureCosts() {
  const runtime = createRuntime({ name: 'costs', maxBytes: MAX_BYTES, maxProcessors: MAX_PROCESSORS, maxClasses: 1 });
  const pool = runtime.pool('blocks', { blockSize: SIZE, maxBytes: MAX_BYTES, drain: { on: 'never' } });
  const steps = stepCosts(runtime);
  const calls = callCosts(pool, steps);
  const word = new Int32Array(new SharedArrayBuffer(64));
  const atomic = costOf(() => Atomics.store(word, 0, Atomics.load(word, 0) + 1)) / 2;
  runtime.close();
  let seed = 1;
  const worked = costOf(() => {
    seed = work(seed);
  });
  return { ...steps, ...calls, atomic, work: worked };
}
