// Finding what a cut inside a step has lost, and giving it back; on the Atomics kernel only. This file looks for
// suspects while the others go on; what is lost, and not just moving, the kernel decides (kernel/look.ts).

import { blocksInDeques, placeOf, straySlots, walk, walkDeques } from './census.ts';
import { C_POOL, R_NAP, UNIT_BYTES } from './kernel/layout.ts';
import { DONE, RETRY } from './kernel/outcome.ts';
import { MAX_CUT } from './kernel/widths.ts';
import type { Processor } from './processor.ts';
import { wipeStaged } from './wiping.ts';

/** What an audit has found lost and given back. */
export interface Regained {
  /** Blocks that were in no place. */
  readonly blocks: number;
  /** Bytes that were reserved, or counted as cut, and are no block's. */
  readonly bytes: number;
  /** Slots of deques that nobody would have handed back: their owners sent blocks home instead. */
  readonly slots: number;
}

/** Looks, and how long between two, until one succeeds or the audit gives up for this time. */
const MOST_LOOKS = 100;
const NAP_MS = 1;

/** As many suspects as there are staging words. */
const BATCH = MAX_CUT;

/** How often the suspects are gone through before they are called that: a block on its way is rarely on it each time. */
const SIFTINGS = 3;

class Mender {
  readonly #processor: Processor;
  readonly #ids: readonly number[];
  /** Looks left, for everything together. */
  #looks = MOST_LOOKS;

  constructor(processor: Processor, ids: readonly number[]) {
    this.#processor = processor;
    this.#ids = ids;
  }

  /** Tries again until nobody is inside the kernel at that moment. RETRY if that never was. */
  #look(attempt: () => number): number {
    const { kernel, row } = this.#processor;
    for (; this.#looks > 0; this.#looks--) {
      const outcome = attempt();
      if (outcome !== RETRY) return outcome;
      kernel.waitShared(row + R_NAP, kernel.loadPlain(row + R_NAP), NAP_MS);
    }
    return RETRY;
  }

  /** Has the kernel judge suspects, a batch at a time, in the staging words. How many of them it mended. */
  #judge(suspects: readonly number[], driver: (count: number) => number): number {
    const { words, stageAt } = this.#processor;
    let mended = 0;
    for (let from = 0; from < suspects.length; from += BATCH) {
      const batch = suspects.slice(from, from + BATCH);
      const outcome = this.#look(() => {
        words.set(batch, stageAt);
        return driver(batch.length);
      });
      if (outcome === RETRY) break;
      mended += outcome;
    }
    return mended;
  }

  /** Whether a block is in no place, as it looks just now. */
  #sieve(): (block: number) => boolean {
    const { kernel } = this.#processor;
    const inDeques = blocksInDeques(kernel, this.#ids);
    return (block) => {
      const place = placeOf(kernel, block);
      return place === 'unaccounted' || (place === 'retained' && !inDeques.has(block));
    };
  }

  /** Blocks that were in no place each time they were looked at. */
  #suspects(): number[] {
    let suspects: number[] = [];
    const isSuspect = this.#sieve();
    walk(this.#processor.kernel, (block) => {
      if (isSuspect(block)) suspects.push(block);
    });
    for (let i = 1; i < SIFTINGS && suspects.length > 0; i++) suspects = suspects.filter(this.#sieve());
    return suspects;
  }

  #slots(): number {
    const { kernel, row } = this.#processor;
    let slots = 0;
    walkDeques(kernel, this.#ids, (index, id, headTail) => {
      slots += this.#judge(straySlots(kernel, index, id, headTail), (count) =>
        kernel.vacateSlots(row, index, id, count),
      );
    });
    return slots;
  }

  #runs(): number {
    const { kernel, row } = this.#processor;
    let runs = 0;
    while (this.#look(() => kernel.regainRun(row)) === DONE) runs += 1;
    return runs;
  }

  /** Units that the pools' accounts had for nothing. */
  #units(): number {
    const { kernel, row } = this.#processor;
    let units = 0;
    for (const pool of new Set(this.#ids.map((id) => kernel.loadPlain(kernel.classAt(id) + C_POOL)))) {
      const outcome = this.#look(() => kernel.balance(row, pool));
      if (outcome > 0) units += outcome;
    }
    return units;
  }

  /** Whether a block was still owned by a thread that has left; then it is home now. Unlike a lost one it may have been leased to the end. */
  #regainLeft(block: number): boolean {
    const { kernel, row } = this.#processor;
    if (kernel.regainLeft(row, block) === 0) return false;
    wipeStaged(this.#processor);
    kernel.homeStaged(row);
    return true;
  }

  mend(): Regained {
    const { kernel, row } = this.#processor;
    const runs = this.#runs();
    const suspects = this.#suspects();
    const left = suspects.filter((block) => this.#regainLeft(block));
    const blocks = runs + left.length + this.#judge(suspects, (count) => kernel.regain(row, count));
    return { blocks, slots: this.#slots(), bytes: this.#units() * UNIT_BYTES };
  }
}

/**
 * Gives back what is lost in the classes of those ids. Where others are inside the kernel whenever this thread looks, the rest stays
 * lost until the next time.
 */
export function regainLost(processor: Processor, ids: readonly number[]): Regained {
  return processor.hasWholeSteps ? { blocks: 0, bytes: 0, slots: 0 } : new Mender(processor, ids).mend();
}
