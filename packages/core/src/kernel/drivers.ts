// The kernel's other face: drivers that loop over the steps.

export { acquireBatch, acquireOrConclude } from './acquire.ts';
export { enterKernel, exitKernel } from './activity.ts';
export { balance, regainRun } from './balance.ts';
export { closeAll, shutIfClosing } from './close.ts';
export { cutFresh } from './fresh.ts';
export { homeReturnedRun, idleness, markReturned, takeIdleQuarter, takeIdleRun } from './idle.ts';
export { regain, regainLeft, vacateSlots } from './mend.ts';
export { beginPurge, emptyDeques, endPurge, settleRelease, wakePool } from './reclaim.ts';
export { beginRecovery, claimedFrom, freeRow, recoverRow, recoveryDone, seizeBatch, takeOverRows } from './recover.ts';
export { forgetNode } from './near.ts';
export { homeStaged, spill } from './release.ts';
export { blocksInDeques } from './steal.ts';
export { trimClass } from './trim.ts';
