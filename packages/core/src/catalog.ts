// The table of pools in control memory, as any thread opens it: find a pool by name, or make it.

import { tickOf } from './clock.ts';
import { rangeError, show, SyncPoolError } from './errors.ts';
import type { Kernel } from './host/backend.ts';
import { packCalibration } from './kernel/calibration.ts';
import { ENTRY_CREATING, ENTRY_FREE, ENTRY_READY } from './kernel/entry.ts';
import {
  C_BITMAP_WORDS,
  C_ID,
  C_PER_SLAB,
  C_POOL,
  C_RETAIN_UNITS,
  C_RUN_SLABS,
  C_SIZE,
  C_TICK,
  C_UNITS,
  H_MAX_CLASSES,
  H_MAX_POOLS,
  H_MAX_UNITS,
  H_SLAB_COUNT,
  P_CALIBRATED,
  P_CLASS_COUNT,
  P_ENTRY,
  P_FIRST_CLASS,
  P_NAME,
  P_NAME_LENGTH,
  P_OPEN_SLABS,
  P_PROMISED_UNITS,
  P_SLAB_DEMAND,
  UNIT_BYTES,
} from './kernel/layout.ts';
import { tagOf } from './kernel/line.ts';
import { RETRY } from './kernel/outcome.ts';
import { footprint } from './options.ts';
import type { PoolPlan } from './pool-options.ts';
import { differences, loadPolicy, storePolicy } from './pool-words.ts';
import type { Processor } from './processor.ts';
import { recoverEndedNowAndThen } from './recovery.ts';
import { openSlabs, perSlabOf, runSlabsOf, slabDemand, spareDemand } from './slab-demand.ts';

/** A pool as the table has it. */
export interface CatalogEntry extends PoolPlan {
  readonly name: string;
  /** Its address. */
  readonly at: number;
  readonly firstClass: number;
}

/** How long an opener sleeps before it looks again at an entry that somebody else is making. */
const LOOK_AGAIN_MS = 50;
/** An entry is made in microseconds; one that takes this long was left by a thread that died. */
const MOST_LOOKS = 100;

function wordsOf(name: string): Int32Array {
  const bytes = Buffer.from(name);
  const padded = Buffer.alloc(Math.ceil(bytes.length / 4) * 4);
  bytes.copy(padded);
  return new Int32Array(padded.buffer, padded.byteOffset, padded.length / 4);
}

function readName(kernel: Kernel, at: number): string {
  const length = kernel.loadPlain(at + P_NAME_LENGTH);
  const words = Int32Array.from({ length: Math.ceil(length / 4) }, (_, i) => kernel.loadPlain(at + P_NAME + i * 4));
  return Buffer.from(words.buffer).toString('utf8', 0, length);
}

function readEntry(kernel: Kernel, at: number): CatalogEntry {
  const firstClass = kernel.loadPlain(at + P_FIRST_CLASS);
  const count = kernel.loadPlain(at + P_CLASS_COUNT);
  return {
    name: readName(kernel, at),
    at,
    firstClass,
    sizes: Array.from({ length: count }, (_, i) => kernel.loadPlain(kernel.classAt(firstClass + i) + C_SIZE)),
    sizeRetainBytes: Array.from(
      { length: count },
      (_, i) => kernel.loadPlain(kernel.classAt(firstClass + i) + C_RETAIN_UNITS) * UNIT_BYTES,
    ),
    ...loadPolicy(kernel, at),
  };
}

/** Totals of the entries before one that is being made. */
interface Promised {
  readonly units: number;
  readonly slabs: number;
  readonly classes: number;
}

export class Catalog {
  readonly #processor: Processor;

  constructor(processor: Processor) {
    this.#processor = processor;
  }

  /** Every pool there is. */
  list(): CatalogEntry[] {
    const entries: CatalogEntry[] = [];
    for (let i = 0; i < this.#kernel.loadPlain(H_MAX_POOLS) && this.#settled(i) === ENTRY_READY; i++) {
      entries.push(readEntry(this.#kernel, this.#kernel.poolAt(i)));
    }
    return entries;
  }

  /** Gives up an entry that this row was making when it was cut. */
  abandon(): void {
    const kernel = this.#kernel;
    for (let i = 0; i < kernel.loadPlain(H_MAX_POOLS); i++) {
      const at = kernel.poolAt(i);
      if (kernel.loadShared(at + P_ENTRY) === this.#processor.owner) kernel.settleEntry(at, ENTRY_FREE);
    }
  }

  find(name: string): CatalogEntry | undefined {
    return this.list().find((entry) => entry.name === name);
  }

  /**
   * Finds the pool or makes it.
   *
   * @throws ERR_SYNCPOOL_POOL_MISMATCH if it exists with other options; ERR_SYNCPOOL_INVALID_OPTION if
   * what it asks for is more than the runtime has left
   */
  open(name: string, plan: PoolPlan): CatalogEntry {
    const promised = { units: 0, slabs: 0, classes: 0 };
    let found: CatalogEntry | undefined;
    const free = this.#claimFree((entry) => {
      if (entry.name === name) found = entry;
      else this.#addPromises(promised, entry);
      return found !== undefined;
    });
    if (found !== undefined) return sameOptions(found, plan);
    if (free === undefined) throw tooMuch(name, 'pools', 1, 0, 'maxPools');
    return this.#make(free, name, plan, promised);
  }

  /**
   * Moves a pool's limit. What it was promised stays promised: a limit that goes down can go up again.
   *
   * @throws ERR_SYNCPOOL_INVALID_OPTION if that is more than the runtime has left; then nothing has changed
   */
  resize(entry: CatalogEntry, maxBytes: number): void {
    const units = maxBytes / UNIT_BYTES;
    if (units > this.#kernel.loadPlain(entry.at + P_PROMISED_UNITS)) this.#promise(entry, maxBytes);
    this.#kernel.limitPool(entry.at, units);
  }

  /** Promises a pool more than it had. Nobody opens a pool meanwhile, because the entry that would be next is this thread's. */
  #promise(entry: CatalogEntry, maxBytes: number): void {
    const kernel = this.#kernel;
    const others = { units: 0, slabs: 0, classes: 0 };
    const free = this.#claimFree((one) => {
      if (one.at !== entry.at) this.#addPromises(others, one);
      return false;
    });
    if (free === undefined) throw tooMuch(entry.name, 'free entries of the pool table', 1, 0, 'maxPools');
    try {
      const spare = spareDemand(entry.sizes, kernel.loadPlain(entry.at + P_OPEN_SLABS));
      const demand = this.#checkLimits(entry.name, { sizes: entry.sizes, maxBytes }, others, spare);
      kernel.storePlain(entry.at + P_PROMISED_UNITS, maxBytes / UNIT_BYTES);
      kernel.storePlain(entry.at + P_SLAB_DEMAND, demand);
    } finally {
      kernel.settleEntry(free, ENTRY_FREE);
    }
  }

  #addPromises(sum: { units: number; slabs: number; classes: number }, { at, sizes }: CatalogEntry): void {
    sum.units += this.#kernel.loadPlain(at + P_PROMISED_UNITS);
    sum.slabs += this.#kernel.loadPlain(at + P_SLAB_DEMAND);
    sum.classes += sizes.length;
  }

  /**
   * Shows `isIt` every pool until it says yes, and claims the first free entry if it never does: its address, undefined if
   * there is none. Entries are made in order and never go, so who holds the first free one has seen every pool there is.
   */
  #claimFree(isIt: (entry: CatalogEntry) => boolean): number | undefined {
    const kernel = this.#kernel;
    let i = 0;
    while (i < kernel.loadPlain(H_MAX_POOLS)) {
      const at = kernel.poolAt(i);
      if (this.#settled(i) === ENTRY_READY) {
        if (isIt(readEntry(kernel, at))) return undefined;
        i += 1;
      } else if (kernel.claimEntry(this.#processor.row, at) !== RETRY) return at;
    }
    return undefined;
  }

  get #kernel(): Kernel {
    return this.#processor.kernel;
  }

  /** An entry's tag, once nobody else is making it. One that this row was making when it was cut starts over. */
  #settled(index: number): number {
    const kernel = this.#kernel;
    const at = kernel.poolAt(index);
    for (let look = 0; look < MOST_LOOKS; look++) {
      const word = kernel.loadShared(at + P_ENTRY);
      if (tagOf(word) !== ENTRY_CREATING) return tagOf(word);
      if (word === this.#processor.owner) kernel.settleEntry(at, ENTRY_FREE);
      else if (recoverEndedNowAndThen(this.#processor).processors === 0)
        kernel.waitShared(at + P_ENTRY, word, LOOK_AGAIN_MS);
    }
    throw new SyncPoolError(
      'ERR_SYNCPOOL_NO_POOL',
      `pool entry ${index} was left half made by a thread that died or was cut while it opened a pool: let that thread open a pool or leave`,
    );
  }

  /** Makes the entry that this row has claimed, or gives it up if the runtime cannot promise so much. */
  #make(at: number, name: string, plan: PoolPlan, promised: Promised): CatalogEntry {
    const kernel = this.#kernel;
    let demand = 0;
    try {
      demand = this.#checkLimits(name, plan, promised, 0);
    } catch (refusal) {
      kernel.settleEntry(at, ENTRY_FREE);
      throw refusal;
    }
    const open = openSlabs(plan.sizes, kernel.loadPlain(H_SLAB_COUNT) - promised.slabs - demand, {
      bytes: (kernel.loadPlain(H_MAX_UNITS) - promised.units) * UNIT_BYTES - plan.maxBytes,
      classes: kernel.loadPlain(H_MAX_CLASSES) - promised.classes - plan.sizes.length,
    });
    plan.sizes.forEach((size, i) => {
      this.#makeClass(promised.classes + i, at, size, plan.sizeRetainBytes[i] ?? 0, plan);
    });
    storePolicy(kernel, at, plan);
    const units = plan.maxBytes / UNIT_BYTES;
    kernel.storePlain(at + P_PROMISED_UNITS, units);
    kernel.limitPool(at, units);
    kernel.storePlain(at + P_CALIBRATED, packCalibration(0, plan.sizes.length - 1, 0));
    kernel.storePlain(at + P_FIRST_CLASS, promised.classes);
    kernel.storePlain(at + P_CLASS_COUNT, plan.sizes.length);
    kernel.storePlain(at + P_OPEN_SLABS, open);
    kernel.storePlain(at + P_SLAB_DEMAND, demand + spareDemand(plan.sizes, open));
    kernel.storePlain(at + P_NAME_LENGTH, Buffer.byteLength(name));
    wordsOf(name).forEach((word, i) => {
      kernel.storePlain(at + P_NAME + i * 4, word);
    });
    kernel.settleEntry(at, ENTRY_READY);
    return readEntry(kernel, at);
  }

  #makeClass(id: number, pool: number, size: number, retainBytes: number, plan: PoolPlan): void {
    const kernel = this.#kernel;
    const at = kernel.classAt(id);
    kernel.storePlain(at + C_ID, id);
    kernel.storePlain(at + C_POOL, pool);
    kernel.storePlain(at + C_SIZE, size);
    kernel.storePlain(at + C_UNITS, footprint(size) / UNIT_BYTES);
    kernel.storePlain(at + C_PER_SLAB, perSlabOf(size));
    kernel.storePlain(at + C_RUN_SLABS, runSlabsOf(size));
    kernel.storePlain(at + C_BITMAP_WORDS, Math.ceil(perSlabOf(size) / 32));
    kernel.storePlain(at + C_RETAIN_UNITS, retainBytes / UNIT_BYTES);
    kernel.storePlain(at + C_TICK, tickOf(plan.drainEveryMs));
  }

  /** Refuses what is more than the runtime has left. The slabs that the pool needs: `spare` above what its bytes do. */
  #checkLimits(name: string, plan: Pick<PoolPlan, 'sizes' | 'maxBytes'>, promised: Promised, spare: number): number {
    const kernel = this.#kernel;
    const bytes = (kernel.loadPlain(H_MAX_UNITS) - promised.units) * UNIT_BYTES;
    if (plan.maxBytes > bytes) throw tooMuch(name, 'bytes', plan.maxBytes, bytes, 'maxBytes');
    const classes = kernel.loadPlain(H_MAX_CLASSES) - promised.classes;
    if (plan.sizes.length > classes) throw tooMuch(name, 'size classes', plan.sizes.length, classes, 'maxClasses');
    const slabs = kernel.loadPlain(H_SLAB_COUNT) - promised.slabs;
    const demand = slabDemand(plan.sizes, plan.maxBytes) + spare;
    if (demand > slabs) throw tooMuch(name, 'slabs of 1 MiB at worst', demand, slabs, 'maxBytes');
    return demand;
  }
}

function tooMuch(name: string, what: string, wanted: number, left: number, option: string): Error {
  return rangeError(
    'ERR_SYNCPOOL_INVALID_OPTION',
    `pool(${show(name)}) asks for ${wanted} ${what}, and the runtime has ${left} left: raise ${option} of createRuntime or ask for less`,
  );
}

function differingSizes(a: PoolPlan, b: PoolPlan): string[] {
  if (String(a.sizes) !== String(b.sizes)) return ['sizes'];
  return String(a.sizeRetainBytes) === String(b.sizeRetainBytes) ? [] : ['retainBytes of a size'];
}

function sameOptions(entry: CatalogEntry, plan: PoolPlan): CatalogEntry {
  const named = [...differingSizes(entry, plan), ...differences(entry, plan)];
  if (named.length === 0) return entry;
  throw new SyncPoolError(
    'ERR_SYNCPOOL_POOL_MISMATCH',
    `pool ${show(entry.name)} exists with other options (${named.join(', ')}): open it with the same ones, or with none`,
  );
}
