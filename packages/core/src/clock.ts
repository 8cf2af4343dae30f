// The wall clock in 31 bits, for words in shared memory that several threads compare. It wraps every 24.8 days.

const MASK = 2 ** 31 - 1;

/** The period of `everyMs` milliseconds that the wall clock is in, modulo 2^32 as a signed number; 0 for a clock that stands. */
export function tickOf(everyMs: number): number {
  return everyMs === 0 ? 0 : Math.floor(Date.now() / everyMs) | 0;
}

/** Milliseconds, modulo 2^31 and never 0. */
export function moment(): number {
  return detachClock() || 1;
}

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
