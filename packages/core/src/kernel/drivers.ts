// The kernel's other face: drivers that loop over the steps. The host imports these and steps.ts, nothing deeper.

export { acquireBatch, acquireOrConclude } from './acquire.ts';
export { cutFresh } from './fresh.ts';
export { settleRelease } from './reclaim.ts';
export { homeStaged, spill } from './release.ts';
