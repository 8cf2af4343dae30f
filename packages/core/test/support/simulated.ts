// Many processors driven by one thread: what they do happens in an order, so what each of them must find can be said exactly.

import type { Placement } from '../../src/host/placement.ts';
import { sizeOf, SOURCE_STEAL } from '../../src/kernel/deque.ts';
import { D_HEAD_TAIL, R_SOURCE, R_STAGED, R_VICTIM } from '../../src/kernel/layout.ts';
import { DONE } from '../../src/kernel/outcome.ts';
import { Neighbours } from '../../src/neighbours.ts';
import { type Backend, makeRuntime } from './backends.ts';
import { kernelOf } from './invariants.ts';

const SIZE = 4096;
const MAX_BYTES = 64 * 2 ** 20;
/** Above the highest that Linux gives to a thread. */
const NO_THREAD = 2 ** 22 + 1;
const BATCH = 8;

/** Processors 0 to `count` - 1 of a runtime of their own, with a pool of one size. */
export class Simulated {
  /** Blocks that the pool may have. */
  static readonly BLOCKS = MAX_BYTES / SIZE;

  readonly #kernel;
  readonly #rows: readonly number[];
  readonly #neighbours: readonly Neighbours[];
  readonly #close: () => void;
  /** The row of processor 0: this thread has those before it. */
  readonly #first: number;

  constructor(backend: Backend, count: number) {
    const runtime = makeRuntime(backend, { maxBytes: MAX_BYTES, maxProcessors: count + 1, maxClasses: 1 });
    runtime.pool('blocks', { blockSize: SIZE, maxBytes: MAX_BYTES, drain: { on: 'never' } });
    this.#close = () => runtime.close();
    const kernel = kernelOf(runtime.token);
    this.#kernel = kernel;
    this.#first = 1;
    this.#rows = Array.from({ length: count }, (_, i) => kernel.rowAt(this.#first + i));
    this.#neighbours = this.#rows.map((row, i) => {
      const index = this.#first + i;
      if (kernel.claimRow(row, index, NO_THREAD + i, -1, NO_THREAD + i, 0, 0) !== DONE)
        throw new Error(`row ${index} is taken`);
      return new Neighbours(kernel, index);
    });
  }

  place(processor: number, placement: Placement | undefined): void {
    this.#neighboursOf(processor).place(placement);
  }

  /** Puts fresh blocks, a batch at most, on the processor's deque. */
  fill(processor: number, count: number): void {
    if (this.#kernel.cutFresh(this.#rowOf(processor), this.#cls, count) <= 0) throw new Error('the pool is empty');
    this.#kernel.spill(this.#rowOf(processor));
  }

  /** Cuts fresh blocks, and keeps them: their number. */
  cut(processor: number, count: number): number {
    const row = this.#rowOf(processor);
    const got = this.#kernel.cutFresh(row, this.#cls, count);
    this.#kernel.storePlain(row + R_STAGED, 0);
    return Math.max(0, got);
  }

  /** Blocks in the processor's deque. */
  deque(processor: number): number {
    return sizeOf(this.#kernel.loadShared(this.#kernel.dequeAt(this.#first + processor, 0) + D_HEAD_TAIL));
  }

  /** Gets a batch, as a magazine does that is empty, and sends it home. From whom it was stolen; undefined if it was not. */
  get(processor: number): number | undefined {
    const row = this.#rowOf(processor);
    this.#neighboursOf(processor).follow();
    if (this.#kernel.acquireBatch(row, this.#cls, BATCH, BATCH) <= 0) throw new Error('the pool is empty');
    const isStolen = this.#kernel.loadPlain(row + R_SOURCE) === SOURCE_STEAL;
    this.#kernel.homeStaged(row);
    if (this.#kernel.loadPlain(row + R_STAGED) !== 0) throw new Error('not all of the batch went home');
    return isStolen ? this.#kernel.loadPlain(row + R_VICTIM) - this.#first : undefined;
  }

  close(): void {
    this.#close();
  }

  get #cls(): number {
    return this.#kernel.classAt(0);
  }

  #rowOf(processor: number): number {
    return this.#rows[processor] as number;
  }

  #neighboursOf(processor: number): Neighbours {
    return this.#neighbours[processor] as Neighbours;
  }
}
