// A slip: a few shared words that go with each task, so that its caller knows what became of it although no answer comes. A
// result's handles are written here as they are made: an answer that is lost with its worker loses no block.
//
//   word 0  state        PENDING -> RETURNING -> RETURNED   by the worker, before and after it detaches what a result hands over
//                        PENDING -> GIVEN_UP                by the caller, once: then the worker detaches nothing any more
//   word 1  leaked       written by the worker once, before it answers; read by the caller
//   word 2  count        of handles; stored by the worker after each handle
//   from byte 16         the handles, float64, each written once, read by the caller up to `count`
//
// A worker killed between a detach and the store after it leaves one block that only an audit finds.

import type { Message, Runtime } from '@syncpool/core';

const PENDING = 0;
const RETURNING = 1;
const RETURNED = 2;
const GIVEN_UP = 3;

const STATE = 0;
const LEAKED = 1;
const COUNT = 2;
const HANDLES_AT = 16;

/** How many pooled buffers one result can hand over. */
export const MOST_RETURNED = 256;

export class Slip {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #handles: Float64Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(HANDLES_AT + 8 * MOST_RETURNED)) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, 3);
    this.#handles = new Float64Array(memory, HANDLES_AT);
  }

  /** Before the worker detaches what it returns. False if the caller has given up. */
  beginReturn(): boolean {
    return Atomics.compareExchange(this.#words, STATE, PENDING, RETURNING) === PENDING;
  }

  /** A buffer from the heap needs no note: its memory is the garbage collector's. */
  note(message: Message): void {
    if (typeof message !== 'number') return;
    const count = this.#words[COUNT] as number;
    this.#handles[count] = message;
    Atomics.store(this.#words, COUNT, count + 1);
  }

  endReturn(): void {
    Atomics.store(this.#words, STATE, RETURNED);
  }

  get hasReturned(): boolean {
    return Atomics.load(this.#words, STATE) === RETURNED;
  }

  get leaked(): number {
    return Atomics.load(this.#words, LEAKED);
  }

  set leaked(count: number) {
    Atomics.store(this.#words, LEAKED, count);
  }

  /** For the caller, to whom no answer came. False while the worker is just detaching: then the handles are not all there yet. */
  giveUp(): boolean {
    return Atomics.compareExchange(this.#words, STATE, PENDING, GIVEN_UP) !== RETURNING;
  }

  /** Gives back the blocks of the handles that nobody has adopted. How many there were. */
  reclaim(runtime: Runtime): number {
    if (runtime.closed) return 0;
    const count = Atomics.load(this.#words, COUNT);
    if (count === 0) return 0;
    const pools = runtime.pools();
    const handles = [...this.#handles.subarray(0, count)];
    return handles.filter((handle) => pools.some((pool) => discards(pool, handle))).length;
  }

  /** Ready for the next task. Only after an answer: a worker that gave none may still write. */
  clear(): void {
    this.#words.fill(0);
  }
}

const REFUSALS = new Set<unknown>(['ERR_SYNCPOOL_POOL_MISMATCH', 'ERR_SYNCPOOL_CLOSED']);

/** The pool's name is not on the slip: this is rare, and a pool refuses another's handles. */
function discards(pool: ReturnType<Runtime['pools']>[number], handle: number): boolean {
  try {
    return pool.discard(handle);
  } catch (error) {
    if (REFUSALS.has((error as { code?: unknown }).code)) return false;
    throw error;
  }
}
