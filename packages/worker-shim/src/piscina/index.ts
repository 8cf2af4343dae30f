// Public names of @syncpool/worker-shim/piscina.

export { type Move, moveBuffer } from './cargo.ts';
export { type PiscinaLike, PooledPiscina, type PooledRunOptions, type TaskCounts } from './run.ts';
export { type PooledHandler, pooledTask, type PooledTaskOptions } from './task.ts';
