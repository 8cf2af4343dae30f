// Every error of the package carries a stable `code`. Wrong arguments are TypeErrors or RangeErrors; what the
// machine or the system does not allow is a ShimError.

export type ShimErrorCode =
  | 'ERR_SYNCPOOL_SHIM_INVALID_OPTION'
  | 'ERR_SYNCPOOL_SHIM_IMPOSSIBLE_PLAN'
  | 'ERR_SYNCPOOL_SHIM_PIN_FAILED'
  | 'ERR_SYNCPOOL_SHIM_UNSUPPORTED';

/** What was asked is right in itself and cannot be had here. `code` is stable; the message says what to do. */
export class ShimError extends Error {
  override readonly name: string = 'ShimError';
  readonly code: ShimErrorCode;

  constructor(code: ShimErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** No plan fits what was asked and what this process may use. */
export class PlacementError extends ShimError {
  override readonly name = 'PlacementError';

  constructor(message: string) {
    super('ERR_SYNCPOOL_SHIM_IMPOSSIBLE_PLAN', message);
  }
}

type InvalidOption = { readonly code: 'ERR_SYNCPOOL_SHIM_INVALID_OPTION' };

/** An argument of a wrong type. */
export function wrongType(message: string): TypeError & InvalidOption {
  return Object.assign(new TypeError(message), { code: 'ERR_SYNCPOOL_SHIM_INVALID_OPTION' } as const);
}

/** An argument outside of its range. */
export function outOfRange(message: string): RangeError & InvalidOption {
  return Object.assign(new RangeError(message), { code: 'ERR_SYNCPOOL_SHIM_INVALID_OPTION' } as const);
}

/** A value as an error message shows it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  return typeof value === 'object' && value !== null
    ? `an object (${value.constructor?.name ?? 'no prototype'})`
    : String(value);
}
