// All of the kernel that the host may call, bound to one control memory (host/backend.ts). Constants and packers
// come straight from their files; whatever reads memory comes through here.

export {
  acquireBatch,
  acquireOrConclude,
  beginRecovery,
  cutFresh,
  homeStaged,
  recoverClaimed,
  recoveryDone,
  settleRelease,
  spill,
} from './drivers.ts';
export { cell, classAt, dequeAt, lineAt, poolAt, rowAt, slabAt, stageAt } from './layout.ts';
export * from './steps.ts';
export {
  loadPlain,
  loadShared,
  storePlain,
  waitAsyncShared,
  waitShared,
} from './word.ts';
