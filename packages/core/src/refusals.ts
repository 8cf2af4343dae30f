// The errors that a pool throws, with what they name and advise.

import { type Lease, DETACHED } from './buffer.ts';
import { ExhaustedError, rangeError, show, SyncPoolError, typeError } from './errors.ts';
import type { Magazine } from './magazine.ts';
import { classTotals } from './stats.ts';
import { framesOf, type Stack } from './traces.ts';

/** The error of a get that found nothing. */
export function exhausted(magazine: Magazine): ExhaustedError {
  const { size, pool, processor, id } = magazine;
  const { leased, stashed } = classTotals(processor, id);
  const message =
    `pool ${show(pool.name)} has no block of ${size} bytes: ${leased} are leased, ${stashed} are in other threads' magazines, ` +
    `and maxBytes is ${pool.maxBytes}. Raise maxBytes, put buffers sooner, wait with acquire(), or set onExhausted: 'heap'`;
  return new ExhaustedError(message, { pool: pool.name, size, leased, stashed, limit: pool.maxBytes });
}

/** The error of a put or detach of something that this thread did not get from the pool. */
export function foreign(poolName: string, buffer: unknown): SyncPoolError {
  return new SyncPoolError(
    'ERR_SYNCPOOL_FOREIGN_BUFFER',
    `${show(buffer)} is not a buffer that this thread got from pool ${show(poolName)}: put the very object that get or adopt returned, not a sub-array, copy or clone of it`,
  );
}

/** The error of a put or detach of a buffer that is not leased any more; `put` is where its lease ended, if that was watched. */
export function notLeased(poolName: string, lease: Lease, put?: Stack): SyncPoolError {
  if (lease === DETACHED) {
    return new SyncPoolError(
      'ERR_SYNCPOOL_NOT_HELD',
      `the buffer was detached: whoever adopts its message puts it (pool ${show(poolName)})`,
    );
  }
  const where = put === undefined ? '' : `. It was put at\n${framesOf(put)}`;
  return new SyncPoolError(
    'ERR_SYNCPOOL_DOUBLE_PUT',
    `the buffer was put before, and is no longer this code's to use (pool ${show(poolName)})${where}`,
  );
}

/** What a request is counted in. */
interface Unit {
  /** Of the argument. */
  readonly name: string;
  readonly plural: string;
}
const SIZE: Unit = { name: 'size', plural: 'bytes' };
const LENGTH: Unit = { name: 'length', plural: 'elements' };

/** The error of a size that no class of the pool serves. */
export function invalidSize(poolName: string, sizes: readonly number[], size: unknown): Error {
  return invalidRequest(SIZE, poolName, sizes, size);
}

/** The error of a number of elements that no class of the pool serves. */
export function invalidLength(poolName: string, lengths: readonly number[], length: unknown): Error {
  return invalidRequest(LENGTH, poolName, lengths, length);
}

function invalidRequest({ name, plural }: Unit, poolName: string, classes: readonly number[], value: unknown): Error {
  if (typeof value !== 'number') {
    return typeError('ERR_SYNCPOOL_INVALID_SIZE', `${name} must be a number of ${plural}, and is ${show(value)}`);
  }
  if (Number.isNaN(value) && classes.length > 1) {
    return rangeError(
      'ERR_SYNCPOOL_INVALID_SIZE',
      `pool ${show(poolName)} has several ${name}s (${classes.join(', ')}): say how many ${plural} are needed`,
    );
  }
  return rangeError(
    'ERR_SYNCPOOL_INVALID_SIZE',
    `${name} must be an integer from 1 to ${classes.at(-1)}, the largest class of pool ${show(poolName)}, and is ${value}`,
  );
}

/** The error of a message that names nothing to adopt. */
export function stale(poolName: string, message: unknown): SyncPoolError {
  return new SyncPoolError(
    'ERR_SYNCPOOL_STALE_HANDLE',
    `message ${show(message)} names nothing to adopt in pool ${show(poolName)}: it was adopted, discarded or reclaimed before, or never given`,
  );
}
