// The public names of @syncpool/core/variants: simple pools over shared memory, to measure the shared pools of a runtime against, and to learn from.

export { BoundedPool } from './bounded.ts';
export { FreelistPool } from './freelist.ts';
export type { LockingOptions, VariantOptions, VariantToken } from './options.ts';
export type { VariantBuffer, VariantCounts, VariantPool, VariantStats } from './pool.ts';
export { ShardedPool } from './sharded.ts';
