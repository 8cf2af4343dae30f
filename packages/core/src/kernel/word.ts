// The seam: every shared word that the kernel touches goes through these functions, and nothing else
// in the package calls Atomics. This is the binding to JavaScript's Atomics; word.wasm.as is the
// same for AssemblyScript, and the explorer brings its own.
//
// Shared operations are sequentially consistent. Plain ones are for words that one thread owns at
// that moment; the next shared operation publishes them. Racy loads are for the closed list of
// words that may be stale (hints, gates read on the fast path, counters): no ownership and no
// decision to sleep rests on one.

/** Control memory as words, bound by the factory that instantiates the kernel for a runtime. */
declare const words: Int32Array;

export function loadShared(at: i32): i32 {
  return Atomics.load(words, at >> 2);
}

export function storeShared(at: i32, value: i32): void {
  Atomics.store(words, at >> 2, value);
}

/** Adds and returns the old value. */
export function addShared(at: i32, value: i32): i32 {
  return Atomics.add(words, at >> 2, value);
}

/** Ands and returns the old value. */
export function andShared(at: i32, value: i32): i32 {
  return Atomics.and(words, at >> 2, value);
}

/** Ors and returns the old value. */
export function orShared(at: i32, value: i32): i32 {
  return Atomics.or(words, at >> 2, value);
}

/** Compares and swaps; returns the old value, which equals `expected` if it swapped. */
export function casShared(at: i32, expected: i32, replacement: i32): i32 {
  return Atomics.compareExchange(words, at >> 2, expected, replacement);
}

/** Wakes every thread that waits on the word. */
export function notifyShared(at: i32): void {
  Atomics.notify(words, at >> 2);
}

/** Sleeps for at most `ms` while the word is `expected`. Drivers and host only: a step never sleeps. */
export function waitShared(at: i32, expected: i32, ms: i32): void {
  Atomics.wait(words, at >> 2, expected, ms);
}

/** Resolves when the word is notified or no longer `expected`, or after `ms`. It keeps no event loop alive. Host only. */
export function waitAsyncShared(at: i32, expected: i32, ms: i32): Promise<unknown> | undefined {
  const waiting = Atomics.waitAsync(words, at >> 2, expected, ms);
  return waiting.async ? waiting.value : undefined;
}

export function loadPlain(at: i32): i32 {
  // Every address comes from layout.ts over a checked geometry, so the word exists.
  return words[at >> 2] as i32;
}

export function storePlain(at: i32, value: i32): void {
  words[at >> 2] = value;
}

export function loadRacy(at: i32): i32 {
  return words[at >> 2] as i32;
}

/**
 * A load of a word that its owner may be writing plainly at that moment. What it returns counts only if
 * its reader learns afterwards, from words that are shared, that nobody was. Ordered like a shared load,
 * which a racy one is not: a processor may do that after the shared loads that follow it. Drivers only.
 */
export function loadUnowned(at: i32): i32 {
  return Atomics.load(words, at >> 2);
}

export function storeRacy(at: i32, value: i32): void {
  words[at >> 2] = value;
}

export function imul(a: i32, b: i32): i32 {
  return Math.imul(a, b);
}

/** Quotient of two non-negative numbers, rounded down. */
export function quotient(a: i32, b: i32): i32 {
  return (a / b) | 0;
}

/** How many bits are set. */
export function bitCount(bits: i32): i32 {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Number of the lowest bit set, 32 for none. */
export function lowestBit(bits: i32): i32 {
  return bits === 0 ? 32 : 31 - Math.clz32(bits & -bits);
}
