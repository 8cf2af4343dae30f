// A pool of the JavaScript objects of one thread: Go's sync.Pool without the other threads, who cannot share objects.
//
//   get   the newest of the pooled -> create
//   put   reset -> pooled, if `max` allows it
//
// The pooled lie in a stack, so the ones below its low-water mark of an epoch are those that nobody has needed. The fast
// get asks whether it stays above the mark in place of whether there is anything: the mark costs nothing, and is exact.

import { show, SyncPoolError } from './errors.ts';
import { onEpochs } from './host/epochs.ts';
import { type Cell, cellOf, giveCell, hasCell } from './object-pool-cell.ts';
import { type ObjectPoolOptions, type ObjectPoolPlan, planObjectPool } from './object-pool-options.ts';
import { noteLease, notePut, ObjectWatch } from './object-pool-watch.ts';
import type { Hits, Rates } from './counts.ts';
import { type Callee, framesOf } from './traces.ts';

/** As the counters of a shared pool, those of them that mean something here. */
export interface ObjectCounts {
  readonly gets: number;
  readonly puts: number;
  /** `fresh`: made by `create`. */
  readonly hits: Pick<Hits, 'magazine' | 'fresh'>;
  /** Objects in users' hands now; those included that were dropped without put. */
  readonly leased: number;
  /** Objects in the pool now. */
  readonly stashed: number;
  /** Objects let go because nobody had needed them for an epoch. */
  readonly drained: number;
  /** Objects that their put let go of: `max` were pooled, or `reset` threw. */
  readonly discarded: number;
  /** Leased objects that were garbage collected without a put, as far as `debug` has noticed. */
  readonly dropped: number;
  /** Most objects leased at one time, exactly. */
  readonly highWater: number;
}

export interface ObjectPoolStats {
  readonly name: string;
  readonly totals: ObjectCounts & Rates;
}

/** What a drain of a pool of objects has done. */
export interface ObjectDrainReport {
  /** Objects let go. */
  readonly objects: number;
}

/** Above every stack: a floor that shuts the fast path of get. */
const SHUT = 2 ** 30;
/** No object's owner: shuts the fast path of put. */
const NOBODY = 0;

let pools = 0;

/** Drains the pool at the end of each epoch for as long as somebody holds it: a clock must not keep a forgotten pool alive. */
function drainWhileAlive<T extends object>(pool: ObjectPool<T>, plan: ObjectPoolPlan<T>['drain']): () => void {
  const held = new WeakRef(pool);
  const stop = onEpochs(plan, () => {
    const alive = held.deref();
    if (alive === undefined) stop();
    else alive.drain();
  });
  return stop;
}

/**
 * Reuses objects of this thread. `get` gives one that nobody else has, `put` takes it back. Objects that nobody
 * has needed for a whole epoch are let go, to the garbage collector. Usable without a runtime.
 */
export class ObjectPool<T extends object> {
  readonly name: string;
  readonly #create: () => T;
  readonly #reset: ((object: T) => void) | undefined;
  readonly #watch: ObjectWatch | undefined;
  readonly #stopClock: () => void;
  /** Owner of this pool's leased objects. */
  readonly #number: number;
  /** As #number while the fast path of put is open. */
  #open: number;
  /**
   * The pooled, the newest at `top - 1`. Above that what was leased from there: the put of such an object finds it again. That
   * keeps an object that is never put alive until the slot is used again or the epoch ends.
   */
  #slots: (Cell<T> | undefined)[] = [];
  #top = 0;
  /** The least that `top` was in this epoch. */
  #low = 0;
  /** As #low while the fast path of get is open. */
  #floor: number;
  #max: number;
  #isClosed = false;
  /** One number that counts beyond 2^31 without being boxed. */
  readonly #gets = new Float64Array(1);
  /** Objects that are pooled or leased. */
  #live = 0;
  #created = 0;
  #drained = 0;
  #discarded = 0;
  #highWater = 0;

  /** @throws ERR_SYNCPOOL_INVALID_OPTION */
  constructor(options: ObjectPoolOptions<T>) {
    const plan = planObjectPool(options);
    pools += 1;
    this.name = plan.name;
    this.#create = plan.create;
    this.#reset = plan.reset;
    this.#max = plan.max;
    this.#watch = plan.debug ? new ObjectWatch(this) : undefined;
    this.#number = pools;
    this.#open = plan.debug ? NOBODY : pools;
    this.#floor = plan.debug ? SHUT : 0;
    this.#stopClock = drainWhileAlive(this, plan.drain);
  }

  /**
   * Leases an object: the one put last, or a new one. Its contents are what `reset` has left.
   *
   * @throws what `create` throws, then nothing has changed; ERR_SYNCPOOL_INVALID_OPTION for what it may not return; ERR_SYNCPOOL_CLOSED
   */
  get(): T {
    const top = this.#top - 1;
    return top >= this.#floor ? this.#lease(top) : this.#getSlow(this.get);
  }

  /**
   * Gives a leased object back. It must not be used any more.
   *
   * @throws ERR_SYNCPOOL_DOUBLE_PUT, ERR_SYNCPOOL_FOREIGN_BUFFER (another pool's, a copy, any other value), ERR_SYNCPOOL_CLOSED;
   * then nothing has changed. What `reset` throws: then the object is let go
   */
  put(object: T): void {
    const top = this.#top;
    const slots = this.#slots;
    let cell = top < slots.length ? slots[top] : undefined;
    // What is put in the reverse order of its gets lies where it came from: no look at the object itself, of whatever shape it is.
    if (cell === undefined || cell.object !== object) cell = this.#cellOf(object);
    if (cell.owner === this.#open) this.#takeBack(cell);
    else this.#putSlow(cell, this.put);
  }

  /**
   * Calls `fn` with an object and puts it, if `fn` has not, when `fn` has returned, thrown, or its promise has settled. An asynchronous
   * `fn` must not put it: it may be leased again before the promise settles, and would be put once more.
   */
  withObject<R>(fn: (object: T) => R): R {
    const object = this.get();
    let result: R;
    try {
      result = fn(object);
    } catch (error) {
      this.#putIfLeased(object);
      throw error;
    }
    if (typeof (result as { then?: unknown } | null)?.then !== 'function') {
      this.#putIfLeased(object);
      return result;
    }
    // The caller awaits the put as well.
    return Promise.resolve(result).finally(() => this.#putIfLeased(object)) as R;
  }

  /**
   * Ends an epoch, whatever `drain` says: objects that nobody has needed during the whole of it are let go, the oldest. An object survives
   * one drain after its last use, and is gone after two.
   *
   * @throws ERR_SYNCPOOL_CLOSED
   */
  drain(): ObjectDrainReport {
    this.#checkOpen();
    // The mark is above the stack if a get was cut before it lowered it.
    const cold = Math.min(this.#low, this.#top);
    const warm = this.#slots.slice(cold, this.#top);
    // From here on nothing can be cut.
    this.#slots = warm;
    this.#top -= cold;
    this.#live -= cold;
    this.#drained += cold;
    this.#low = this.#top;
    if (this.#watch === undefined) this.#floor = this.#top;
    return { objects: cold };
  }

  /** The counters, now. */
  stats(): ObjectPoolStats {
    const gets = this.#gets[0] as number;
    const leased = this.#live - this.#top;
    const totals = {
      gets,
      puts: gets - leased,
      hits: { magazine: gets - this.#created, fresh: this.#created },
      leased,
      stashed: this.#top,
      drained: this.#drained,
      discarded: this.#discarded,
      dropped: this.#watch?.dropped ?? 0,
      highWater: this.#highWater,
      missRate: gets === 0 ? 0 : this.#created / gets,
      imbalance: gets === 0 ? 0 : leased / gets,
    };
    return { name: this.name, totals };
  }

  /** Lets go of every object, stops the clock, and refuses every further get, put and drain. A second time it does nothing. */
  close(): void {
    this.#stopClock();
    this.#isClosed = true;
    this.#open = NOBODY;
    this.#floor = SHUT;
    this.#max = 0;
    this.#live -= this.#top;
    this.#top = 0;
    this.#low = 0;
    this.#slots = [];
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Leases the object in slot `top`. Nothing in here can be cut. */
  #lease(top: number): T {
    const cell = this.#slots[top] as Cell<T>;
    cell.owner = this.#number;
    this.#top = top;
    (this.#gets[0] as number) += 1;
    return cell.object;
  }

  #getSlow(below: Callee): T {
    this.#checkOpen();
    const object = this.#top > 0 ? this.#lease(this.#top - 1) : this.#leaseFresh();
    if (this.#top < this.#low) {
      this.#low = this.#top;
      if (this.#watch === undefined) this.#floor = this.#top;
    }
    const { watched } = cellOf(object);
    if (watched !== undefined) {
      noteLease(watched, below);
      // Else it would not be found when it is dropped.
      this.#slots[this.#top] = undefined;
    }
    return object;
  }

  #leaseFresh(): T {
    const object = this.#create();
    const cell: Cell<T> = { object, owner: this.#number, watched: undefined };
    giveCell(cell, this.name);
    cell.watched = this.#watch?.watch(object);
    this.#live += 1;
    this.#created += 1;
    // Only here can more be leased than ever before: with none pooled, all that live are.
    if (this.#live > this.#highWater) this.#highWater = this.#live;
    (this.#gets[0] as number) += 1;
    return object;
  }

  #putSlow(cell: Cell<T>, below: Callee): void {
    this.#checkOpen();
    if (cell.owner === -this.#number) throw this.#putBefore(cell);
    if (cell.owner !== this.#number) throw this.#foreign(cell.object);
    if (cell.watched !== undefined) notePut(cell.watched, below);
    this.#takeBack(cell);
  }

  /** Asking first whether there is a cell would cost as much again. */
  #cellOf(object: T): Cell<T> {
    try {
      return cellOf(object);
    } catch (error) {
      // Else a stack overflow, which says nothing about the object.
      throw hasCell(object) ? error : this.#foreign(object);
    }
  }

  /** The lease ends before the user's code is called, and that is done before the object is pooled: a cut loses it, and never pools it twice. */
  #takeBack(cell: Cell<T>): void {
    const reset = this.#reset;
    cell.owner = -this.#number;
    if (reset !== undefined) {
      try {
        reset(cell.object);
      } catch (error) {
        this.#letGo();
        throw error;
      }
    }
    const top = this.#top;
    if (top >= this.#max) {
      this.#letGo();
      return;
    }
    this.#slots[top] = cell;
    this.#top = top + 1;
  }

  #putIfLeased(object: T): void {
    if (!this.#isClosed && cellOf(object).owner === this.#number) this.put(object);
  }

  #letGo(): void {
    this.#live -= 1;
    this.#discarded += 1;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new SyncPoolError('ERR_SYNCPOOL_CLOSED', `pool ${show(this.name)} is closed`);
  }

  #foreign(object: unknown): SyncPoolError {
    return new SyncPoolError(
      'ERR_SYNCPOOL_FOREIGN_BUFFER',
      `${show(object)} is not an object of pool ${show(this.name)}: put the very object that get returned, not a copy or proxy of it`,
    );
  }

  #putBefore({ watched }: Cell<T>): SyncPoolError {
    const where = watched?.ended === undefined ? '' : `. It was put at\n${framesOf(watched.ended)}`;
    return new SyncPoolError(
      'ERR_SYNCPOOL_DOUBLE_PUT',
      `the object was put before, and is no longer this code's to use (pool ${show(this.name)})${where}`,
    );
  }
}
