// What runtime.pool may be asked for, checked before anything changes.

import { show, typeError } from './errors.ts';
import { SMALLEST_BLOCK } from './kernel/layout.ts';
import { choice, footprint, integerOption, invalid, knownOptions, MiB, MOST_BYTES, wholeUnits } from './options.ts';

/** Block sizes are 32-bit numbers of bytes. */
export const LARGEST_BLOCK = 1024 * MiB;
export const MOST_SIZES = 32;
/** The sizes of an adaptive pool that names none: powers of two, of each of which its limit holds so many at least. */
const SMALLEST_BIN = 1024;
const LARGEST_BIN = 32 * MiB;
const FEWEST_IN_LIMIT = 16;
/** What Node's timers take. */
export const LONGEST_PERIOD_MS = 2 ** 31 - 1;
const LONGEST_DECAY_MS = 2 ** 30 - 1;
const MOST_ONE_IN = 1_000_000;

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
   * When a block is filled with zeros. `'put'`: when its lease ends, in whatever way, before anybody else can have it; what the pool does
   * not lease holds nothing of its leases then. `'get'`: when a lease begins other than by adopt; until then the old bytes stay. Costs
   * one pass over the block. Default `'never'`: a lease begins with old bytes.
   */
  wipe?: 'never' | 'put' | 'get';
  /**
   * Watches leases (true: every one; `{ oneIn: N }`: one of N at random, N from 1 to 1,000,000): a fresh view for each, poison at its
   * put, and the stacks of lease and put for writes after a put, double puts and dropped buffers. Costs some microseconds a
   * watched lease, and a copy of the block in memory traffic. Default false.
   */
  debug?: boolean | { readonly oneIn: number };
  /**
   * Learns from the lengths that `put` and `detach` are told: a get that names no size is served with one that fits most of them, and
   * sizes above their 95th percentile do not stay pooled. Without `sizes`, they are the powers of two from 1 KiB to the largest of which
   * `maxBytes` holds 16, 32 MiB at most. Default false.
   */
  adaptive?: boolean;
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
  readonly wipe: 'never' | 'put' | 'get';
  /** One of how many leases is watched; 0: none. */
  readonly debugOneIn: number;
  readonly adaptive: boolean;
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
export function drainOption(name: string, value: unknown): DrainPlan {
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
  'wipe',
  'debug',
  'adaptive',
] as const satisfies readonly (keyof PoolOptions)[];

/** The size classes that a pool's options ask for, ascending. */
function classesOf(what: string, options: PoolOptions, adaptive: boolean): Required<SizeOptions>[] {
  const { sizes, blockSize: only, maxBytes } = options;
  if (sizes === undefined && only === undefined && adaptive) return bins(maxBytesOption(maxBytes, [SMALLEST_BIN]));
  if ((sizes === undefined) === (only === undefined)) {
    throw typeError('ERR_SYNCPOOL_INVALID_OPTION', `${what} needs either sizes or blockSize, and not both`);
  }
  if (sizes !== undefined) return sizesOption(sizes);
  return [{ size: blockSize('blockSize', only), retainBytes: MOST_BYTES }];
}

/** The sizes of an adaptive pool that names none. */
function bins(maxBytes: number): Required<SizeOptions>[] {
  const largest = Math.min(LARGEST_BIN, Math.floor(maxBytes / FEWEST_IN_LIMIT));
  const sizes = [SMALLEST_BIN];
  for (let size = 2 * SMALLEST_BIN; size <= largest; size *= 2) sizes.push(size);
  return sizes.map((size) => ({ size, retainBytes: MOST_BYTES }));
}

function adaptiveOption(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid('adaptive', value, 'a boolean', false);
}

export function planPool(name: string, options: PoolOptions): PoolPlan {
  const what = `pool(${show(name)})`;
  knownOptions(what, options, POOL_OPTIONS);
  const adaptive = adaptiveOption(options.adaptive ?? false);
  const classes = classesOf(what, options, adaptive);
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
    wipe: choice('wipe', options.wipe ?? 'never', ['never', 'put', 'get']),
    debugOneIn: debugOption(options.debug ?? false),
    adaptive,
  };
}

/** A pool's hard limit: at least one block of its largest size. */
export function maxBytesOption(maxBytes: unknown, sizes: readonly number[]): number {
  return integerOption('maxBytes', maxBytes, footprint(sizes.at(-1) ?? 0), MOST_BYTES);
}
