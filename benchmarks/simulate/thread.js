// A thread of the simulation: its magazine as numbers of blocks, and the programs of workload.js. What the kernel does is the kernel's own
// code; what JavaScript adds to it costs what was measured (costs.js).

import { ASLEEP } from './clock.js';
import { layout, MAX_CUT, SOURCE_DEQUE, SOURCE_SLAB, SOURCE_STEAL } from './sources.js';
import { BURST, KEPT_OF, MOST_ADOPTED, OWN_PAIRS } from './workload.js';

const { L_STATE, R_SOURCE, R_STAGED, R_STAGED_CLASS, R_VICTIM, S_WORD, slabOf } = layout;

const TIERS = new Map([
  [SOURCE_DEQUE, 'pop'],
  [SOURCE_STEAL, 'steal'],
  [SOURCE_SLAB, 'take'],
]);

export class Thread {
  /** Nanoseconds that have passed for it and that the clock does not know of yet. */
  owed = 0;
  /** When the last of its plain stores has left the store buffer. */
  storedBy = 0;
  magazine = [];
  #kept = 0;
  #clock;
  #memory;
  #batch;
  #capacity;
  #acquire;
  #mailbox;

  /**
   * @param place row, index, cls, deque, ring: the thread's addresses; siblings: how many threads there are; random
   * @param world what all threads have in common (world.js)
   * @param program role, mailbox, and of its pool acquire (orders.js), batch, capacity
   */
  constructor(place, { clock, memory, kernel, costs }, { role, mailbox, acquire, batch, capacity }) {
    Object.assign(this, place, { kernel, costs });
    this.#clock = clock;
    this.#memory = memory;
    this.#batch = batch;
    this.#capacity = capacity;
    this.#acquire = acquire;
    this.role = role;
    this.#mailbox = mailbox;
    this.startCounting();
  }

  /** `getNs` is how long the gets took, `useNs` how long writing their blocks' first lines; `stolen` counts blocks by victim's row, `ranNs` is the clock's. */
  startCounting() {
    this.gets = 0;
    this.getNs = 0;
    this.useNs = 0;
    this.ranNs = 0;
    this.tiers = { pop: 0, steal: 0, take: 0, cut: 0 };
    this.stolen = new Map();
  }

  /** Hands the time that has passed over to the clock. */
  pay() {
    const { owed } = this;
    this.owed = 0;
    return owed;
  }

  *run() {
    for (;;) {
      yield* this[this.role]();
      yield this.pay();
    }
  }

  *alone() {
    yield* this.getter();
    yield* this.putter();
  }

  *getter() {
    const block = yield* this.#getAndWrite();
    this.#kept = (this.#kept + 1) % KEPT_OF;
    if (this.#kept === 0 || !(yield* this.#hasRoom())) yield* this.put(block);
    else yield* this.#send(block);
  }

  *putter() {
    if (this.#mailbox !== undefined) yield* this.#receive(this.#mailbox);
    for (let i = 0; i < OWN_PAIRS; i++) yield* this.put(yield* this.#getAndWrite());
  }

  *both() {
    const blocks = [];
    while (blocks.length < BURST) blocks.push(yield* this.#getAndWrite());
    for (const block of blocks) yield* this.put(block);
  }

  get #now() {
    return this.#clock.now + this.owed;
  }

  *#getAndWrite() {
    const asked = this.#now;
    if (this.magazine.length === 0) yield* this.#refill();
    const block = this.magazine.pop();
    this.owed += this.costs.get;
    const got = this.#now;
    yield* this.#memory.useBlock(block, true);
    this.owed += this.costs.use + this.costs.work;
    this.gets += 1;
    this.getNs += got - asked;
    this.useNs += this.#now - got - this.costs.work;
    return block;
  }

  *put(block) {
    if (this.magazine.length >= this.#capacity) yield* this.#unload();
    this.magazine.push(block);
    this.owed += this.costs.put;
  }

  #took(step, count) {
    this.owed += step.once + step.each * count;
  }

  *#refill() {
    const { kernel, row, costs } = this;
    let count = 0;
    while (count <= 0) count = yield* this.#acquire(this, this.#batch, this.#batch === 1 ? 1 : MAX_CUT);
    const tier = TIERS.get(kernel.loadPlain(row + R_SOURCE)) ?? 'cut';
    if (tier === 'steal') {
      const victim = kernel.loadPlain(row + R_VICTIM);
      this.stolen.set(victim, (this.stolen.get(victim) ?? 0) + count);
    }
    this.tiers[tier] += count;
    for (let i = 0; i < count; i++) this.magazine.push(kernel.loadPlain(kernel.stageAt(row, i)));
    kernel.storePlain(row + R_STAGED, 0);
    this.owed += costs.refill;
    this.#took(costs[tier], count);
  }

  *#unload() {
    const { kernel, row, costs } = this;
    const blocks = this.magazine.splice(-this.#batch);
    for (const [i, block] of blocks.entries()) kernel.storePlain(kernel.stageAt(row, i), block);
    kernel.storePlain(row + R_STAGED_CLASS, this.cls);
    kernel.storePlain(row + R_STAGED, blocks.length);
    yield* kernel.spill(row);
    this.owed += costs.unload;
    this.#took(costs.push, blocks.length);
  }

  /** Waits until the mailbox has room; the sender asks only when it seems to have none. False if nobody receives what is in it. */
  *#hasRoom() {
    const box = this.#mailbox;
    while (box.isReceived && box.seemsFull()) {
      yield* this.#memory.useMailbox(box.tailLine, false);
      this.owed += this.costs.atomic;
      box.lookAtTail();
      if (!box.seemsFull()) break;
      yield this.pay();
      yield ASLEEP;
    }
    return box.isReceived;
  }

  *#send(block) {
    const box = this.#mailbox;
    const generation = yield* this.kernel.detach(this.row, block, 0, 0);
    this.#memory.storeMailbox(box.lineOf(box.head));
    yield* this.#memory.useMailbox(box.headLine, true);
    box.send(block, generation);
    this.owed += this.costs.detach + this.costs.atomic;
  }

  *#receive(box) {
    yield* this.#memory.useMailbox(box.headLine, false);
    this.owed += this.costs.atomic;
    const count = Math.min(box.head - box.tail, MOST_ADOPTED);
    if (count === 0) return;
    for (let i = 0; i < count; i++) {
      yield* this.#memory.useMailbox(box.lineOf(box.tail + i), false);
      const block = yield* this.#adopt(box.at(box.tail + i));
      yield* this.#memory.useBlock(block, false);
      this.owed += this.costs.use;
      yield* this.put(block);
    }
    yield* this.#memory.useMailbox(box.tailLine, true);
    box.tail += count;
    this.owed += this.costs.atomic;
  }

  /** Looks first whose block it is, as core's handover.ts does. */
  *#adopt({ block, generation }) {
    const { kernel } = this;
    yield* kernel.loadShared(kernel.lineAt(block) + L_STATE);
    yield* kernel.loadShared(kernel.slabAt(slabOf(block)) + S_WORD);
    yield* kernel.adopt(this.row, block, generation);
    this.owed += this.costs.adopt;
    return block;
  }
}
