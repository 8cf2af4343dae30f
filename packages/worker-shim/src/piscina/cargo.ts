// What travels with a task or its result: the pooled buffers found in a value, each detached into a message and told by its path.
// The value itself is posted as it is. So nothing in it is ever taken for a message: whoever can choose what is in a task, a JSON
// body's sender, say, cannot name a block.

import type { BufferPool, Message, PooledBuffer, Runtime } from '@syncpool/core';
import { outOfRange, show, wrongType } from '../errors.ts';

type Path = readonly (string | number)[];

/** One buffer as it is posted: where in the value it was, of which pool it is, and its message. */
export type Moved = readonly [paths: readonly Path[], pool: string, message: Message];

/** A buffer, found in a value. */
interface Find {
  readonly pool: BufferPool;
  readonly used: number;
  readonly paths: Path[];
}

export type Finds = ReadonlyMap<PooledBuffer, Find>;

/** A buffer to be handed over with so many bytes in use. `moveBuffer` makes it. */
export class Move {
  readonly #buffer: PooledBuffer;
  readonly #used: number;

  /** @internal */
  constructor(buffer: PooledBuffer, used: number) {
    this.#buffer = buffer;
    this.#used = used;
  }

  /** @internal */
  static open(move: Move): { readonly buffer: PooledBuffer; readonly used: number } {
    return { buffer: move.#buffer, used: move.#used };
  }
}

/**
 * A pooled buffer in a task or a result, and how many of its bytes are in use, which the receiver finds as `usedLength`.
 * It is handed over when the task is run, or has returned; until then this thread holds it. A buffer that stands there by itself goes
 * with its own `usedLength`.
 *
 * @param usedLength 0 to the buffer's length
 * @throws ERR_SYNCPOOL_SHIM_INVALID_OPTION
 */
export function moveBuffer(buffer: PooledBuffer, usedLength: number = buffer.usedLength): Move {
  if (!ArrayBuffer.isView(buffer) || typeof buffer.usedLength !== 'number')
    throw wrongType(`moveBuffer takes a pooled buffer, and got ${show(buffer)}`);
  if (Number.isInteger(usedLength) && usedLength >= 0 && usedLength <= buffer.length)
    return new Move(buffer, usedLength);
  throw outOfRange(
    `usedLength must be an integer from 0 to ${buffer.length}, the buffer's length, and is ${show(usedLength)}`,
  );
}

interface Place {
  readonly value: object;
  readonly from: Place | undefined;
  readonly key: string | number;
  /** Inside of a Map or Set, where no path leads. */
  readonly isHidden: boolean;
}

function pathOf(place: Place): Path {
  const path: (string | number)[] = [];
  for (let at = place; at.from !== undefined; at = at.from) path.unshift(at.key);
  return path;
}

function named(place: Place): string {
  const path = pathOf(place);
  return path.length === 0 ? 'it' : path.join('.');
}

/** Finds the pooled buffers in a value: in objects and arrays, at any depth, each object once, as a structured clone walks them. */
class Search {
  readonly finds = new Map<PooledBuffer, Find>();
  readonly #runtime: Runtime;
  readonly #seen = new Set<object>();
  readonly #places: Place[] = [];

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  run(value: unknown): Finds {
    this.#note(value, undefined, '', false);
    for (let place = this.#places.pop(); place !== undefined; place = this.#places.pop()) this.#open(place);
    return this.finds;
  }

  #note(value: unknown, from: Place | undefined, key: string | number, isHidden: boolean): void {
    if (typeof value === 'object' && value !== null) this.#places.push({ value, from, key, isHidden });
  }

  #open(place: Place): void {
    const { value, isHidden } = place;
    if (value instanceof Move) {
      const { buffer, used } = Move.open(value);
      const pool = this.#runtime.poolOf(buffer);
      if (pool === undefined) throw this.#notHeld(place);
      this.#add(place, pool, buffer, used);
    } else if (ArrayBuffer.isView(value)) this.#openView(place, value);
    else if (!this.#seen.has(value)) {
      this.#seen.add(value);
      if (value instanceof Map) for (const pair of value) for (const one of pair) this.#note(one, place, 'a Map', true);
      else if (value instanceof Set) for (const one of value) this.#note(one, place, 'a Set', true);
      else if (Array.isArray(value)) this.#openArray(place, value);
      else for (const [key, one] of Object.entries(value)) this.#note(one, place, key, isHidden);
    }
  }

  #openArray(place: Place, array: readonly unknown[]): void {
    for (let i = 0; i < array.length; i++) {
      const one = array[i];
      // Of one with holes, a few elements may be spread over as many indexes as there are.
      if (one === undefined && !(i in array)) {
        this.#openSparse(place, array, i);
        return;
      }
      this.#note(one, place, i, place.isHidden);
    }
  }

  #openSparse(place: Place, array: readonly unknown[], from: number): void {
    for (const key of Object.keys(array)) {
      const i = Number(key);
      if (i >= from) this.#note(array[i], place, i, place.isHidden);
    }
  }

  #openView(place: Place, view: ArrayBufferView): void {
    const pool = this.#runtime.poolOf(view);
    if (pool !== undefined) this.#add(place, pool, view as PooledBuffer, (view as PooledBuffer).usedLength);
    else if (view.buffer === this.#runtime.token.data) throw this.#notHeld(place);
  }

  #notHeld(place: Place): Error {
    return wrongType(
      `${named(place)} is memory of a pool, and no buffer that this thread holds: a part of one, a typed array, or a buffer that was put or detached before. Hand over the very buffer that get or adopt gave, and with moveBuffer(buffer, n) how much of it is in use`,
    );
  }

  #add(place: Place, pool: BufferPool, buffer: PooledBuffer, used: number): void {
    if (place.isHidden) {
      throw wrongType(`a pooled buffer in ${named(place)} cannot be handed over: put it into an object or an array`);
    }
    const known = this.finds.get(buffer);
    if (known === undefined) this.finds.set(buffer, { pool, used, paths: [pathOf(place)] });
    else known.paths.push(pathOf(place));
  }
}

/**
 * The pooled buffers in a value, which this thread holds.
 *
 * @throws ERR_SYNCPOOL_SHIM_INVALID_OPTION for memory of a pool that is no such buffer, and for one where no path leads
 */
export function findBuffers(value: unknown, runtime: Runtime): Finds {
  return new Search(runtime).run(value);
}

/** Detaches every buffer; `onMessage` hears of each at once. If one is refused, the ones before are held again. */
export function detachAll(finds: Finds, onMessage: (message: Message) => void = () => {}): Moved[] {
  const moved: Moved[] = [];
  const undo: (() => void)[] = [];
  try {
    for (const [buffer, { pool, used, paths }] of finds) {
      const message = pool.detach(buffer, used);
      onMessage(message);
      undo.push(() => pool.tryAdopt(message));
      moved.push([paths, pool.name, message]);
    }
  } catch (error) {
    for (const one of undo) one();
    throw error;
  }
  return moved;
}

function put(value: unknown, path: Path, buffer: PooledBuffer): unknown {
  const last = path.at(-1);
  if (last === undefined) return buffer;
  let at = value as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as typeof at;
  at[last] = buffer;
  return value;
}

/** Adopts what came along, into the value; `onBuffer` hears of each buffer at once. The value. */
export function adoptAll(
  value: unknown,
  moved: readonly Moved[],
  runtime: Runtime,
  onBuffer: (buffer: PooledBuffer) => void = () => {},
): unknown {
  let whole = value;
  for (const [paths, pool, message] of moved) {
    const buffer = runtime.pool(pool).adopt(message);
    onBuffer(buffer);
    for (const path of paths) whole = put(whole, path, buffer);
  }
  return whole;
}

/** Gives back those that nobody has adopted. How many there were. */
export function discardAll(moved: readonly Moved[], runtime: Runtime): number {
  if (runtime.closed) return 0;
  return moved.filter(([, pool, message]) => runtime.pool(pool).discard(message)).length;
}
