// What the variants have in common: get, put and stats over a list of free blocks, which is all in which they differ.
//
// A baseline, and no less honest for it: a block that a get or put was cut with (a killed thread, a vm timeout) is lost, and so is what a
// dead thread had leased; a view is made for each block that a thread has ever had, about 200 bytes, and kept.

import { footprint } from '../options.ts';
import {
  claimedRows,
  claimRow,
  createData,
  createWords,
  fitsPlan,
  type Places,
  type Plan,
  placesOf,
  tallyOf,
} from './memory.ts';
import { checkToken, isToken, type LockingOptions, planVariant, type Traits, type VariantToken } from './options.ts';
import { NONE, STUCK } from './outcome.ts';
import { exhausted, foreign, invalidSize, otherLayout, putBefore, stuck } from './refusals.ts';
import { BlockView, isLeased, numberOf, ownerOf, setLeased } from './view.ts';
import type { Words } from './words.ts';

/** A buffer of a variant: a Buffer over shared memory, with the guard of PooledBuffer against APIs that would corrupt it. */
export type VariantBuffer = Buffer<SharedArrayBuffer>;

/** Of all threads, a moment just past; names and meanings of the shared pools'. */
export interface VariantCounts {
  readonly gets: number;
  readonly puts: number;
  /** Gets that found no block. */
  readonly exhausted: number;
  /** Blocks in users' hands now, and those that were lost. */
  readonly leased: number;
  /** Blocks in the pool now. */
  readonly retained: number;
}

export interface VariantStats {
  readonly name: string;
  readonly maxBytes: number;
  readonly totals: VariantCounts;
}

/** Counters of a row. */
const GETS = 0;
const PUTS = 1;
const EXHAUSTED = 2;

/** The token of a pool: the one given, checked, or that of a new pool. */
function open(traits: Traits, from: LockingOptions | VariantToken): VariantToken {
  if (isToken(from)) {
    checkToken(traits, from);
    if (!fitsPlan(from.plan, from.control, from.data)) throw otherLayout(from.plan.name);
    return from;
  }
  const plan = planVariant(traits, from);
  return { plan, control: createWords(plan).buffer, data: createData(plan) };
}

export abstract class VariantPool {
  readonly name: string;
  /** Bytes of a block. */
  readonly blockSize: number;
  /** What the pool's blocks take, in bytes. */
  readonly maxBytes: number;
  /** What another thread makes its end of the pool from, `new` and the same class; safe to post. */
  readonly token: VariantToken;
  protected readonly plan: Plan;
  protected readonly words: Words;
  protected readonly places: Places;
  /** This thread's counters. */
  readonly #tally: Float64Array;
  /** By block, the views that this thread has made. */
  readonly #views: (BlockView | undefined)[];

  protected constructor(traits: Traits, from: LockingOptions | VariantToken) {
    const token = open(traits, from);
    const { plan } = token;
    this.name = plan.name;
    this.blockSize = plan.blockSize;
    this.maxBytes = token.data.byteLength;
    this.token = token;
    this.plan = plan;
    this.words = new Int32Array(token.control);
    this.places = placesOf(plan);
    this.#views = new Array<BlockView | undefined>(plan.blocks + 1).fill(undefined);
    this.#tally = tallyOf(this.words, claimRow(this.words, plan));
  }

  /** Takes a block off the list: its number, NONE or STUCK. */
  protected abstract take(): number;

  /** Puts a block that this thread holds on the list. STUCK if that cannot be done: then this thread holds it still. */
  protected abstract give(block: number): number;

  /**
   * Leases a buffer: of the block size, whatever `size`, with whatever bytes were there.
   *
   * @param size bytes, 1 to the block size, which it is if left out
   * @throws ERR_SYNCPOOL_INVALID_SIZE, ERR_SYNCPOOL_EXHAUSTED, ERR_SYNCPOOL_TIMEOUT (a lock that is not given back)
   */
  get(size: number = this.blockSize): VariantBuffer {
    if (!(Number.isInteger(size) && size > 0 && size <= this.blockSize))
      throw invalidSize(this.name, this.blockSize, size);
    const block = this.take();
    if (block <= NONE) throw this.#refusal(block);
    const view = this.#views[block] ?? this.#viewOf(block);
    setLeased(view, true);
    (this.#tally[GETS] as number) += 1;
    return view as unknown as VariantBuffer;
  }

  /**
   * Gives a leased buffer back, in the thread that got it.
   *
   * @throws ERR_SYNCPOOL_DOUBLE_PUT, ERR_SYNCPOOL_FOREIGN_BUFFER, ERR_SYNCPOOL_TIMEOUT (a lock that is not given back); then nothing has changed
   */
  put(buffer: VariantBuffer): void {
    const view = buffer as unknown as BlockView;
    if (ownerOf(view) !== this) throw foreign(this.name, buffer);
    if (!isLeased(view)) throw putBefore(this.name);
    // The lease ends first: a cut loses the block, and never doubles it.
    setLeased(view, false);
    if (this.give(numberOf(view)) === STUCK) {
      setLeased(view, true);
      throw stuck(this.name, this.plan.lockTimeoutMs);
    }
    (this.#tally[PUTS] as number) += 1;
  }

  /** The counters of all threads, now. */
  stats(): VariantStats {
    let [gets, puts, missed] = [0, 0, 0];
    for (let row = claimedRows(this.words) - 1; row >= 0; row--) {
      const tally = tallyOf(this.words, row);
      gets += tally[GETS] as number;
      puts += tally[PUTS] as number;
      missed += tally[EXHAUSTED] as number;
    }
    const leased = Math.min(this.plan.blocks, Math.max(0, gets - puts));
    const totals = { gets, puts, exhausted: missed, leased, retained: this.plan.blocks - leased };
    return { name: this.name, maxBytes: this.maxBytes, totals };
  }

  #viewOf(block: number): BlockView {
    const offset = (block - 1) * footprint(this.blockSize);
    const view = new BlockView(this.token.data, offset, this.blockSize, this, block);
    this.#views[block] = view;
    return view;
  }

  #refusal(outcome: number): Error {
    if (outcome === STUCK) return stuck(this.name, this.plan.lockTimeoutMs);
    (this.#tally[EXHAUSTED] as number) += 1;
    return exhausted(this.name, this.blockSize, this.stats().totals.leased, this.maxBytes);
  }
}
