// The kernel's other face: drivers that loop over the steps.

export { acquireBatch, acquireOrConclude } from './acquire.ts';
export { cutFresh } from './fresh.ts';
export { settleRelease } from './reclaim.ts';
export { beginRecovery, recoverClaimed, recoveryDone } from './recover.ts';
export { homeStaged, spill } from './release.ts';
