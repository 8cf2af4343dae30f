// Sweeps: a pool's idle memory is given back (purge.ts) by one thread, at once or in turns of the event loop.

import type { CatalogEntry } from './catalog.ts';
import type { Magazine } from './magazine.ts';
import type { Processor } from './processor.ts';
import { purge } from './purge.ts';

/** Slabs purged in one turn of the event loop: about a millisecond. */
const SLABS_A_TURN = 32;

/** A sweep in turns. */
export interface Sweep {
  /** How long a slab must have been home, in milliseconds. */
  readonly decayMs: number;
  /** Asked before each turn: a pool may have come by a keeper meanwhile. */
  readonly isDue: () => boolean;
}

export class Sweeper {
  readonly #processor: Processor;
  readonly #entry: CatalogEntry;
  readonly #magazines: readonly Magazine[];
  #isSweeping = false;
  #again: NodeJS.Timeout | undefined;

  constructor(processor: Processor, entry: CatalogEntry, magazines: readonly Magazine[]) {
    this.#processor = processor;
    this.#entry = entry;
    this.#magazines = magazines;
  }

  stop(): void {
    clearTimeout(this.#again);
  }

  /** All that is due, now. The bytes that the system has again. */
  sweepNow(decayMs: number): number {
    let returnedBytes = 0;
    let from: number | undefined = 1;
    while (from !== undefined) {
      const purged = purge(this.#processor, this.#entry, this.#magazines, { decayMs, from, most: SLABS_A_TURN });
      returnedBytes += purged.returnedBytes;
      from = purged.next;
    }
    return returnedBytes;
  }

  /** A turn's worth after this turn, and so on; and comes back for what was not due yet. Nothing while it is at it. */
  sweepInTurns(sweep: Sweep): void {
    this.#sweepFrom(1, sweep);
  }

  #sweepFrom(from: number, sweep: Sweep): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    // A timer, which wakes an idle event loop: one would sit out an immediate that keeps nothing alive.
    setTimeout(() => {
      this.#isSweeping = false;
      if (!this.#processor.tryEnter() || !sweep.isDue()) return;
      const { decayMs } = sweep;
      const { next, isWaiting } = purge(this.#processor, this.#entry, this.#magazines, {
        decayMs,
        from,
        most: SLABS_A_TURN,
      });
      if (next !== undefined) this.#sweepFrom(next, sweep);
      else if (isWaiting && decayMs > 0) this.#sweepAgain(sweep);
    }, 0).unref();
  }

  #sweepAgain(sweep: Sweep): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#sweepFrom(1, sweep), sweep.decayMs).unref();
  }
}
