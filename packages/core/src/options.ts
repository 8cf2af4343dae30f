// What callers may ask for, checked before anything changes.

import { rangeError, show, typeError } from './errors.ts';
import { INCARNATION_BITS, ROW_BITS } from './kernel/line.ts';
import { NAME_BYTES, SLAB_BYTES, SMALLEST_BLOCK, UNIT_BYTES } from './kernel/layout.ts';
import { CLASS_BITS } from './kernel/slab.ts';

export const KiB = 1024;
export const MiB = 1024 * 1024;

/** Slab numbers have 12 bits and start at 1. */
export const MOST_SLABS = 4095;
/** The largest runtime: Node 20 makes no SharedArrayBuffer above 4 GiB. */
export const MOST_BYTES = MOST_SLABS * SLAB_BYTES;
/** Row numbers have 10 bits, and one row is kept for recovery. */
export const MOST_PROCESSORS = (1 << ROW_BITS) - 1;
export const MOST_CLASSES = 1 << CLASS_BITS;
/** Block sizes are 32-bit numbers of bytes. */
const LARGEST_BLOCK = 1024 * MiB;
const MOST_SIZES = 32;

export type KernelName = 'wasm' | 'atomics';

export interface RuntimeOptions {
  /** Distinguishes runtimes of one process. Default `'default'`. */
  name?: string;
  /** What all pools together may use, in bytes: 1 MiB to 4,095 MiB. Default 256 MiB. Reserved, not committed. */
  maxBytes?: number;
  /** Threads attached at one time: 1 to 1,023. Default: 16, or four per available CPU if that is more. */
  maxProcessors?: number;
  /** Size classes of all pools ever opened: 1 to 1,024. Default 64. */
  maxClasses?: number;
  /** Which kernel runs. Default: the environment variable SYNCPOOL_KERNEL, else `'wasm'`. */
  kernel?: KernelName;
}

export interface PoolOptions {
  /** Block sizes in bytes, 256 B to 1 GiB, at most 32. A get is served by the smallest that fits. */
  sizes?: readonly number[];
  /** The one block size of a pool that has only one. */
  blockSize?: number;
  /** Hard limit in bytes of this pool: leased, pooled and detached together. */
  maxBytes?: number;
  /**
   * What a get does when no block can be had: throw, or serve a SharedArrayBuffer of its own from
   * the heap, which its put drops. Default `'throw'`.
   */
  onExhausted?: 'throw' | 'heap';
}

/** Pool options after validation. */
export interface PoolPlan {
  readonly sizes: readonly number[];
  readonly maxBytes: number;
  readonly onExhausted: 'throw' | 'heap';
}

/** The error for a value of an option: a RangeError if it is of the right type, else a TypeError. */
function invalid(name: string, value: unknown, wanted: string, isOfType: boolean): Error {
  const message = `${name} must be ${wanted}, and is ${show(value)}`;
  return (isOfType ? rangeError : typeError)('ERR_SYNCPOOL_INVALID_OPTION', message);
}

/** Returns `value` if it is an integer from `least` to `most`; throws ERR_SYNCPOOL_INVALID_OPTION naming both otherwise. */
export function integerOption(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(name, value, `an integer from ${least} to ${most}`, typeof value === 'number');
}

function choice<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
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

/** Refuses properties that are no options: a misspelt limit must not be silently no limit. */
export function knownOptions(what: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) throw invalid(what, options, 'an object', false);
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw typeError('ERR_SYNCPOOL_INVALID_OPTION', `${what} has no option ${show(key)}; it has ${known.join(', ')}`);
    }
  }
}

export interface RuntimePlan {
  readonly name: string;
  readonly maxBytes: number;
  readonly maxProcessors: number;
  readonly maxClasses: number;
  readonly kernel: KernelName;
}

export function planRuntime(options: RuntimeOptions, parallelism: number): RuntimePlan {
  knownOptions('createRuntime', options, ['name', 'maxBytes', 'maxProcessors', 'maxClasses', 'kernel']);
  const processors = Math.min(MOST_PROCESSORS, Math.max(16, 4 * parallelism));
  const kernel = options.kernel ?? (process.env.SYNCPOOL_KERNEL || 'wasm');
  return {
    name: nameOption('name', options.name ?? 'default'),
    maxBytes: integerOption('maxBytes', options.maxBytes ?? 256 * MiB, MiB, MOST_BYTES),
    maxProcessors: integerOption('maxProcessors', options.maxProcessors ?? processors, 1, MOST_PROCESSORS),
    maxClasses: integerOption('maxClasses', options.maxClasses ?? 64, 1, MOST_CLASSES),
    kernel: choice(options.kernel === undefined ? 'SYNCPOOL_KERNEL' : 'kernel', kernel, ['wasm', 'atomics']),
  };
}

/** Bytes of data memory that a block of `size` takes: the size, rounded up to whole units. */
export function footprint(size: number): number {
  return Math.ceil(size / UNIT_BYTES) * UNIT_BYTES;
}

function wholeUnits(bytes: number): number {
  return bytes - (bytes % UNIT_BYTES);
}

function blockSize(name: string, value: unknown): number {
  return integerOption(name, value, SMALLEST_BLOCK, LARGEST_BLOCK);
}

/** Block sizes, ascending. */
function sizesOption(given: unknown): number[] {
  if (!Array.isArray(given)) throw invalid('sizes', given, `an array of 1 to ${MOST_SIZES} block sizes`, false);
  if (given.length < 1 || given.length > MOST_SIZES)
    throw invalid('the length of sizes', given.length, `1 to ${MOST_SIZES}`, true);
  // Array.from, because map passes holes by.
  const sizes = Array.from(given, (size) => blockSize('each of sizes', size)).sort((a, b) => a - b);
  if (new Set(sizes).size < sizes.length) throw invalid('sizes', String(given), 'without repetitions', true);
  return sizes;
}

export function planPool(name: string, options: PoolOptions): PoolPlan {
  const what = `pool(${show(name)})`;
  knownOptions(what, options, ['sizes', 'blockSize', 'maxBytes', 'onExhausted']);
  if ((options.sizes === undefined) === (options.blockSize === undefined)) {
    throw typeError('ERR_SYNCPOOL_INVALID_OPTION', `${what} needs either sizes or blockSize, and not both`);
  }
  const sizes = options.sizes === undefined ? [blockSize('blockSize', options.blockSize)] : sizesOption(options.sizes);
  const largest = sizes.at(-1) ?? 0;
  return {
    sizes,
    maxBytes: wholeUnits(integerOption('maxBytes', options.maxBytes, footprint(largest), MOST_BYTES)),
    onExhausted: choice('onExhausted', options.onExhausted ?? 'throw', ['throw', 'heap']),
  };
}

// Rows, incarnations and tags share a word.
if (ROW_BITS + INCARNATION_BITS + 2 !== 32) throw new Error('row, incarnation and tag must fill a word');
