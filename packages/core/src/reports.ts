// What a pool finds wrong in a program when nobody is there to throw at: as warnings of the process,
// so `process.on('warning')`, --trace-warnings and --no-warnings work on them.

import { show } from './errors.ts';
import type { Magazine } from './magazine.ts';
import type { PoolCore } from './pool-core.ts';
import { framesOf, type Stack } from './traces.ts';

/** Reports of one pool in one thread; after these the counters go on alone. */
const MOST_REPORTS = 100;

const reports = new WeakMap<object, number>();

function warn(pool: object, code: string, message: string, detail: string): void {
  const count = (reports.get(pool) ?? 0) + 1;
  reports.set(pool, count);
  if (count > MOST_REPORTS) return;
  const last = count === MOST_REPORTS ? '. Further ones of this pool in this thread are only counted' : '';
  process.emitWarning(message + last, { type: 'SyncPoolWarning', code, detail });
}

const dropped = new WeakSet<PoolCore>();

/** A leased buffer was garbage collected. Without stacks to show, the first one of a pool is enough. */
export function reportDrop({ pool, size }: Magazine, lease: Stack | undefined): void {
  if (lease === undefined && dropped.has(pool)) return;
  dropped.add(pool);
  const message = `pool ${show(pool.name)}: a leased buffer of ${size} bytes was dropped without put`;
  const fate = pool.takesBackDrops
    ? 'Its block was taken back'
    : "Its block is lost until the thread ends; onDrop: 'takeBack' gives it back";
  const where =
    lease === undefined ? 'Open the pool with debug to see where it was leased' : `Leased at\n${framesOf(lease)}`;
  warn(pool, 'SYNCPOOL_DROPPED', message, `${fate}. ${where}`);
}

/** A leased object of a pool in debug mode was garbage collected. */
export function reportDroppedObject(pool: { readonly name: string }, lease: Stack): void {
  const message = `pool ${show(pool.name)}: a leased object was dropped without put`;
  warn(pool, 'SYNCPOOL_DROPPED', message, `Leased at\n${framesOf(lease)}`);
}

/** A block was written to while it was in the pool. */
export function reportWriteAfterPut({ pool, size }: Magazine, at: number, trace: string | undefined): void {
  const message = `pool ${show(pool.name)}: a buffer of ${size} bytes was written to after its put, at byte ${at}`;
  warn(
    pool,
    'SYNCPOOL_WRITE_AFTER_PUT',
    message,
    trace ?? 'The stacks of its lease and put were overwritten by those of another block',
  );
}
