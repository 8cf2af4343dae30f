// A lock of one word: mutex 2 of Ulrich Drepper, "Futexes Are Tricky" (2011), whose futex is Atomics.wait and Atomics.notify here. Two
// differences: it looks a few times before it sleeps, as Go's sync.Mutex does, and it gives up after a time.
//
//   FREE -> LOCKED      by whoever finds it free
//   * -> CONTENDED      by whoever is about to sleep, or has slept: from FREE it is its lock then
//   * -> FREE           by its owner; if it was CONTENDED, one sleeper is woken
//
// Nobody knows who the owner is. A thread that is killed, or cut by a vm timeout, while it has the lock leaves it locked for ever: that is what
// the time limit is for, and what a pool under a mutex cannot repair.

import { casShared, exchangeShared, loadShared, notifyShared, waitShared, type Words } from './words.ts';

const FREE = 0;
const LOCKED = 1;
const CONTENDED = 2;

/**
 * Takes the lock at word `at`. False if it was not to be had: a sleep of `ms` went by without one unlock.
 *
 * @param looks how often a lock that is taken is looked at before the thread sleeps: what it protects is a few dozen nanoseconds long
 */
export function lock(words: Words, at: number, looks: number, ms: number): boolean {
  if (casShared(words, at, FREE, LOCKED) === FREE) return true;
  for (let look = 0; look < looks; look++) {
    if (loadShared(words, at) === FREE && casShared(words, at, FREE, LOCKED) === FREE) return true;
  }
  // Whoever has been here cannot know whether others sleep too, so its own unlock wakes one.
  while (exchangeShared(words, at, CONTENDED) !== FREE) {
    if (waitShared(words, at, CONTENDED, ms) !== 0) return false;
  }
  return true;
}

/** Gives the lock back; what was written under it is published to the next owner. */
export function unlock(words: Words, at: number): void {
  if (exchangeShared(words, at, FREE) === CONTENDED) notifyShared(words, at, 1);
}
