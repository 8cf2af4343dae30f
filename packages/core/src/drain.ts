// Draining as one thread does it for one pool: at the end of an epoch what nobody has needed during the whole of it
// leaves the deques (kernel/trim.ts) and this thread's magazines, and goes home; and slabs that have been home for a
// while give their memory back (purge.ts). The first thread to notice the end of an epoch trims the
// deques of all, those of threads included that sleep or are gone, and asks who has ended of whom nobody was told. Off the
// way of get and put: between turns of the event loop.

import type { CatalogEntry } from './catalog.ts';
import { tickOf } from './clock.ts';
import * as counter from './counters.ts';
import { onEpochs } from './host/epochs.ts';
import { renewPlacement } from './host/placement.ts';
import type { Magazine } from './magazine.ts';
import type { Processor } from './processor.ts';
import { purge } from './purge.ts';
import { recoverEnded, recoverEndedNowAndThen } from './recovery.ts';
import { drainMagazine, dropCold } from './supply.ts';

/** What a drain has done. */
export interface DrainReport {
  /** Blocks that went home. */
  readonly blocks: number;
  /** Bytes of memory given back to the operating system; 0 where that is not possible (without the package koffi). */
  readonly returnedBytes: number;
}

/** Slabs purged in one turn of the event loop: about a millisecond. */
const SLABS_A_TURN = 32;

export class Drainer {
  readonly #processor: Processor;
  readonly #entry: CatalogEntry;
  readonly #magazines: readonly Magazine[];
  #stopClock: () => void = () => {};
  /** The part of an epoch that was hastened last. */
  #hastened = 0;
  #isSweeping = false;
  #again: NodeJS.Timeout | undefined;

  constructor(processor: Processor, entry: CatalogEntry, magazines: readonly Magazine[]) {
    this.#processor = processor;
    this.#entry = entry;
    this.#magazines = magazines;
    this.#stopClock = onEpochs({ on: entry.drainOn, everyMs: entry.drainEveryMs }, () => this.#onEpoch());
  }

  stop(): void {
    this.#stopClock();
    clearTimeout(this.#again);
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
    return { blocks, returnedBytes: this.#purgeAll(this.#entry.decayMs) };
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
    return { blocks, returnedBytes: this.#purgeAll(0) };
  }

  /** Whether a clock ends its epochs. */
  get hasClock(): boolean {
    return this.#entry.drainEveryMs > 0;
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
    this.#sweepFrom(1, 0);
  }

  /** Purges in turns of their own what is home, at once: the pool has more than its limit. */
  purgeSoon(): void {
    this.#sweepFrom(1, 0);
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
    if (!isFirst) return;
    recoverEndedNowAndThen(this.#processor);
    this.#sweepFrom(1, this.#entry.decayMs);
  }

  #trim(magazine: Magazine, epoch: number): number {
    const { kernel, row } = this.#processor;
    const blocks = kernel.trimClass(row, magazine.cls, epoch);
    magazine.count(counter.DRAINED, blocks);
    return blocks;
  }

  #purgeAll(decayMs: number): number {
    let returnedBytes = 0;
    let from: number | undefined = 1;
    while (from !== undefined) {
      const purged = purge(this.#processor, this.#entry, this.#magazines, { decayMs, from, most: SLABS_A_TURN });
      returnedBytes += purged.returnedBytes;
      from = purged.next;
    }
    return returnedBytes;
  }

  /** Purges a turn's worth after this turn, and so on; and comes back for what was not due yet. */
  #sweepFrom(from: number, decayMs: number): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    // A timer, which wakes an idle event loop: one would sit out an immediate that keeps nothing alive.
    setTimeout(() => {
      this.#isSweeping = false;
      if (!this.#processor.tryEnter()) return;
      const { next, isWaiting } = purge(this.#processor, this.#entry, this.#magazines, {
        decayMs,
        from,
        most: SLABS_A_TURN,
      });
      if (next !== undefined) this.#sweepFrom(next, decayMs);
      else if (isWaiting && decayMs > 0) this.#sweepAfter(decayMs);
    }, 0).unref();
  }

  #sweepAfter(decayMs: number): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#sweepFrom(1, decayMs), decayMs).unref();
  }
}
