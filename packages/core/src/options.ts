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
/** Row numbers have 10 bits. */
export const MOST_PROCESSORS = 1 << ROW_BITS;
export const MOST_CLASSES = 1 << CLASS_BITS;
/** Block sizes are 32-bit numbers of bytes. */
const LARGEST_BLOCK = 1024 * MiB;
const MOST_SIZES = 32;
/** What Node's timers take. */
const LONGEST_PERIOD_MS = 2 ** 31 - 1;
const LONGEST_DECAY_MS = 2 ** 30 - 1;
const MOST_ONE_IN = 1_000_000;

export type KernelName = 'wasm' | 'atomics';

export interface RuntimeOptions {
  /** Distinguishes runtimes of one process. Default `'default'`. */
  name?: string;
  /** What all pools together may use, in bytes: 1 MiB to 4,095 MiB. Default 256 MiB. Reserved, not committed. */
  maxBytes?: number;
  /** Threads attached at one time: 1 to 1,024. Default: 16, or four per available CPU if that is more. */
  maxProcessors?: number;
  /** Size classes of all pools ever opened: 1 to 1,024. Default 64. */
  maxClasses?: number;
  /**
   * `'auto'`: once a second one of the threads looks how near the process is to the memory limit of its container (cgroup
   * v1 or v2; without a limit nothing happens). From 70 % on, pools that drain by a clock drain four times as fast, and freed slabs
   * give their memory back at once; from 90 % on, all that is pooled goes home and back. Default `'off'`.
   */
  pressure?: 'auto' | 'off';
  /** Which kernel runs. Default: the environment variable SYNCPOOL_KERNEL, else `'wasm'`. */
  kernel?: KernelName;
}

/** A size class of a pool, and what of it may stay pooled. */
export interface SizeOptions {
  /** Bytes of a block, 256 B to 1 GiB. */
  readonly size: number;
  /**
   * Bytes of this size that magazines and deques of all threads together may hold, 0 to 4,095 MiB: a put above that sends
   * its block home, from where its memory goes back to the system. 0 for a size that is rarely needed. Default: no limit but the pool's.
   */
  readonly retainBytes?: number;
}

export interface PoolOptions {
  /** Block sizes in bytes, 256 B to 1 GiB, at most 32. A get is served by the smallest that fits. */
  sizes?: readonly (number | SizeOptions)[];
  /** The one block size of a pool that has only one. */
  blockSize?: number;
  /** Hard limit in bytes of this pool: leased, pooled and detached together. */
  maxBytes?: number;
  /**
   * What may stay pooled, in bytes: held by magazines and deques of all threads together, 0 to 4,095 MiB. A put above it sends
   * its block home. Magazines are counted as full, which makes them smaller too; threads that put at the
   * same moment may each go over by a batch. Default: no limit but `maxBytes`.
   */
  retainBytes?: number;
  /** When blocks that were not needed for a while leave the threads' deques and magazines and go home. Default: every 10 seconds. */
  drain?: DrainOptions;
  /**
   * The memory of a slab (1 MiB, or one larger block) whose blocks are all home goes back to the system when none was taken from
   * it for so many milliseconds, 0 to 2^30 - 1. Looked at when an epoch has ended. Default: half of `drain.everyMs`, 0 without a clock.
   */
  decayMs?: number;
  /**
   * What a get does when no block can be had: throw, or serve a SharedArrayBuffer of its own from
   * the heap, which its put drops. Default `'throw'`.
   */
  onExhausted?: 'throw' | 'heap';
  /**
   * What becomes of a leased buffer that the program has let go of without a put, once the garbage collector has noticed: it
   * is counted, or counted and taken back. Take back only if nothing uses the memory by other views than the buffer
   * and its sub-arrays, such as one made by hand over `buffer.buffer`. Default `'count'`.
   */
  onDrop?: 'count' | 'takeBack';
  /**
   * Watches leases (true: every one; `{ oneIn: N }`: one of N at random, N from 1 to 1,000,000): a fresh view for each, poison at its
   * put, and the stacks of lease and put for writes after a put, double puts and dropped buffers. Costs some microseconds a
   * watched lease, and a copy of the block in memory traffic. Default false.
   */
  debug?: boolean | { readonly oneIn: number };
}

/** What ends the epochs of a pool's drain. */
export type DrainOn = 'interval' | 'gc' | 'manual' | 'never';

/** When a pool lets go of what it has not needed for a whole epoch. */
export interface DrainOptions {
  /**
   * `'interval'`: an epoch ends every `everyMs`. `'gc'`: with a major garbage collection of the thread, as in Go, so
   * a busy heap drains often and a quiet one hardly. `'manual'` and `'never'`: no clock ends one. Default `'interval'`.
   */
  on?: DrainOn;
  /**
   * Milliseconds, 1 to 2,147,483,647. With `'interval'` the period, default 10,000. With `'gc'` the floor, default
   * 1,000: collections closer than that to the last one that counted do not count. No option of the others.
   */
  everyMs?: number;
}

/** Drain options after validation. */
export interface DrainPlan {
  readonly on: DrainOn;
  /** 0 where no clock ends epochs. */
  readonly everyMs: number;
}

/** Pool options after validation. */
export interface PoolPlan {
  readonly sizes: readonly number[];
  /** Of each size, the bytes that may stay pooled. */
  readonly sizeRetainBytes: readonly number[];
  readonly maxBytes: number;
  readonly retainBytes: number;
  readonly drainOn: DrainOn;
  /** 0 where no clock ends epochs. */
  readonly drainEveryMs: number;
  readonly decayMs: number;
  readonly onExhausted: 'throw' | 'heap';
  readonly onDrop: 'count' | 'takeBack';
  /** One of how many leases is watched; 0: none. */
  readonly debugOneIn: number;
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

const CLOCKS: readonly DrainOn[] = ['interval', 'gc', 'manual', 'never'];
/** What `everyMs` is where it is left out; the others have no clock. */
const USUAL_PERIODS_MS = new Map<DrainOn, number>([
  ['interval', 10_000],
  ['gc', 1_000],
]);

/**
 * A pool's `drain`, with its defaults.
 *
 * @throws ERR_SYNCPOOL_INVALID_OPTION for a clock that there is not, an `everyMs` out of range or without a clock
 */
function drainOption(name: string, value: unknown): DrainPlan {
  const given = value === undefined ? {} : value;
  knownOptions(name, given, ['on', 'everyMs']);
  const { on: clock = 'interval', everyMs }: { on?: unknown; everyMs?: unknown } = given;
  const on = choice(`${name}.on`, clock, CLOCKS);
  const usualMs = USUAL_PERIODS_MS.get(on);
  if (usualMs === undefined) {
    if (everyMs === undefined) return { on, everyMs: 0 };
    throw invalid(`${name}.everyMs`, everyMs, `left out where ${name}.on is '${on}', which no clock drives`, true);
  }
  const ms = everyMs === undefined ? usualMs : everyMs;
  return { on, everyMs: integerOption(`${name}.everyMs`, ms, 1, LONGEST_PERIOD_MS) };
}

export interface RuntimePlan {
  readonly name: string;
  readonly maxBytes: number;
  readonly maxProcessors: number;
  readonly maxClasses: number;
  readonly pressure: 'auto' | 'off';
  readonly kernel: KernelName;
}

export function planRuntime(options: RuntimeOptions, parallelism: number): RuntimePlan {
  knownOptions('createRuntime', options, ['name', 'maxBytes', 'maxProcessors', 'maxClasses', 'pressure', 'kernel']);
  const processors = Math.min(MOST_PROCESSORS, Math.max(16, 4 * parallelism));
  const kernel = options.kernel ?? (process.env.SYNCPOOL_KERNEL || 'wasm');
  return {
    name: nameOption('name', options.name ?? 'default'),
    maxBytes: integerOption('maxBytes', options.maxBytes ?? 256 * MiB, MiB, MOST_BYTES),
    maxProcessors: integerOption('maxProcessors', options.maxProcessors ?? processors, 1, MOST_PROCESSORS),
    maxClasses: integerOption('maxClasses', options.maxClasses ?? 64, 1, MOST_CLASSES),
    pressure: choice('pressure', options.pressure ?? 'off', ['auto', 'off']),
    kernel: choice(options.kernel === undefined ? 'SYNCPOOL_KERNEL' : 'kernel', kernel, ['wasm', 'atomics']),
  };
}

/** Bytes of data memory that a block of `size` takes: the size, rounded up to whole units. */
export function footprint(size: number): number {
  return Math.ceil(size / UNIT_BYTES) * UNIT_BYTES;
}

/** Bytes rounded down to whole units. */
export function wholeUnits(bytes: number): number {
  return bytes - (bytes % UNIT_BYTES);
}

function blockSize(name: string, value: unknown): number {
  return integerOption(name, value, SMALLEST_BLOCK, LARGEST_BLOCK);
}

/** One of `sizes` with what of it may stay pooled. */
function sizeOption(given: unknown): Required<SizeOptions> {
  if (typeof given !== 'object' || given === null)
    return { size: blockSize('each of sizes', given), retainBytes: MOST_BYTES };
  knownOptions('each of sizes', given, ['size', 'retainBytes']);
  const { size, retainBytes = MOST_BYTES }: { size?: unknown; retainBytes?: unknown } = given;
  return {
    size: blockSize('size', size),
    retainBytes: wholeUnits(integerOption('retainBytes of a size', retainBytes, 0, MOST_BYTES)),
  };
}

/** One of `sizes` as an error shows it. */
function shownSize(given: number | SizeOptions): string {
  return String(typeof given === 'number' ? given : given.size);
}

/** Size classes, ascending. */
function sizesOption(given: unknown): Required<SizeOptions>[] {
  if (!Array.isArray(given)) throw invalid('sizes', given, `an array of 1 to ${MOST_SIZES} block sizes`, false);
  if (given.length < 1 || given.length > MOST_SIZES)
    throw invalid('the length of sizes', given.length, `1 to ${MOST_SIZES}`, true);
  // Array.from, because map passes holes by.
  const classes = Array.from(given, sizeOption).sort((a, b) => a.size - b.size);
  const sizes = classes.map(({ size }) => size);
  if (new Set(sizes).size < sizes.length)
    throw invalid('sizes', given.map(shownSize).join(), 'without repetitions', true);
  return classes;
}

/** One of how many leases `debug` asks to watch. */
function debugOption(debug: unknown): number {
  if (typeof debug === 'boolean') return debug ? 1 : 0;
  if (typeof debug !== 'object' || debug === null) throw invalid('debug', debug, 'a boolean or { oneIn }', false);
  knownOptions('debug', debug, ['oneIn']);
  return integerOption('debug.oneIn', 'oneIn' in debug ? debug.oneIn : undefined, 1, MOST_ONE_IN);
}

const POOL_OPTIONS = [
  'sizes',
  'blockSize',
  'maxBytes',
  'retainBytes',
  'drain',
  'decayMs',
  'onExhausted',
  'onDrop',
  'debug',
] as const satisfies readonly (keyof PoolOptions)[];

export function planPool(name: string, options: PoolOptions): PoolPlan {
  const what = `pool(${show(name)})`;
  knownOptions(what, options, POOL_OPTIONS);
  if ((options.sizes === undefined) === (options.blockSize === undefined)) {
    throw typeError('ERR_SYNCPOOL_INVALID_OPTION', `${what} needs either sizes or blockSize, and not both`);
  }
  const classes =
    options.sizes === undefined
      ? [{ size: blockSize('blockSize', options.blockSize), retainBytes: MOST_BYTES }]
      : sizesOption(options.sizes);
  const sizes = classes.map(({ size }) => size);
  const maxBytes = wholeUnits(maxBytesOption(options.maxBytes, sizes));
  const { on, everyMs } = drainOption('drain', options.drain);
  return {
    sizes,
    sizeRetainBytes: classes.map(({ retainBytes }) => retainBytes),
    maxBytes,
    retainBytes: wholeUnits(integerOption('retainBytes', options.retainBytes ?? MOST_BYTES, 0, MOST_BYTES)),
    drainOn: on,
    drainEveryMs: everyMs,
    decayMs: integerOption('decayMs', options.decayMs ?? Math.min(LONGEST_DECAY_MS, everyMs >> 1), 0, LONGEST_DECAY_MS),
    onExhausted: choice('onExhausted', options.onExhausted ?? 'throw', ['throw', 'heap']),
    onDrop: choice('onDrop', options.onDrop ?? 'count', ['count', 'takeBack']),
    debugOneIn: debugOption(options.debug ?? false),
  };
}

/** A pool's hard limit: at least one block of its largest size. */
export function maxBytesOption(maxBytes: unknown, sizes: readonly number[]): number {
  return integerOption('maxBytes', maxBytes, footprint(sizes.at(-1) ?? 0), MOST_BYTES);
}

// Rows, incarnations and tags share a word.
if (ROW_BITS + INCARNATION_BITS + 2 !== 32) throw new Error('row, incarnation and tag must fill a word');
