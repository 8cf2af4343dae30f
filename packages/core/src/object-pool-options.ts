// What a pool of objects may be asked for, checked before anything is made.

import { integerOption, invalid, knownOptions, nameOption } from './options.ts';
import { type DrainOptions, drainOption, type DrainPlan } from './pool-options.ts';

/** More than any heap holds; a number that V8 keeps without a box. */
const MOST_OBJECTS = 2 ** 26;

export interface ObjectPoolOptions<T extends object> {
  /** Makes an object when the pool has none: a new one each time, of any extensible kind (also an array, a Map, a function). */
  create: () => T;
  /** Makes an object fit for its next user. Called by each put, before the object is pooled. Default: nothing. */
  reset?: (object: T) => void;
  /** Objects that may stay pooled, 0 to 2^26: a put above that lets go of its object. Default: no limit. */
  max?: number;
  /** When objects that were not needed for a whole epoch are let go. Default: every 10 seconds. */
  drain?: DrainOptions;
  /** As errors and counters show it, 1 to 128 bytes. Default `'objects'`. */
  name?: string;
  /**
   * Notes where each lease begins and ends, so that a second put names the first one, and finds leased objects that the
   * program has let go of without a put. Costs some microseconds a lease: for tests. Default false.
   */
  debug?: boolean;
}

/** Options after validation. */
export interface ObjectPoolPlan<T extends object> {
  readonly create: () => T;
  readonly reset: ((object: T) => void) | undefined;
  readonly max: number;
  readonly drain: DrainPlan;
  readonly name: string;
  readonly debug: boolean;
}

const OPTIONS = [
  'create',
  'reset',
  'max',
  'drain',
  'name',
  'debug',
] as const satisfies readonly (keyof ObjectPoolOptions<object>)[];

export function planObjectPool<T extends object>(options: ObjectPoolOptions<T>): ObjectPoolPlan<T> {
  knownOptions('ObjectPool', options, OPTIONS);
  const { create, reset, max = MOST_OBJECTS, name = 'objects', debug = false } = options;
  if (typeof create !== 'function') throw invalid('create', create, 'a function that returns an object', false);
  if (reset !== undefined && typeof reset !== 'function') throw invalid('reset', reset, 'a function', false);
  if (typeof debug !== 'boolean') throw invalid('debug', debug, 'a boolean', false);
  return {
    create,
    reset,
    max: integerOption('max', max, 0, MOST_OBJECTS),
    drain: drainOption('drain', options.drain),
    name: nameOption('name', name),
    debug,
  };
}
