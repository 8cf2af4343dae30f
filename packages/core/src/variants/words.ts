// The seam of the variants: every shared word that they touch goes through these functions. As kernel/word.ts, but over whatever memory is
// given: each pool has its own. Shared operations are sequentially consistent. Plain ones are for words that one thread owns at that
// moment, under a lock or because it holds the block; the next shared operation publishes them. Addresses are in words.

/** A pool's control memory. */
export type Words = Int32Array<SharedArrayBuffer>;

export function loadShared(words: Words, at: number): number {
  return Atomics.load(words, at);
}

export function storeShared(words: Words, at: number, value: number): void {
  Atomics.store(words, at, value);
}

/** Stores and returns the old value. */
export function exchangeShared(words: Words, at: number, value: number): number {
  return Atomics.exchange(words, at, value);
}

/** Compares and swaps; returns the old value, which equals `expected` if it swapped. */
export function casShared(words: Words, at: number, expected: number, replacement: number): number {
  return Atomics.compareExchange(words, at, expected, replacement);
}

/** Wakes at most `most` of the threads that wait on the word. */
export function notifyShared(words: Words, at: number, most: number): void {
  Atomics.notify(words, at, most);
}

/** Sleeps for at most `ms` while the word is `expected`. 1 if the time ran out, else 0. */
export function waitShared(words: Words, at: number, expected: number, ms: number): number {
  return Atomics.wait(words, at, expected, ms) === 'timed-out' ? 1 : 0;
}

export function loadPlain(words: Words, at: number): number {
  // Every address comes from memory.ts, of a length that was checked.
  return words[at] as number;
}

export function storePlain(words: Words, at: number, value: number): void {
  words[at] = value;
}
