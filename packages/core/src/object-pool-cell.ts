// What a pool of objects knows of each of its objects: a cell, found from the object through a private field that is
// installed on it once, after `create`. Nobody can see the field, forge it or remove it; a clone, a proxy and an object that
// inherits from it (Object.create) do not have it. One field and not several, because a pool's code serves objects of all
// shapes, and each access that depends on the shape costs 5 ns where shapes differ.

import { types } from 'node:util';
import { show, typeError } from './errors.ts';
import type { WatchedLease } from './object-pool-watch.ts';

export interface Cell<T extends object> {
  readonly object: T;
  /** The number of the object's pool while the object is leased, and its negative while it is not. */
  owner: number;
  /** With `debug`. */
  watched: WatchedLease | undefined;
}

/** A class gives its own private fields to whatever object the constructor above it returns. */
const Returned = function returned(object: object): object {
  return object;
} as unknown as new (
  object: object,
) => object;

interface Accessors {
  /** The cell of an object of any pool. Throws the language's own TypeError for anything else: the one check that costs nothing. */
  readonly cellOf: <T extends object>(object: T) => Cell<T>;
  /** Whether `cellOf` finds one. */
  readonly hasCell: (object: unknown) => boolean;
}

let accessors: Accessors;

class Celled extends Returned {
  readonly #cell: Cell<object>;

  constructor(cell: Cell<object>) {
    super(cell.object);
    this.#cell = cell;
  }

  static {
    accessors = {
      cellOf: <T extends object>(object: T) => (object as unknown as Celled).#cell as Cell<T>,
      hasCell: (object) => isObject(object) && #cell in object,
    };
  }
}

export const { cellOf, hasCell } = accessors;

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function unfit(poolName: string, wanted: string, got: string): TypeError {
  return typeError(
    'ERR_SYNCPOOL_INVALID_OPTION',
    `create of pool ${show(poolName)} must return ${wanted}, and returned ${got}`,
  );
}

/**
 * Gives an object that `create` has just returned its cell.
 *
 * @throws ERR_SYNCPOOL_INVALID_OPTION for what cannot be told from other values later on: a primitive, an object that a pool has
 * already, one that takes no new fields (newer engines refuse private ones there, older do not); and for a promise
 */
export function giveCell<T extends object>(cell: Cell<T>, poolName: string): void {
  const { object } = cell;
  if (!isObject(object)) throw unfit(poolName, 'an object', show(object));
  if (types.isPromise(object)) throw unfit(poolName, 'an object', 'a promise of one: a get does not wait');
  if (hasCell(object)) throw unfit(poolName, 'a new object each time', 'one that a pool made before');
  if (!Object.isExtensible(object))
    throw unfit(poolName, 'an extensible object', 'one that is frozen, sealed or not extensible');
  new Celled(cell);
}
