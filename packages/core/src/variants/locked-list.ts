// A free list under a mutex. Its two words lie on a cache line of their own:
//
//   lock    mutex.ts
//   head    the block put last, NONE if there is none    read and written under the lock
//
// and each block has a word `next`, the block below it in its list, read and written under the lock of the list that it is in. A block is in one
// list or in somebody's hands, so two owners of two locks never meet in a word.

import { lock, unlock } from './mutex.ts';
import { NONE, STUCK } from './outcome.ts';
import { loadPlain, storePlain, type Words } from './words.ts';

const LOCK = 0;
const HEAD = 1;

/** Numbers that a block may have: each thread has an array of views as long. */
export const MOST_BLOCKS = 65_535;
/** Looks at a lock before a thread sleeps: about a microsecond. */
export const LOOKS = 100;

/**
 * Takes the newest block of the list at word `list`: NONE if it is empty, STUCK if its lock is not to be had. The word of block b is at `next` + b.
 */
export function takeLocked(words: Words, list: number, next: number, looks: number, ms: number): number {
  if (!lock(words, list + LOCK, looks, ms)) return STUCK;
  const block = loadPlain(words, list + HEAD);
  if (block !== NONE) storePlain(words, list + HEAD, loadPlain(words, next + block));
  unlock(words, list + LOCK);
  return block;
}

/** Puts a block that the caller holds on the list, and returns it. STUCK if the lock is not to be had: then the caller holds it still. */
export function giveLocked(words: Words, list: number, next: number, block: number, looks: number, ms: number): number {
  if (!lock(words, list + LOCK, looks, ms)) return STUCK;
  storePlain(words, next + block, loadPlain(words, list + HEAD));
  storePlain(words, list + HEAD, block);
  unlock(words, list + LOCK);
  return block;
}
