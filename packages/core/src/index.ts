// The public names of @syncpool/core.

export type { AuditOptions, AuditReport } from './audit.ts';
export type { DrainReport } from './drain.ts';
export type { CalibrationStats, LengthBar } from './calibration.ts';
export { ByteBuffer } from './byte-buffer.ts';
export type { ByteSource } from './byte-buffer-streams.ts';
export { copyOut, type PooledBuffer } from './buffer.ts';
export type { Counts, Hits, Rates, StolenByDistance } from './counts.ts';
export { type ErrorCode, ExhaustedError, SyncPoolError } from './errors.ts';
export type { Outlasting } from './finish.ts';
export type { Handle } from './handle.ts';
export type { Message } from './handover.ts';
export { type ClassEstimate, estimatePool, type PoolEstimate } from './estimate.ts';
export type { EstimateInput, Rate, WeightedSize } from './estimate-options.ts';
export type { Place } from './neighbours.ts';
export { type ObjectCounts, type ObjectDrainReport, ObjectPool, type ObjectPoolStats } from './object-pool.ts';
export type { ObjectPoolOptions } from './object-pool-options.ts';
export { KiB, MiB } from './options.ts';
export type { DrainOn, DrainOptions, PoolOptions, SizeOptions } from './pool-options.ts';
export type { KernelName, RuntimeOptions } from './runtime-options.ts';
export type { BufferPool, PrewarmOptions } from './pool.ts';
export { attachRuntime, createRuntime, type Runtime } from './runtime.ts';
export type { LeaseScope } from './scope.ts';
export type { ClassStats, PoolStats, ProcessorStats, RuntimeStats } from './stats.ts';
export type { RuntimeToken } from './token.ts';
export type { ArrayType, PooledArray, SharedArrays } from './typed-array.ts';
export type { TypedPool } from './typed-pool.ts';
export type { AcquireOptions } from './waiters.ts';
