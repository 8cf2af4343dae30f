// Memory back to the system: slabs and runs that nobody has needed for a while. The kernel finds and claims them
// (kernel/idle.ts, kernel/reclaim.ts); here their pages are given back while they are this thread's alone.

import type { CatalogEntry } from './catalog.ts';
import * as counter from './counters.ts';
import { moment } from './clock.ts';
import { dataOffsetOf } from './host/geometry.ts';
import { canReturnPages, returnPages } from './host/pages.ts';
import {
  C_BITMAP_WORDS,
  C_RUN_SLABS,
  C_UNITS,
  H_FRONTIER,
  H_SLAB_COUNT,
  L_POISONED,
  S_WORD,
  SLAB_BYTES,
  UNIT_BYTES,
} from './kernel/layout.ts';
import { DONE, PARTLY, RETRY } from './kernel/outcome.ts';
import { highOf, lowOf, SLAB_ACTIVE, slabClassOf, slabTagOf } from './kernel/slab.ts';
import type { Magazine } from './magazine.ts';
import type { Processor } from './processor.ts';

const SMALLEST_PAGE = 4096;

/**
 * Slabs claimed at one time at most. To give back resident pages the system interrupts every CPU that runs a thread of the process, once a
 * call: so neighbours go at one call. More would keep the pool's bytes from its other threads for longer than some milliseconds.
 */
const MOST_CLAIMED = 16;

/** What a turn of purging may do. */
export interface PurgeTurn {
  /** How long a slab must have been home, in milliseconds. */
  readonly decayMs: number;
  /** The slab to begin with. */
  readonly from: number;
  /** Slabs and runs that it gives back at most. */
  readonly most: number;
}

/** What a turn of purging has done. */
export interface Purged {
  /** Bytes of memory that the system has again. */
  readonly returnedBytes: number;
  /** Where the next turn goes on; undefined once all slabs were looked at. */
  readonly next: number | undefined;
  /** Whether some were home, and not yet for long enough. */
  readonly isWaiting: boolean;
}

/** Slabs that may be in use, from `from` on: the numbers between the frontiers are nobody's. */
function* slabsFrom({ kernel }: Processor, from: number): Generator<number> {
  const frontier = kernel.loadShared(H_FRONTIER);
  for (let slab = from; slab < lowOf(frontier); slab++) yield slab;
  for (let slab = Math.max(from, highOf(frontier)); slab <= kernel.loadPlain(H_SLAB_COUNT); slab++) yield slab;
}

/** The magazine of the class that a slab's blocks are of, if it is one of the pool's. */
function magazineOfSlab({ kernel }: Processor, magazines: readonly Magazine[], slab: number): Magazine | undefined {
  const word = kernel.loadShared(kernel.slabAt(slab) + S_WORD);
  return slabTagOf(word) === SLAB_ACTIVE ? magazines.find(({ id }) => id === slabClassOf(word)) : undefined;
}

/** Whether parts of a slab can be given back: blocks that are no multiple of a page share pages with their neighbours, but large ones hardly. */
function isInPages({ kernel }: Processor, { cls }: Magazine): boolean {
  return kernel.loadPlain(cls + C_UNITS) * UNIT_BYTES >= SMALLEST_PAGE && canReturnPages().can;
}

/** Neighbouring slabs that a thread has claimed, whole: from beginPurge to endPurge no other has a block of them. */
class Claimed {
  readonly #processor: Processor;
  /** Whose blocks they are of. */
  readonly #magazines: Magazine[] = [];
  #first = 0;

  constructor(processor: Processor) {
    this.#processor = processor;
  }

  /** Claims a slab if it can be had whole; gives back those before it, if it is no neighbour of theirs or they are many. The bytes. */
  add(magazine: Magazine, slab: number): number {
    const { kernel, row } = this.#processor;
    // Asked before anything is claimed: a thread's first question loads koffi, and others would miss the slabs for so long.
    canReturnPages();
    const isNext = slab === this.#first + this.#magazines.length && this.#magazines.length < MOST_CLAIMED;
    const bytes = isNext ? 0 : this.giveBack();
    if (kernel.beginPurge(row, magazine.cls, slab) !== DONE) return bytes;
    if (this.#magazines.length === 0) this.#first = slab;
    this.#magazines.push(magazine);
    return bytes;
  }

  /** Gives back the pages of all, and frees the slabs. The bytes. */
  giveBack(): number {
    const { kernel, row, data } = this.#processor;
    if (this.#magazines.length === 0) return 0;
    const bytes = returnPages(data, (this.#first - 1) * SLAB_BYTES, this.#magazines.length * SLAB_BYTES);
    if (bytes > 0) for (let i = 0; i < this.#magazines.length; i++) kernel.forgetNode(this.#first + i);
    kernel.endPurge(row);
    for (const magazine of this.#magazines) magazine.count(counter.RETURNED_BYTES, bytes / this.#magazines.length);
    this.#magazines.length = 0;
    return bytes;
  }
}

/** Gives back the pages of one run, if it is home still. The bytes. */
function purgeRun(processor: Processor, { cls }: Magazine, slab: number): number {
  const { kernel, row, data } = processor;
  if (!canReturnPages().can || kernel.takeIdleRun(row, cls, slab) <= 0) return 0;
  forgetPoison(processor);
  const bytes = returnPages(data, (slab - 1) * SLAB_BYTES, kernel.loadPlain(cls + C_RUN_SLABS) * SLAB_BYTES);
  if (bytes > 0) kernel.forgetNode(slab);
  kernel.homeReturnedRun(row, slab);
  return bytes;
}

/**
 * Gives back the pages of a slab's home blocks, though others of its blocks are in use: a few buffers that live long must not
 * keep megabytes. Only where blocks are pages. The bytes.
 */
function purgePart(processor: Processor, { cls }: Magazine, slab: number): number {
  const { kernel, row } = processor;
  let bytes = 0;
  let blocks = 0;
  for (let word = 0; word < kernel.loadPlain(cls + C_BITMAP_WORDS); word++) {
    for (let quarter = 0; quarter < 4; quarter++) {
      const taken = kernel.takeIdleQuarter(row, cls, slab, word, quarter);
      if (taken <= 0) continue;
      bytes += returnStaged(processor, cls);
      blocks += taken;
      kernel.homeStaged(row);
    }
  }
  kernel.markReturned(slab, blocks);
  return bytes;
}

/**
 * Takes from the staged blocks the mark of their poison, which goes with their pages: zeros are no write after a put. Before the pages
 * go, so that a cut in between hides a write at worst.
 */
function forgetPoison({ kernel, words, stagedAt, stageAt }: Processor): void {
  const count = words[stagedAt] as number;
  for (let i = 0; i < count; i++) kernel.storePlain(kernel.lineAt(words[stageAt + i] as number) + L_POISONED, 0);
}

/** Gives back the pages of the staged blocks, which are this thread's alone; neighbours at one call. The bytes. */
function returnStaged(processor: Processor, cls: number): number {
  const { kernel, words, stagedAt, stageAt, data } = processor;
  forgetPoison(processor);
  const stride = kernel.loadPlain(cls + C_UNITS) * UNIT_BYTES;
  const count = words[stagedAt] as number;
  let bytes = 0;
  for (let i = 0; i < count; ) {
    const first = words[stageAt + i] as number;
    let run = 1;
    while (i + run < count && words[stageAt + i + run] === first + run) run += 1;
    bytes += returnPages(data, dataOffsetOf(first, stride), run * stride);
    i += run;
  }
  return bytes;
}

/** Claims a slab that is home whole; gives back a run, or what is home of a slab, at once, and those claimed before it first. The bytes. */
function giveBack(processor: Processor, claimed: Claimed, magazine: Magazine, slab: number, isWhole: boolean): number {
  const isRun = processor.kernel.loadPlain(magazine.cls + C_RUN_SLABS) > 0;
  if (isWhole && !isRun) return claimed.add(magazine, slab);
  const before = claimed.giveBack();
  const bytes = isRun ? purgeRun(processor, magazine, slab) : purgePart(processor, magazine, slab);
  magazine.count(counter.RETURNED_BYTES, bytes);
  return before + bytes;
}

/**
 * Gives back what has been home for long enough, and books it. Nothing while another thread releases slabs of the pool: it
 * is at it then, or the next sweep will be.
 */
export function purge(
  processor: Processor,
  entry: CatalogEntry,
  magazines: readonly Magazine[],
  { decayMs, from, most }: PurgeTurn,
): Purged {
  const { kernel, row } = processor;
  if (kernel.claimReleaser(row, entry.at) !== DONE) return { returnedBytes: 0, next: undefined, isWaiting: true };
  const claimed = new Claimed(processor);
  let returnedBytes = 0;
  let isWaiting = false;
  let next: number | undefined;
  let left = most;
  try {
    for (const slab of slabsFrom(processor, from)) {
      if (left === 0) {
        next = slab;
        break;
      }
      const magazine = magazineOfSlab(processor, magazines, slab);
      if (magazine === undefined) continue;
      const idleness = kernel.idleness(magazine.cls, slab, moment(), decayMs);
      if (idleness === DONE || (idleness === PARTLY && isInPages(processor, magazine))) {
        returnedBytes += giveBack(processor, claimed, magazine, slab, idleness === DONE);
        left -= 1;
      } else if (idleness === RETRY) isWaiting = true;
    }
    returnedBytes += claimed.giveBack();
  } finally {
    // Ends the claim, frees what an error has left claimed, and wakes those who wait for bytes of the pool.
    kernel.settleRelease(row);
  }
  return { returnedBytes, next, isWaiting };
}
