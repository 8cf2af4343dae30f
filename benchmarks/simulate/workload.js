// Who does what, in the simulator and in the real threads that it is compared with (real.worker.js). Blocks of 4 KiB.
//
//   getter   gets a block, writes its first lines, and hands nine of ten over to its partner, as messages in a mailbox (detach); the
//            tenth it puts itself. While the mailbox is full it sleeps for a millisecond at a time
//   putter   adopts what is in its mailbox, at most MOST_ADOPTED, reads the first lines of each and puts it; then it gets, writes
//            and puts OWN_PAIRS blocks, one after another
//   both     gets BURST blocks, writes each, and puts them all: more than a magazine holds, so some go over its deque
//
// After each get follows WORK, about a microsecond. Three of eight threads are getters, three putters, two neither. One thread alone is getter and putter in turn.

import { KiB, MiB } from '@syncpool/core';

export const SIZE = 4 * KiB;
export const MAX_BYTES = 256 * MiB;
/** Rows of the runtime, however many threads there are: it decides how much a magazine holds. */
export const MAX_PROCESSORS = 257;
export const KEPT_OF = 10;
export const MOST_ADOPTED = 16;
export const OWN_PAIRS = 4;
export const BURST = 96;
/** Cache lines of a block that are written after each get, and read after each adopt. */
export const LINES = 4;
/** Turns of the loop below. */
const WORK = 500;
/** Messages that a mailbox holds: a ring with one sender and one receiver. */
export const MAILBOX = 512;

const OF_EIGHT = ['getter', 'putter', 'getter', 'putter', 'getter', 'putter', 'both', 'both'];

/** The roles of that many threads. */
export function rolesOf(threads) {
  return threads === 1 ? ['alone'] : Array.from({ length: threads }, (_, i) => OF_EIGHT[i % 8]);
}

/** For each thread the number of its mailbox, which is its getter's; undefined if it has none. The last getter may have no putter, and keeps its blocks. */
export function mailboxesOf(roles) {
  const next = { getter: 0, putter: 0, alone: 0, both: undefined };
  return roles.map((role) => (next[role] === undefined ? undefined : next[role]++));
}

/** What a thread does with a block besides. */
export function work(seed) {
  let state = seed | 1;
  for (let i = 0; i < WORK; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state;
}
