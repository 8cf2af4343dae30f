// What every option is checked by: the limits of a runtime, and checks that name the value and the limit.

import { rangeError, show, typeError } from './errors.ts';
import { INCARNATION_BITS, ROW_BITS } from './kernel/line.ts';
import { NAME_BYTES, SLAB_BYTES, UNIT_BYTES } from './kernel/layout.ts';
import { CLASS_BITS } from './kernel/slab.ts';

export const KiB = 1024;
export const MiB = 1024 * 1024;

/** Slab numbers have 12 bits and start at 1. */
export const MOST_SLABS = 4095;
/** The largest runtime: Node 20 makes no SharedArrayBuffer above 4 GiB. */
export const MOST_BYTES = MOST_SLABS * SLAB_BYTES;
/** Row numbers have 10 bits. */
export const MOST_PROCESSORS = 1 << ROW_BITS;
export const MOST_CLASSES = 1 << CLASS_BITS;

/** The error for a value of an option: a RangeError if it is of the right type, else a TypeError. */
export function invalid(name: string, value: unknown, wanted: string, isOfType: boolean): Error {
  const message = `${name} must be ${wanted}, and is ${show(value)}`;
  return (isOfType ? rangeError : typeError)('ERR_SYNCPOOL_INVALID_OPTION', message);
}

/** Returns `value` if it is an integer from `least` to `most`; throws ERR_SYNCPOOL_INVALID_OPTION naming both otherwise. */
export function integerOption(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(name, value, `an integer from ${least} to ${most}`, typeof value === 'number');
}

/** Returns `value` if it is one of `choices`; throws ERR_SYNCPOOL_INVALID_OPTION naming them otherwise. */
export function choice<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const found = choices.find((one) => one === value);
  if (found !== undefined) return found;
  throw invalid(name, value, `one of ${choices.map((one) => `'${one}'`).join(', ')}`, typeof value === 'string');
}

/** A name of 1 to 128 bytes of UTF-8. */
export function nameOption(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalid(name, value, 'a string', false);
  const bytes = Buffer.byteLength(value);
  if (bytes < 1 || bytes > NAME_BYTES) throw invalid(name, value, `1 to ${NAME_BYTES} bytes long`, true);
  return value;
}

/** Refuses options that are no object, and properties that are no options: a misspelt limit must not be silently no limit. */
export function knownOptions(what: string, options: unknown, known: readonly string[]): asserts options is object {
  if (typeof options !== 'object' || options === null) throw invalid(what, options, 'an object', false);
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw typeError('ERR_SYNCPOOL_INVALID_OPTION', `${what} has no option ${show(key)}; it has ${known.join(', ')}`);
    }
  }
}

/** Bytes of data memory that a block of `size` takes: the size, rounded up to whole units. */
export function footprint(size: number): number {
  return Math.ceil(size / UNIT_BYTES) * UNIT_BYTES;
}

/** Bytes rounded down to whole units. */
export function wholeUnits(bytes: number): number {
  return bytes - (bytes % UNIT_BYTES);
}

// Rows, incarnations and tags share a word.
if (ROW_BITS + INCARNATION_BITS + 2 !== 32) throw new Error('row, incarnation and tag must fill a word');
