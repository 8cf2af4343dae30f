// PooledBuffer: a Buffer over a block of shared memory, and what keeps it from APIs that would
// corrupt it. A view carries where it belongs and whether it is leased in private fields, read and
// written through the accessors below: made in a static block and constant from then on, they compile to plain field accesses.

import { integerOption } from './options.ts';
import { rangeError, typeError } from './errors.ts';
import type { Magazine } from './magazine.ts';
import type { Twin } from './typed-array.ts';

/** The block is in the pool's hands. */
const PUT = 0;
/** This thread's user holds the block through this view. */
export const LEASED = 1;
/** The view's block went to another thread as a message. */
export const DETACHED = 2;
/** Leased, and over memory of its own instead of a block. */
export const LEASED_HEAP = 3;
/** Leased, and its put has more to do (lease-hooks.ts): the fast path of put does not know it, and leaves it to the slow one. */
export const LEASED_SLOW = 4;

/** A used length that nobody has narrowed. */
export const ALL = -1;
/** The same, of a buffer whose size nobody has asked for either (adaptive-pool.ts). */
export const UNSAID = -2;

export type Lease = typeof PUT | typeof LEASED | typeof DETACHED | typeof LEASED_HEAP | typeof LEASED_SLOW;

/** Whether a user holds the block. */
export function isLeased(lease: Lease): boolean {
  return lease !== PUT && lease !== DETACHED;
}

/** A buffer from a pool. Give it back with `put`, with `detach`, or by disposing of it. */
export type PooledBuffer = {
  /** As Buffer's: the same memory; and unlike what Buffer's type says, still shared. */
  slice(start?: number, end?: number): Buffer<SharedArrayBuffer>;
} & Buffer<SharedArrayBuffer> &
  Disposable & {
    /** Bytes in use as the detaching thread said, until the buffer is put; for a fresh one its length. */
    readonly usedLength: number;
  };

/** The error of an object over a block that is about to become a string; the rest is what to do instead. */
export function sharedMemoryError(what: string, copy: string, text: string): TypeError {
  return typeError(
    'ERR_SYNCPOOL_SHARED_MEMORY',
    `a pooled ${what} was about to be turned into a string: fetch, Request, Response and the like do that to shared memory and corrupt it. Give them ${copy}; for text call ${text}`,
  );
}

/** Node's clamping of a subarray bound. */
export function clampIndex(value: unknown, length: number, missing: number): number {
  if (value === undefined) return missing;
  const index = Math.trunc(Number(value)) || 0;
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length);
}

/**
 * A view over shared memory with Buffer's methods: `Buffer.isBuffer`, fs, net, zlib and crypto take
 * it as it is. undici turns a body over shared memory into a string; `Symbol.toPrimitive` makes
 * that an error, for the sub-arrays too. A sub-array keeps the view it came from alive.
 */
export class SharedView extends Uint8Array<SharedArrayBuffer> {
  readonly #whole: SharedView | undefined;

  constructor(buffer: SharedArrayBuffer, byteOffset: number, length: number, whole?: SharedView) {
    super(buffer, byteOffset, length);
    this.#whole = whole;
  }

  /** map, filter and the like give plain Buffers of their own memory. */
  static get [Symbol.species](): Uint8ArrayConstructor {
    // Not Buffer itself, whose constructor warns (DEP0005).
    return (Buffer as unknown as { readonly [Symbol.species]: Uint8ArrayConstructor })[Symbol.species];
  }

  [Symbol.toPrimitive](hint: string): string | number {
    if (hint === 'string') throw sharedMemoryError('buffer', 'copyOut(buffer, length)', 'buffer.toString()');
    return hint === 'number' ? Number.NaN : this.toString();
  }

  override subarray(start?: number, end?: number): Uint8Array<SharedArrayBuffer> {
    const from = clampIndex(start, this.length, 0);
    const to = clampIndex(end, this.length, this.length);
    return partOf(this.whole, this.byteOffset + from, Math.max(0, to - from));
  }

  /** As Buffer has it, the same memory and not a copy, whatever the type of a Uint8Array's slice says. */
  override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    return this.subarray(start, end) as unknown as Uint8Array<ArrayBuffer>;
  }

  /** The view that this one is a part of, itself if it is none; held so that a leased buffer lives as long as its parts. */
  get whole(): SharedView {
    return this.#whole ?? this;
  }
}

/** A class that names itself inside its body would be renamed by the bundler. */
function partOf(whole: SharedView, byteOffset: number, length: number): SharedView {
  return new SharedView(whole.buffer, byteOffset, length, whole);
}

Object.setPrototypeOf(SharedView.prototype, Buffer.prototype);

/** All of a memory that is no pool's, with the same guard. */
export function sharedView(memory: SharedArrayBuffer): Buffer<SharedArrayBuffer> {
  return new SharedView(memory, 0, memory.byteLength) as unknown as Buffer<SharedArrayBuffer>;
}

/** What the rest of the package may do with a view's private fields. */
interface Accessors {
  /** The magazine that a view belongs to; undefined for anything else, which takes microseconds: for where that is an error. */
  readonly magazineOf: (view: unknown) => Magazine | undefined;
  /** The same for where it may be anything else: a nanosecond more for a view, and nanoseconds for others. */
  readonly magazineIfAny: (value: unknown) => Magazine | undefined;
  readonly blockOf: (view: PooledView) => number;
  readonly leaseOf: (view: PooledView) => Lease;
  readonly setLease: (view: PooledView, lease: Lease) => void;
  /** Ends a lease: as `setLease(view, PUT)`, and the used length is the whole again. */
  readonly endLease: (view: PooledView) => void;
  /** Ends a lease by a hand-over: as `setLease(view, DETACHED)`, and the used length is the whole again. */
  readonly endDetached: (view: PooledView) => void;
  readonly setUsed: (view: PooledView, used: number) => void;
  /** The used length as it was set, ALL or UNSAID if it was not. */
  readonly usedOf: (view: PooledView) => number;
  /** The typed array over the view's block that was used last (typed-array.ts). It lives as long as the view, and the view as long as it. */
  readonly twinOf: (view: PooledView) => Twin | undefined;
  readonly setTwin: (view: PooledView, twin: Twin) => void;
}

let accessors: Accessors;

export class PooledView extends SharedView {
  readonly #magazine: Magazine;
  /** Block index, 0 for memory of its own. */
  readonly #block: number;
  #lease: Lease = PUT;
  #used: number = ALL;
  #twin: Twin | undefined = undefined;

  constructor(memory: SharedArrayBuffer, byteOffset: number, magazine: Magazine, block: number) {
    super(memory, byteOffset, magazine.size);
    this.#magazine = magazine;
    this.#block = block;
  }

  get usedLength(): number {
    return this.#used < 0 ? this.length : this.#used;
  }

  /** Puts the buffer if it is leased here; one already put or detached, or whose runtime has ended, is left alone. */
  [Symbol.dispose](): void {
    if (isLeased(this.#lease)) {
      this.#magazine.pool.putUnlessEnded(this as unknown as PooledBuffer);
    }
  }

  static {
    accessors = {
      // Not by `#magazine in view`, which wants to know first that it is an object: to read a field that is not there is all that can throw.
      magazineOf: (view) => {
        try {
          return (view as PooledView).#magazine;
        } catch {
          return undefined;
        }
      },
      magazineIfAny: (value) =>
        typeof value === 'object' && value !== null && #magazine in value ? value.#magazine : undefined,
      blockOf: (view) => view.#block,
      leaseOf: (view) => view.#lease,
      setLease: (view, lease) => {
        view.#lease = lease;
      },
      endDetached: (view) => {
        view.#lease = DETACHED;
        view.#used = ALL;
      },
      endLease: (view) => {
        view.#lease = PUT;
        view.#used = ALL;
      },
      setUsed: (view, used) => {
        view.#used = used;
      },
      usedOf: (view) => view.#used,
      twinOf: (view) => view.#twin,
      setTwin: (view, twin) => {
        view.#twin = twin;
      },
    };
  }
}

export const {
  magazineOf,
  magazineIfAny,
  blockOf,
  leaseOf,
  setLease,
  endLease,
  endDetached,
  setUsed,
  usedOf,
  twinOf,
  setTwin,
} = accessors;

/**
 * A private copy of the first `length` bytes, for APIs that refuse or corrupt shared memory (fetch,
 * Response, WebCrypto, transfer lists). Any view over shared memory will do. Default: all of it.
 *
 * @throws ERR_SYNCPOOL_INVALID_OPTION if `length` is not an integer from 0 to the view's length.
 */
export function copyOut(buffer: Uint8Array, length: number = buffer.length): Buffer<ArrayBuffer> {
  const copy = Buffer.allocUnsafeSlow(integerOption('length', length, 0, buffer.length));
  copy.set(length === buffer.length ? buffer : Uint8Array.prototype.subarray.call(buffer, 0, length));
  return copy;
}

/** A buffer's used length, as detach and put take it. */
export function usedLengthOption(used: unknown, size: number): number {
  if (typeof used === 'number' && Number.isInteger(used) && used >= 0 && used <= size) return used;
  throw rangeError(
    'ERR_SYNCPOOL_INVALID_OPTION',
    `usedLength must be an integer from 0 to ${size}, the buffer's length, and is ${String(used)}`,
  );
}
