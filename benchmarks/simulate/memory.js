// The kernel's seam in simulated time. Shared operations stop when their line has to come from elsewhere, and act when it has come, so
// threads meet at words as they do in memory: a CAS fails if somebody was faster. Operations on a line that is at hand
// are in the measured costs.
//
// Plain loads wait for their lines too. Plain stores leave through the store buffer: their lines come at the same time, and the
// next operation that writes a shared word waits for the last of them, as a locked instruction does.

import { Lines } from './lines.js';
import { LINES } from './workload.js';

const LINE_SHIFT = 6;

/** An operation that has its answer at once, as a generator would give it: one object, no garbage. */
const answer = { done: true, value: 0 };
const atOnce = { next: () => answer, [Symbol.iterator]: () => atOnce };

function at(value) {
  answer.value = value;
  return atOnce;
}

export class Memory {
  #words;
  #clock;
  #lines;
  #controlLines;
  #dataLines;

  /** Control memory as words, lines for that many blocks' first bytes, and words of mailboxes behind them. */
  constructor({ words, blocks, mailboxes, latencies, clock }) {
    this.#words = words;
    this.#clock = clock;
    this.#controlLines = words.length / 16;
    this.#dataLines = blocks * LINES;
    this.#lines = new Lines(latencies, this.#controlLines + this.#dataLines + mailboxes);
  }

  /** What the kernel is bound to. */
  operations() {
    const words = this.#words;
    return {
      loadShared: (address) => this.#load(address),
      loadRacy: (address) => this.#load(address),
      loadUnowned: (address) => this.#load(address),
      storeShared: (address, value) => this.#update(address, () => value),
      addShared: (address, value) => this.#update(address, (old) => old + value),
      andShared: (address, value) => this.#update(address, (old) => old & value),
      orShared: (address, value) => this.#update(address, (old) => old | value),
      casShared: (address, expected, replacement) =>
        this.#update(address, (old) => (old === expected ? replacement : old)),
      notifyShared: () => at(0),
      waitShared: () => {
        throw new Error('a simulated thread would sleep');
      },
      waitAsyncShared: () => undefined,
      storeRacy: (address, value) => {
        this.#storePlain(address, value);
        return at(0);
      },
      loadPlain: (address) => {
        this.#readNow(address >> LINE_SHIFT);
        return words[address >> 2];
      },
      storePlain: (address, value) => this.#storePlain(address, value),
      imul: Math.imul,
      bitCount: (bits) => (bits >>> 0).toString(2).replaceAll('0', '').length,
      quotient: (a, b) => Math.trunc(a / b),
      lowestBit: (bits) => (bits === 0 ? 32 : 31 - Math.clz32(bits & -bits)),
      backEdge: () => at(0),
      atStep: (step) => step,
    };
  }

  /** The user reads or writes the first lines of a block: they do not depend on each other, so they come at the same time. */
  *useBlock(block, isWrite) {
    const { thread } = this.#clock;
    if (thread.owed > 0) yield thread.pay();
    let longest = 0;
    for (let i = 0; i < LINES; i++) {
      longest = Math.max(longest, this.#come(this.#controlLines + block * LINES + i, this.#clock.now, isWrite));
    }
    if (longest > 0) yield longest;
  }

  /** One of the lines of mailboxes, by its number, is read or written with an atomic operation. */
  *useMailbox(number, isWrite) {
    const line = this.#controlLines + this.#dataLines + number;
    if (isWrite) yield* this.#drainStores();
    if (!this.#isAtHand(line, isWrite)) yield* this.#fetch(line, isWrite);
  }

  /** A plain store to one of them. */
  storeMailbox(number) {
    this.#store(this.#controlLines + this.#dataLines + number);
  }

  /** Waits until the store buffer is empty. */
  *#drainStores() {
    const { thread } = this.#clock;
    if (thread.storedBy <= this.#clock.now + thread.owed) return;
    if (thread.owed > 0) yield thread.pay();
    if (thread.storedBy > this.#clock.now) yield thread.storedBy - this.#clock.now;
  }

  #isAtHand(line, isWrite) {
    return isWrite ? this.#lines.owns(this.#clock.cpu, line) : this.#lines.holds(this.#clock.cpu, line);
  }

  /** How long a line takes from `now` on; 0 if it is at hand. */
  #come(line, now, isWrite) {
    if (this.#isAtHand(line, isWrite)) return 0;
    return isWrite ? this.#lines.write(this.#clock.cpu, line, now) : this.#lines.read(this.#clock.cpu, line, now);
  }

  /** First the time that has passed up to here, so that the line is asked for at its moment. */
  *#fetch(line, isWrite) {
    const { thread } = this.#clock;
    if (thread.owed > 0) yield thread.pay();
    const ns = this.#come(line, this.#clock.now, isWrite);
    if (ns > 0) yield ns;
  }

  #load(address) {
    const line = address >> LINE_SHIFT;
    return this.#isAtHand(line, false) ? at(this.#words[address >> 2]) : this.#loadAfter(line, address);
  }

  *#loadAfter(line, address) {
    yield* this.#fetch(line, false);
    return this.#words[address >> 2];
  }

  #update(address, how) {
    const line = address >> LINE_SHIFT;
    const { now, thread } = this.#clock;
    const isDrained = thread.storedBy <= now + thread.owed;
    return isDrained && this.#isAtHand(line, true)
      ? at(this.#exchange(address, how))
      : this.#updateAfter(line, address, how);
  }

  *#updateAfter(line, address, how) {
    yield* this.#drainStores();
    yield* this.#fetch(line, true);
    return this.#exchange(address, how);
  }

  #exchange(address, how) {
    const old = this.#words[address >> 2];
    this.#words[address >> 2] = how(old);
    return old;
  }

  #readNow(line) {
    const { thread, now } = this.#clock;
    thread.owed += this.#come(line, now + thread.owed, false);
  }

  #storePlain(address, value) {
    this.#words[address >> 2] = value;
    this.#store(address >> LINE_SHIFT);
  }

  #store(line) {
    const { thread, now } = this.#clock;
    const from = now + thread.owed;
    thread.storedBy = Math.max(thread.storedBy, from + this.#come(line, from, true));
  }
}
