// A ring of messages from one sender to one receiver, and which lines it has: its head, which the sender moves, its tail, which the
// receiver moves, and eight messages on each of the others.

import { MAILBOX } from './workload.js';

const PER_LINE = 8;
export const MAILBOX_LINES = 2 + MAILBOX / PER_LINE;

export class Mailbox {
  head = 0;
  tail = 0;
  /** Whether anybody receives what is in it. */
  isReceived = false;
  headLine;
  tailLine;
  /** The tail as the sender has seen it last. */
  #seenTail = 0;
  #messages = [];

  constructor(number) {
    this.headLine = number * MAILBOX_LINES;
    this.tailLine = this.headLine + 1;
  }

  seemsFull() {
    return this.head - this.#seenTail >= MAILBOX;
  }

  lookAtTail() {
    this.#seenTail = this.tail;
  }

  lineOf(index) {
    return this.headLine + 2 + Math.floor((index % MAILBOX) / PER_LINE);
  }

  at(index) {
    return this.#messages[index % MAILBOX];
  }

  send(block, generation) {
    this.#messages[this.head % MAILBOX] = { block, generation };
    this.head += 1;
  }
}
