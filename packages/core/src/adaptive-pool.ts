// A pool that finds out what its buffers are used for. Each thread counts the lengths that it is told of
// (lengths.ts); now and then one of them chooses by what all have counted (calibration.ts) and publishes
// the choice in one word (kernel/calibration.ts), which every get and put looks at.
//
// A class of its own around get and put, so that other pools' stay as they are.

import {
  ALL,
  LEASED,
  leaseOf,
  magazineOf,
  type PooledBuffer,
  type PooledView,
  setUsed,
  UNSAID,
  usedLengthOption,
  usedOf,
} from './buffer.ts';
import { type CalibrationStats, choose, describeLengths, dueByEpoch, dueByPuts } from './calibration.ts';
import type { CatalogEntry } from './catalog.ts';
import type { DrainReport } from './drain.ts';
import type { Message } from './handover.ts';
import { onEpochs } from './host/epochs.ts';
import { calibrationOf, largestOf, standardOf } from './kernel/calibration.ts';
import { P_CALIBRATED } from './kernel/layout.ts';
import { freshLengths, LengthCounts, readLengths } from './lengths.ts';
import type { Magazine } from './magazine.ts';
import { BufferPool } from './pool.ts';
import type { Processor } from './processor.ts';
import type { PoolStats } from './stats.ts';
import { refill } from './supply.ts';
import type { AcquireOptions } from './waiters.ts';

/** A thread looks whether a calibration is due after a sixteenth of the lengths that make it due. */
const LOOK_SHIFT = 4;
/** A length that nobody has said. */
const NONE = -1;

/** A pool opened with `adaptive: true`. */
export class AdaptivePool extends BufferPool {
  /** The calibrated word, read racily like a gate. */
  readonly #word: Int32Array;
  readonly #counts: LengthCounts;
  /** What the magazines hold where their size stays pooled. */
  readonly #capacities: readonly number[];
  readonly #stopClock: () => void;
  /** The word that this thread's magazines follow. */
  #seen: number;
  /** Lengths until this thread looks whether a calibration is due. */
  #left = dueByPuts(0) >> LOOK_SHIFT;

  constructor(processor: Processor, entry: CatalogEntry) {
    super(processor, entry);
    this.#word = new Int32Array(processor.words.buffer, entry.at + P_CALIBRATED, 1);
    this.#counts = new LengthCounts(processor, entry);
    this.#capacities = this.magazines.map(({ capacity }) => capacity);
    this.#seen = this.#word[0] as number;
    this.#follow(this.#seen);
    this.#stopClock = onEpochs({ on: entry.drainOn, everyMs: entry.drainEveryMs }, () => this.#onEpoch());
  }

  override get(size?: number): PooledBuffer {
    if (size !== undefined) return super.get(size);
    const magazine = this.magazines[standardOf(this.#word[0] as number)] as Magazine;
    // A pool with hooks has no floor that a size is above.
    if (magazine.floor < magazine.size && magazine.top > 0 && magazine.gate[0] === 0) {
      setUsed(magazine.slots[magazine.top - 1] as PooledView, UNSAID);
      return magazine.lease() as unknown as PooledBuffer;
    }
    return this.#getSlow(magazine);
  }

  override put(buffer: PooledBuffer, usedLength?: number): void {
    const magazine = magazineOf(buffer);
    const view = buffer as unknown as PooledView;
    if (
      magazine !== undefined &&
      magazine.pool === this &&
      leaseOf(view) === LEASED &&
      magazine.top < magazine.capacity &&
      magazine.gate[0] === 0 &&
      this.#word[0] === this.#seen
    ) {
      const length = usedLength === undefined ? unsaidLength(view, magazine) : usedLength;
      if (length === NONE && usedLength === undefined) {
        magazine.stash(view);
        return;
      }
      if (typeof length === 'number' && (length | 0) === length && length >= 0 && length <= magazine.size) {
        magazine.stash(view);
        this.#count(length);
        return;
      }
    }
    this.#putSlow(buffer, usedLength);
  }

  override detach(buffer: PooledBuffer, usedLength?: number): Message {
    const length = this.#lengthOf(buffer, usedLength);
    // Counted first, for after the detach nothing may come between its message and the user; but not if it is refused.
    this.processor.enter();
    this.#keepUp();
    if (length !== NONE) this.#count(length);
    return super.detach(buffer, usedLength);
  }

  override async acquire(size?: number, options?: AcquireOptions): Promise<PooledBuffer> {
    if (size !== undefined) return super.acquire(size, options);
    const buffer = await super.acquire(this.#standard.size, options);
    setUsed(buffer as unknown as PooledView, UNSAID);
    return buffer;
  }

  override acquireSync(size?: number, timeoutMs?: number): PooledBuffer {
    if (size !== undefined) return super.acquireSync(size, timeoutMs);
    const buffer = super.acquireSync(this.#standard.size, timeoutMs);
    setUsed(buffer as unknown as PooledView, UNSAID);
    return buffer;
  }

  override drain(): DrainReport {
    this.processor.enter();
    this.#calibrateAfter(dueByEpoch);
    return super.drain();
  }

  override stats(): PoolStats {
    return { ...super.stats(), calibration: this.#describe() };
  }

  /** @internal */
  override end(reason: Error): void {
    this.#stopClock();
    super.end(reason);
  }

  /** @internal */
  protected override putUnused(buffer: PooledBuffer): void {
    super.put(buffer);
  }

  /** The magazine of a get that names no size. */
  get #standard(): Magazine {
    return this.magazines[standardOf(this.#word[0] as number)] as Magazine;
  }

  /**
   * The buffer of a get that names no size is marked as one whose length says nothing: before its lease, because after it
   * nothing may be cut. Only one from the heap, which nothing can lose, is marked after. A mark that a cut leaves costs one length.
   */
  #getSlow(magazine: Magazine): PooledBuffer {
    this.processor.enter();
    this.#keepUp();
    const isMarked = magazine.top > 0 || refill(magazine, this.entry.onExhausted === 'heap');
    if (isMarked) setUsed(magazine.slots[magazine.top - 1] as PooledView, UNSAID);
    const buffer = super.get(magazine.size);
    if (!isMarked) setUsed(buffer as unknown as PooledView, UNSAID);
    return buffer;
  }

  #putSlow(buffer: PooledBuffer, usedLength: number | undefined): void {
    const length = this.#lengthOf(buffer, usedLength);
    this.#keepUp();
    super.put(buffer);
    if (length !== NONE) this.#count(length);
  }

  /** The length that the end of a lease counts, or NONE; throws what put and detach throw. */
  #lengthOf(buffer: PooledBuffer, usedLength: number | undefined): number {
    const magazine = this.held(buffer);
    if (usedLength !== undefined) return usedLengthOption(usedLength, magazine.size);
    return unsaidLength(buffer as unknown as PooledView, magazine);
  }

  #count(length: number): void {
    this.#counts.add(length, calibrationOf(this.#seen));
    this.#left -= 1;
    if (this.#left <= 0) this.#look();
  }

  #look(): void {
    this.#calibrateAfter(dueByPuts);
    this.#left = dueByPuts(calibrationOf(this.#word[0] as number)) >> LOOK_SHIFT;
  }

  #onEpoch(): void {
    if (!this.processor.tryEnter()) this.#stopClock();
    else this.#calibrateAfter(dueByEpoch);
  }

  /** Calibrates if so many lengths were counted since the last time. Whoever is first with a calibration has made it for all. */
  #calibrateAfter(due: (calibration: number) => number): void {
    const { processor, entry } = this;
    const seen = processor.kernel.loadShared(entry.at + P_CALIBRATED);
    const calibration = calibrationOf(seen);
    if (freshLengths(processor, entry, calibration) < due(calibration)) return;
    const weights = readLengths(processor, entry, calibration).map(({ weight }) => weight);
    const { largest, standard } = choose(entry.sizes, weights);
    processor.kernel.calibrate(entry.at, seen, largest, standard);
  }

  /** Follows the word, if it has changed. Before anything is counted: what is, counts as of the calibration that this thread has seen. */
  #keepUp(): void {
    const word = this.#word[0] as number;
    if (word !== this.#seen) this.#follow(word);
  }

  /** Makes this thread's magazines follow a word: those above the largest size hold nothing any more, and put sends home. */
  #follow(word: number): void {
    // Those of a thread that has left stay shut.
    if (this.processor.isLeft) return;
    const largest = largestOf(word);
    this.retention.largest = this.sizes[largest] as number;
    this.magazines.forEach((magazine, i) => {
      magazine.limitTo(i <= largest ? (this.#capacities[i] as number) : 0);
    });
    this.#seen = word;
  }

  #describe(): CalibrationStats {
    const { processor, entry, sizes } = this;
    const word = processor.kernel.loadShared(entry.at + P_CALIBRATED);
    const calibrations = calibrationOf(word);
    return {
      defaultSize: sizes[standardOf(word)] as number,
      largestRetained: sizes[largestOf(word)] as number,
      calibrations,
      ...describeLengths(sizes, readLengths(processor, entry, calibrations)),
    };
  }
}

/**
 * What counts where the user says no length: the whole of a buffer whose size was asked for. Of the pool's own choice
 * the whole says nothing, and of an adopted buffer the detach has counted it.
 */
function unsaidLength(view: PooledView, magazine: Magazine): number {
  return usedOf(view) === ALL ? magazine.size : NONE;
}
