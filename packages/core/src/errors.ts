// Every error of the package carries a stable `code`. Wrong arguments are TypeErrors or RangeErrors,
// everything else is a SyncPoolError.

export type ErrorCode =
  | 'ERR_SYNCPOOL_EXHAUSTED'
  | 'ERR_SYNCPOOL_DOUBLE_PUT'
  | 'ERR_SYNCPOOL_NOT_HELD'
  | 'ERR_SYNCPOOL_BUSY'
  | 'ERR_SYNCPOOL_FOREIGN_BUFFER'
  | 'ERR_SYNCPOOL_STALE_HANDLE'
  | 'ERR_SYNCPOOL_EXISTS'
  | 'ERR_SYNCPOOL_NO_RUNTIME'
  | 'ERR_SYNCPOOL_NO_POOL'
  | 'ERR_SYNCPOOL_POOL_MISMATCH'
  | 'ERR_SYNCPOOL_LAYOUT_MISMATCH'
  | 'ERR_SYNCPOOL_TOO_MANY_PROCESSORS'
  | 'ERR_SYNCPOOL_CLOSED'
  | 'ERR_SYNCPOOL_INVALID_SIZE'
  | 'ERR_SYNCPOOL_INVALID_OPTION'
  | 'ERR_SYNCPOOL_TIMEOUT'
  | 'ERR_SYNCPOOL_SHARED_MEMORY';

/** A refusal of a pool or runtime. `code` is stable; the message says what to do. */
export class SyncPoolError extends Error {
  override readonly name = 'SyncPoolError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** No block of a class can be had. The counts are a snapshot taken while other threads go on. */
export class ExhaustedError extends SyncPoolError {
  /** The pool's name. */
  readonly pool: string;
  /** The class's block size in bytes. */
  readonly size: number;
  /** Blocks of the class in users' hands, all threads. */
  readonly leased: number;
  /** Blocks of the class in other threads' magazines, where only those threads reach them. */
  readonly stashed: number;
  /** The pool's `maxBytes`. */
  readonly limit: number;

  constructor(message: string, at: { pool: string; size: number; leased: number; stashed: number; limit: number }) {
    super('ERR_SYNCPOOL_EXHAUSTED', message);
    this.pool = at.pool;
    this.size = at.size;
    this.leased = at.leased;
    this.stashed = at.stashed;
    this.limit = at.limit;
  }
}

/** A TypeError with a code. */
export function typeError(code: ErrorCode, message: string): TypeError & { code: ErrorCode } {
  return Object.assign(new TypeError(message), { code });
}

/** A RangeError with a code. */
export function rangeError(code: ErrorCode, message: string): RangeError & { code: ErrorCode } {
  return Object.assign(new RangeError(message), { code });
}

/** A value as an error message shows it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  return typeof value === 'object' && value !== null
    ? `an object (${value.constructor?.name ?? 'no prototype'})`
    : String(value);
}
