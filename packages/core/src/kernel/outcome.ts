// What a step or driver reports. A positive number is a success that says how many blocks (or, for
// detach and adopt, the generation or length, see there).

/** Nothing here: no block, no room, not this class. */
export const EMPTY: i32 = 0;
/** Somebody else's attempt was in the way. The step changed nothing; "exhausted" may not be concluded. */
export const RETRY: i32 = -1;
/** A limit is reached: the ring is full, or the pool's bytes are all reserved. */
export const FULL: i32 = -2;
/** The word was not what the caller's claim says: a stale handle, a block that is not the row's. */
export const STALE: i32 = -3;
/** The step did its work, which has no number. */
export const DONE: i32 = 1;
/** Of a slab's blocks some are home, and not all (idle.ts). */
export const PARTLY: i32 = 2;
