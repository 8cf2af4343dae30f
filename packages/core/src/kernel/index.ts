// All of the kernel that the host may call, bound to one control memory (host/backend.ts). Constants and packers
// come straight from their files; whatever reads memory comes through here.

export {
  acquireBatch,
  acquireOrConclude,
  balance,
  beginPurge,
  beginRecovery,
  blocksInDeques,
  claimedFrom,
  closeAll,
  cutFresh,
  emptyDeques,
  endPurge,
  enterKernel,
  exitKernel,
  forgetNode,
  freeRow,
  homeReturnedRun,
  homeStaged,
  idleness,
  markReturned,
  recoverRow,
  recoveryDone,
  regain,
  regainLeft,
  regainRun,
  seizeBatch,
  settleRelease,
  shutIfClosing,
  spill,
  takeIdleQuarter,
  takeIdleRun,
  takeOverRows,
  trimClass,
  vacateSlots,
  wakePool,
} from './drivers.ts';
export { cell, classAt, dequeAt, domainAt, lineAt, poolAt, ringAt, rowAt, slabAt, stageAt } from './layout.ts';
export * from './steps.ts';
export {
  loadPlain,
  loadShared,
  storePlain,
  waitAsyncShared,
  waitShared,
} from './word.ts';
