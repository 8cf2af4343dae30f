// The wall clock in 31 bits, for words in shared memory that several threads compare. It wraps every 24.8 days.

const MASK = 2 ** 31 - 1;

/** Milliseconds, modulo 2^31. */
export function detachClock(): number {
  return Date.now() & MASK;
}

/**
 * Milliseconds since a moment of that clock: right up to 12.4 days. What looks older is taken for a
 * moment to come, after the clock was set back, and has no age.
 */
export function ageOf(moment: number): number {
  const age = (detachClock() - moment) & MASK;
  return age > MASK / 2 ? 0 : age;
}
