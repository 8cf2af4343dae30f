// Indexes of what the threads of the resize test share.

export const WORDS = {
  /** 1: all threads shall end. */
  stop: 0,
  /** 1: they give all back and wait. */
  resting: 1,
  /** Bytes leased and detached, of all of them. */
  out: 2,
  /** The most that `out` may be just now. */
  high: 3,
  /** How often it was more. */
  violations: 4,
  served: 5,
  refused: 6,
  /** One for each thread from here on: how many turns it has begun. */
  turns: 7,
} as const;
