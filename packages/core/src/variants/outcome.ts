// What a list gives that is no block: blocks are numbered from 1.

/** The list is empty. */
export const NONE = 0;
/** Somebody has the lock and does not give it back. */
export const STUCK = -1;
