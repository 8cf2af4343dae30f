// The ABI: all that kernel.wasm exports. Every step is straight-line code, no loop and no call, so
// that a thread can be cut before it or after it but never inside (docs/decisions/0001).

export { pop, push, steal } from './deque.ts';
export { claimEntry, closeRuntime, moveGate, settleEntry } from './entry.ts';
export { adopt, detach, seize } from './line.ts';
export { beginRelease, claimReleaser, deactivate, disown, dropReleaser, endRelease, expelReleaser } from './purge.ts';
export { claimRecovery, claimRow, endRecovery, leaveRow } from './row.ts';
export { activate, cut, cutRun, home, lowerSummary, openSlab, restoreSummary, take } from './slab.ts';
export { prepareWait, wakeClass } from './wait.ts';
