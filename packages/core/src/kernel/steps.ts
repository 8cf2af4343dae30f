// The ABI: all that kernel.wasm exports. Every step is straight-line code, no loop and no call, so
// that a thread can be cut before it or after it but never inside (docs/decisions/0001).

export { correctAccounts } from './accounts.ts';
export { calibrate } from './calibration.ts';
export { pop, push, steal, trim, vacate } from './deque.ts';
export { claimEntry, limitPool, settleEntry } from './entry.ts';
export { advanceEpoch, claimLook, claimTrim, endEpoch } from './epoch.ts';
export { beginClose, endClose, moveGate } from './gate.ts';
export { dropKeeper, findKeeper, keep } from './keeper.ts';
export { adopt, detach, seize } from './line.ts';
export { beginRelease, claimReleaser, deactivate, disown, dropReleaser, endRelease, expelReleaser } from './purge.ts';
export { place } from './place.ts';
export { claimRecovery, claimRow, dropClaim, endRecovery, inheritRow, leaveRow } from './row.ts';
export {
  activate,
  cut,
  cutRun,
  finishRun,
  home,
  lowerSummary,
  openSlab,
  restoreSummary,
  take,
  takeQuarter,
} from './slab.ts';
export { prepareWait, wakeClass } from './wait.ts';
