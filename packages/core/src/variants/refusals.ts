// The errors that a variant throws. Their classes are those of @syncpool/core itself, whose bundle is loaded once (build/build.mjs).

import { rangeError, show, typeError } from '../errors.ts';
import { ExhaustedError, SyncPoolError } from '../index.ts';

/** The error of a get that found nothing. */
export function exhausted(pool: string, size: number, leased: number, limit: number): ExhaustedError {
  const message = `pool ${show(pool)} has no block of ${size} bytes: ${leased} are leased, and maxBytes is ${limit}. Raise maxBytes, or put buffers sooner`;
  return new ExhaustedError(message, { pool, size, leased, stashed: 0, limit });
}

/** The error of a size that the pool's blocks do not have. */
export function invalidSize(pool: string, blockSize: number, size: unknown): Error {
  const message = `size must be an integer from 1 to ${blockSize}, the block size of pool ${show(pool)}, and is ${show(size)}`;
  return (typeof size === 'number' ? rangeError : typeError)('ERR_SYNCPOOL_INVALID_SIZE', message);
}

/** The error of a put of something that this thread did not get from the pool. */
export function foreign(pool: string, buffer: unknown): SyncPoolError {
  return new SyncPoolError(
    'ERR_SYNCPOOL_FOREIGN_BUFFER',
    `${show(buffer)} is not a buffer that this thread got from pool ${show(pool)}: put the very object that get returned, in the thread that got it`,
  );
}

/** The error of a second put. */
export function putBefore(pool: string): SyncPoolError {
  return new SyncPoolError(
    'ERR_SYNCPOOL_DOUBLE_PUT',
    `the buffer was put before, and is no longer this code's to use (pool ${show(pool)})`,
  );
}

/** The error of a lock that is not given back. */
export function stuck(pool: string, ms: number): SyncPoolError {
  return new SyncPoolError(
    'ERR_SYNCPOOL_TIMEOUT',
    `a lock of pool ${show(pool)} was not given back in ${ms} ms: its owner was killed or cut while it had it, or stands still. What lies behind it is lost; make a new pool, or use a runtime's, which recovers`,
  );
}

/** The error of a thread too many. */
export function rowsTaken(pool: string, maxThreads: number): SyncPoolError {
  return new SyncPoolError(
    'ERR_SYNCPOOL_TOO_MANY_PROCESSORS',
    `pool ${show(pool)} was attached ${maxThreads} times, which is its maxThreads: threads that have ended count too. Raise maxThreads`,
  );
}

/** The error of a token of another class. */
export function otherKind(wanted: string, found: unknown): SyncPoolError {
  return new SyncPoolError(
    'ERR_SYNCPOOL_POOL_MISMATCH',
    `the token is of a pool of kind ${show(found)}, and cannot be attached as ${show(wanted)}`,
  );
}

/** The error of memory that is not what its token says. */
export function otherLayout(pool: string): SyncPoolError {
  return new SyncPoolError(
    'ERR_SYNCPOOL_LAYOUT_MISMATCH',
    `the memory of pool ${show(pool)} is not what its token says: use one version of the package in the whole process`,
  );
}
