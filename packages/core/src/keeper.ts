// Who gives a pool's pages back where nobody has asked for it: at the end of an epoch, or for a process short of memory.
//
// That takes koffi, which a thread loads at its first need, and a worker that is terminated while it loads koffi takes the
// process with it: the loader throws into an environment that is being torn down, and Node.js aborts. So it is the main
// thread's, which nobody terminates, wherever that has the pool open: then it is the pool's keeper (kernel/keeper.ts), and workers
// leave it to it. Where there is no keeper a worker does it itself: memory that never comes back would be the other price.

import { isMainThread } from 'node:worker_threads';
import type { CatalogEntry } from './catalog.ts';
import { onEpochs } from './host/epochs.ts';
import { C_EPOCH } from './kernel/layout.ts';
import { DONE } from './kernel/outcome.ts';
import type { Magazine } from './magazine.ts';
import type { Processor } from './processor.ts';

/** The shortest time between two looks for epochs that the collections of other threads have ended. */
const LOOK_EVERY_MS = 100;

/** A thread's part in keeping one pool: the keeper's in the main thread, the others' in a worker. */
export class Keeper {
  readonly #processor: Processor;
  readonly #pool: number;
  readonly #magazines: readonly Magazine[];
  #stopClock: () => void = () => {};
  /** What `#epochs` was when this thread looked last. */
  #seen: number;

  /** In the main thread it keeps the pool from now on. `sweep` is called when collections of others have ended an epoch. */
  constructor(processor: Processor, entry: CatalogEntry, magazines: readonly Magazine[], sweep: () => void) {
    this.#processor = processor;
    this.#pool = entry.at;
    this.#magazines = magazines;
    this.#seen = this.#epochs();
    if (!isMainThread) return;
    this.#keep();
    // The main thread may collect nothing for hours while workers do.
    if (entry.drainOn === 'gc') {
      const everyMs = Math.max(entry.drainEveryMs, LOOK_EVERY_MS);
      this.#stopClock = onEpochs({ on: 'interval', everyMs }, () => {
        if (!processor.tryEnter()) this.stop();
        else if (this.#seen !== this.#epochs() && this.hearEpoch(false)) sweep();
      });
    }
  }

  /** Whether this thread gives back what nobody asked for. */
  get isHere(): boolean {
    return isMainThread || this.#processor.kernel.findKeeper(this.#pool) !== DONE;
  }

  /** Notes the end of an epoch. Whether this thread sweeps for it: the keeper for each, and of workers without one who noticed it first. */
  hearEpoch(isFirst: boolean): boolean {
    this.#seen = this.#epochs();
    if (!isMainThread) return isFirst && this.isHere;
    // Again: another copy of this package may have kept the pool, and left.
    this.#keep();
    return true;
  }

  /** It keeps the pool no more. */
  stop(): void {
    this.#stopClock();
    if (isMainThread) this.#processor.kernel.dropKeeper(this.#pool, this.#processor.owner);
  }

  #keep(): void {
    const { kernel, row } = this.#processor;
    kernel.keep(row, this.#pool);
  }

  /** Changes whenever an epoch of one of the pool's classes ends. Racy: an end that it misses it sees next time. */
  #epochs(): number {
    const { kernel } = this.#processor;
    return this.#magazines.reduce((sum, { cls }) => (sum + kernel.loadShared(cls + C_EPOCH)) | 0, 0);
  }
}
