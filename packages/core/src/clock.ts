// The wall clock in 31 bits, for words in shared memory that several threads compare. It wraps every 24.8 days.

const MASK = 2 ** 31 - 1;

/** Milliseconds, modulo 2^31. */
export function detachClock(): number {
  return Date.now() & MASK;
}

/** Milliseconds since a moment of that clock, at most 24.8 days; right if it was less. */
export function ageOf(moment: number): number {
  return (detachClock() - moment) & MASK;
}
