// Draining as one thread does it for one pool: at the end of an epoch what nobody has needed during the whole of it
// leaves the deques (kernel/trim.ts) and this thread's magazines, and goes home; and slabs that have been home for a
// while give their memory back (sweep.ts), in the thread that keeps the pool (keeper.ts). The first thread to notice the end of an
// epoch trims the deques of all, those of threads included that sleep or are gone, and asks who has ended of whom nobody was told. Off
// the way of get and put: between turns of the event loop.

import type { CatalogEntry } from './catalog.ts';
import { tickOf } from './clock.ts';
import * as counter from './counters.ts';
import { onEpochs } from './host/epochs.ts';
import { renewPlacement } from './host/placement.ts';
import { Keeper } from './keeper.ts';
import type { Magazine } from './magazine.ts';
import type { Processor } from './processor.ts';
import { recoverEnded, recoverEndedNowAndThen } from './recovery.ts';
import { drainMagazine, dropCold } from './supply.ts';
import { Sweeper } from './sweep.ts';

/** What a drain has done. */
export interface DrainReport {
  /** Blocks that went home. */
  readonly blocks: number;
  /** Bytes of memory given back to the operating system; 0 where that is not possible (without the package koffi). */
  readonly returnedBytes: number;
}

export class Drainer {
  readonly #processor: Processor;
  readonly #entry: CatalogEntry;
  readonly #magazines: readonly Magazine[];
  readonly #sweeper: Sweeper;
  readonly #keeper: Keeper;
  #stopClock: () => void = () => {};
  /** The part of an epoch that was hastened last. */
  #hastened = 0;

  constructor(processor: Processor, entry: CatalogEntry, magazines: readonly Magazine[]) {
    this.#processor = processor;
    this.#entry = entry;
    this.#magazines = magazines;
    this.#sweeper = new Sweeper(processor, entry, magazines);
    this.#keeper = new Keeper(processor, entry, magazines, () => this.#sweep(entry.decayMs));
    this.#stopClock = onEpochs({ on: entry.drainOn, everyMs: entry.drainEveryMs }, () => this.#onEpoch());
  }

  stop(): void {
    this.#stopClock();
    this.#keeper.stop();
    this.#sweeper.stop();
  }

  /** Ends an epoch here and now, purges what is due, and waits for nothing. */
  drain(): DrainReport {
    const { kernel } = this.#processor;
    recoverEnded(this.#processor);
    let blocks = 0;
    for (const magazine of this.#magazines) {
      blocks += this.#trim(magazine, kernel.endEpoch(magazine.cls));
      blocks += dropCold(magazine);
    }
    renewPlacement();
    return { blocks, returnedBytes: this.#sweeper.sweepNow(this.#entry.decayMs) };
  }

  /** Sends home all that can be had, however warm, and gives back what that frees. */
  empty(): DrainReport {
    const { kernel, row } = this.#processor;
    let blocks = 0;
    for (const magazine of this.#magazines) {
      blocks += magazine.top + kernel.blocksInDeques(magazine.cls);
      drainMagazine(magazine);
      kernel.emptyDeques(row, magazine.cls);
    }
    return { blocks, returnedBytes: this.#sweeper.sweepNow(0) };
  }

  /** Whether a clock ends its epochs. */
  get hasClock(): boolean {
    return this.#entry.drainEveryMs > 0;
  }

  /** Whether it is this thread that gives memory back unasked. */
  get isKeptHere(): boolean {
    return this.#keeper.isHere;
  }

  /** Ends an epoch, and purges at once, if a part of `everyMs` has passed: for a process short of memory, `haste` times in an epoch. */
  hasten(haste: number): void {
    const now = tickOf(Math.ceil(this.#entry.drainEveryMs / haste));
    if (!this.hasClock || now === this.#hastened) return;
    this.#hastened = now;
    const { kernel } = this.#processor;
    for (const magazine of this.#magazines) {
      this.#trim(magazine, kernel.endEpoch(magazine.cls));
      dropCold(magazine);
    }
    this.#sweep(0);
  }

  /** Purges in turns of their own what is home, at once, and in this thread: the pool has more than the limit that it was given. */
  purgeSoon(): void {
    this.#sweeper.sweepInTurns({ decayMs: 0, isDue: () => true });
  }

  #onEpoch(): void {
    if (!this.#processor.tryEnter()) {
      this.stop();
      return;
    }
    const tick = tickOf(this.#entry.drainEveryMs);
    let isFirst = false;
    for (const magazine of this.#magazines) {
      const epoch = this.#processor.kernel.advanceEpoch(magazine.cls, tick);
      if (epoch > 0) {
        isFirst = true;
        this.#trim(magazine, epoch);
      }
      dropCold(magazine);
    }
    renewPlacement();
    if (isFirst) recoverEndedNowAndThen(this.#processor);
    if (this.#keeper.hearEpoch(isFirst)) this.#sweep(this.#entry.decayMs);
  }

  /** Purges in turns of their own what is due, if that is this thread's to do. */
  #sweep(decayMs: number): void {
    const isDue = () => this.#keeper.isHere;
    if (isDue()) this.#sweeper.sweepInTurns({ decayMs, isDue });
  }

  #trim(magazine: Magazine, epoch: number): number {
    const { kernel, row } = this.#processor;
    const blocks = kernel.trimClass(row, magazine.cls, epoch);
    magazine.count(counter.DRAINED, blocks);
    return blocks;
  }
}
