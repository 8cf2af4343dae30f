// Typed arrays over blocks. An array is the twin of a view (buffer.ts): same block, one object of each kind
// for each view. Lease, used length and the watch for drops are the view's alone; the twin only stands in
// for it with the user. The two hold each other, so they live and die together: whoever holds the array keeps the view,
// and when both are dropped while leased, drops.ts finds it. What bounds the views (view-cache.ts) bounds their twins.

import { clampIndex, type PooledView, setTwin, sharedMemoryError, twinOf } from './buffer.ts';
import { show, typeError } from './errors.ts';
import type { TypedPool } from './typed-pool.ts';

/** Where the library of the program's TypeScript has no Float16Array, there is none. */
type Float16 = typeof globalThis extends { readonly Float16Array: { readonly prototype: infer T } }
  ? T & { readonly buffer: SharedArrayBuffer }
  : never;

/** What the typed arrays of a pool are, by the name of their kind. */
export interface SharedArrays {
  Int8Array: Int8Array<SharedArrayBuffer>;
  Uint8Array: Uint8Array<SharedArrayBuffer>;
  Uint8ClampedArray: Uint8ClampedArray<SharedArrayBuffer>;
  Int16Array: Int16Array<SharedArrayBuffer>;
  Uint16Array: Uint16Array<SharedArrayBuffer>;
  Int32Array: Int32Array<SharedArrayBuffer>;
  Uint32Array: Uint32Array<SharedArrayBuffer>;
  Float16Array: Float16;
  Float32Array: Float32Array<SharedArrayBuffer>;
  Float64Array: Float64Array<SharedArrayBuffer>;
  BigInt64Array: BigInt64Array<SharedArrayBuffer>;
  BigUint64Array: BigUint64Array<SharedArrayBuffer>;
}

/** The constructor of a kind, such as Float64Array. */
export interface ArrayType<K extends keyof SharedArrays> {
  readonly BYTES_PER_ELEMENT: number;
  readonly prototype: { readonly [Symbol.toStringTag]: K };
}

/** A typed array from a pool. Give it back with the `put` or `detach` of its TypedPool, or by disposing of it. */
export type PooledArray<T> = T &
  Disposable & {
    /** Elements in use as the detaching thread said, until the array is put; for a fresh one its length. */
    readonly usedLength: number;
  };

/**
 * A kind as the code below sees it, which touches no element: a class cannot extend one of several. At run time the
 * arrays are of their own kind.
 */
type AnyArray = Float64Array<SharedArrayBuffer>;
interface AnyType {
  new (buffer: SharedArrayBuffer, byteOffset: number, length: number): AnyArray;
  readonly BYTES_PER_ELEMENT: number;
}

/** What joins an array and its view. */
export class Twin {
  readonly pool: TypedPool<unknown>;
  readonly view: PooledView;
  readonly array: AnyArray;
  /** The next in the ring of the twins, of several kinds, that the view has. */
  next: Twin = this;

  constructor(pool: TypedPool<unknown>, view: PooledView, array: AnyArray) {
    this.pool = pool;
    this.view = view;
    this.array = array;
  }
}

/** What a class extends to add private fields to an object that another one has made. */
const Itself = function itself(object: object): object {
  return object;
} as unknown as new (
  object: object,
) => object;

let readTwin: (array: unknown) => Twin | undefined;

class TwinField extends Itself {
  readonly #twin: Twin;

  constructor(twin: Twin) {
    super(twin.array);
    this.#twin = twin;
  }

  static {
    // `#twin in array` would cost 10 ns more in a program that uses more than four kinds, and reading a field that is not there is all that can throw.
    readTwin = (array) => {
      try {
        return (array as TwinField).#twin;
      } catch {
        return undefined;
      }
    };
  }
}

/** The twin that an array is; undefined if it is none, or no array. */
export const twinBehind = readTwin;

let readWhole: (array: AnyArray) => AnyArray;

class PartFields extends Itself {
  readonly #whole: AnyArray;

  constructor(part: AnyArray, whole: AnyArray) {
    super(part);
    this.#whole = whole;
  }

  static {
    readWhole = (array) => (#whole in array ? (array.#whole as AnyArray) : array);
  }
}

/** The array that a sub-array is a part of, held so that a leased array lives as long as its parts. */
const wholeOf = readWhole;

/**
 * The class of a kind's twins. They are instances of the kind, and `constructor` says so too: libraries make arrays by
 * it, and map, filter and slice give plain arrays of their own memory.
 */
function twinTypeOf(Kind: AnyType): AnyType {
  class Part extends Kind {
    override subarray(start?: number, end?: number): AnyArray {
      const from = clampIndex(start, this.length, 0);
      const to = clampIndex(end, this.length, this.length);
      const offset = this.byteOffset + from * this.BYTES_PER_ELEMENT;
      const part = new Part(this.buffer, offset, Math.max(0, to - from));
      new PartFields(part, wholeOf(this));
      return part;
    }

    /** undici turns a body over shared memory into a string (buffer.ts). */
    [Symbol.toPrimitive](hint: string): string | number {
      if (hint === 'string') throw sharedMemoryError('typed array', 'array.slice(0, length), a copy', 'array.join()');
      return hint === 'number' ? Number.NaN : this.toString();
    }
  }
  class Whole extends Part {
    get usedLength(): number {
      return Math.floor((twinBehind(this)?.view.usedLength ?? 0) / this.BYTES_PER_ELEMENT);
    }

    /** As the view's: an array already put or detached, or whose runtime has ended, is left alone. */
    [Symbol.dispose](): void {
      twinBehind(this)?.view[Symbol.dispose]();
    }
  }
  for (const { prototype } of [Part, Whole]) {
    Object.defineProperty(prototype, 'constructor', { value: Kind, writable: true, configurable: true });
  }
  return Whole;
}

const TYPED_ARRAY: unknown = Object.getPrototypeOf(Uint8Array);
const twinTypes = new Map<AnyType, AnyType>();

function assertKind(type: unknown): asserts type is AnyType {
  const isKind = typeof type === 'function' && Object.getPrototypeOf(type) === TYPED_ARRAY;
  if (isKind && Object.hasOwn(type, 'BYTES_PER_ELEMENT')) return;
  const what = typeof type === 'function' ? `the function ${show(type.name)}` : show(type);
  throw typeError(
    'ERR_SYNCPOOL_INVALID_OPTION',
    `as takes the constructor of a typed array, Float64Array for example and not a subclass of it, and got ${what}`,
  );
}

/** Makes a kind's twins, for one pool. */
export class Twins {
  readonly bytesPerElement: number;
  readonly #Type: AnyType;

  /** @throws ERR_SYNCPOOL_INVALID_OPTION if `type` is not the constructor of a kind */
  constructor(type: unknown) {
    assertKind(type);
    let Type = twinTypes.get(type);
    if (Type === undefined) {
      Type = twinTypeOf(type);
      twinTypes.set(type, Type);
    }
    this.#Type = Type;
    this.bytesPerElement = type.BYTES_PER_ELEMENT;
  }

  /** The view's twin for that TypedPool, made if there is none yet. It is the one used last from now on. */
  of(view: PooledView, pool: TypedPool<unknown>): Twin {
    const last = twinOf(view);
    let twin = last;
    while (twin !== undefined && twin.pool !== pool) twin = twin.next === last ? undefined : twin.next;
    twin ??= this.#make(view, pool, last);
    setTwin(view, twin);
    return twin;
  }

  #make(view: PooledView, pool: TypedPool<unknown>, last: Twin | undefined): Twin {
    const length = Math.floor(view.length / this.bytesPerElement);
    const twin = new Twin(pool, view, new this.#Type(view.buffer, view.byteOffset, length));
    new TwinField(twin);
    if (last !== undefined) {
      twin.next = last.next;
      last.next = twin;
    }
    return twin;
  }
}
