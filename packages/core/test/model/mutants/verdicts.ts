// How an oracle's words tell what was broken.

/** Where blocks are, or whose words are: both are broken, and which shows first is a matter of the schedule. */
export const BROKEN = /^conservation|^data race|^not linearizable/;
export const CONSERVATION = /^conservation/;
export const LIMIT = /^the limit/;
export const RACE = /^data race/;
export const FALSE_EXHAUSTION = /^false exhaustion/;
export const LOST_WAKE = /a wake was lost/;
/** A block that somebody has had is free, or another's, and was not wiped. */
export const OLD_BYTES = /old bytes/;
