// What `debug` adds to a pool of objects: where each lease began and ended, and which leased objects the program has
// let go of without a put.

import { reportDroppedObject } from './reports.ts';
import { type Callee, type Stack, stackHere } from './traces.ts';

/** The last lease of one object. It outlives the object, so it must not hold it. */
export interface WatchedLease {
  /** Undefined while the object is not leased. */
  begun: Stack | undefined;
  ended: Stack | undefined;
}

export class ObjectWatch {
  /** Leased objects that were garbage collected. */
  dropped = 0;
  readonly #registry: FinalizationRegistry<WatchedLease>;

  constructor(pool: { readonly name: string }) {
    this.#registry = new FinalizationRegistry((lease) => {
      if (lease.begun === undefined) return;
      this.dropped += 1;
      reportDroppedObject(pool, lease.begun);
    });
  }

  /** Watches a new object for as long as it lives. */
  watch(object: object): WatchedLease {
    const lease = { begun: undefined, ended: undefined };
    this.#registry.register(object, lease);
    return lease;
  }
}

/** Notes that a lease begins. `below` is the call that the user made. */
export function noteLease(lease: WatchedLease, below: Callee): void {
  lease.begun = stackHere(below);
}

/** Notes that a lease ends. */
export function notePut(lease: WatchedLease, below: Callee): void {
  lease.begun = undefined;
  lease.ended = stackHere(below);
}
