// Scopes: leases that end together at the latest. What is leased while a scope runs, however asynchronously, belongs to it
// until it is put, detached or kept; what still does when the scope ends is put then.
//
// A lease of a scope is of the kind whose put is slow (LEASED_SLOW), so every end of one comes by `forget`, and the same view
// leased anew by somebody else is never taken for the old lease. A thread without scopes pays nothing.

import { AsyncLocalStorage } from 'node:async_hooks';
import {
  isLeased,
  LEASED,
  LEASED_SLOW,
  leaseOf,
  magazineOf,
  type PooledBuffer,
  type PooledView,
  setLease,
} from './buffer.ts';
import type { Magazine } from './magazine.ts';

/** Whose the leases of one thread and runtime are. */
export class Scopes {
  readonly running = new AsyncLocalStorage<LeaseScope | undefined>();
  readonly #owners = new WeakMap<PooledView, LeaseScope>();

  /** The scope that a lease made now belongs to. */
  get current(): LeaseScope | undefined {
    const scope = this.running.getStore();
    return scope?.ended === false ? scope : undefined;
  }

  ownerOf(view: PooledView): LeaseScope | undefined {
    return this.#owners.get(view);
  }

  /** Before or after its lease begins. Nobody else's from here on. */
  give(view: PooledView, scope: LeaseScope | undefined): void {
    if (scope === undefined) this.#owners.delete(view);
    else this.#owners.set(view, scope);
  }

  /** Makes a leased view the current scope's, if there is one. */
  claim(view: PooledView): void {
    const scope = this.current;
    this.forget(view);
    if (scope === undefined) return;
    if (leaseOf(view) === LEASED) setLease(view, LEASED_SLOW);
    this.give(view, scope);
    scope.held.add(view);
  }

  /** Before its lease ends, or another view stands in for it. */
  forget(view: PooledView): void {
    this.#owners.get(view)?.held.delete(view);
    this.#owners.delete(view);
  }
}

/** Leases that end together at the latest. `runtime.scope()` makes one. */
export class LeaseScope {
  /** @internal */
  readonly held = new Set<PooledView>();
  /** @internal */
  ended = false;
  readonly #scopes: Scopes;

  /** @internal */
  constructor(scopes: Scopes) {
    this.#scopes = scopes;
  }

  /**
   * Calls `fn`. What it leases in this thread, also after an await, in its callbacks and timers, belongs to the scope: buffers of
   * `get`, `acquire` and `adopt`, the blocks of typed arrays and ByteBuffers.
   */
  run<T>(fn: () => T): T {
    return this.#scopes.running.run(this, fn);
  }

  /** How many buffers would be put if the scope ended now. */
  get size(): number {
    return this.held.size;
  }

  /** Whether the buffer is one of those. */
  has(buffer: PooledBuffer): boolean {
    return this.held.has(buffer as unknown as PooledView);
  }

  /** Takes a buffer out of the scope: it is put by hand, as if it had been leased outside. False if it was not in it. */
  keep(buffer: PooledBuffer): boolean {
    if (!this.has(buffer)) return false;
    this.#scopes.forget(buffer as unknown as PooledView);
    return true;
  }

  /**
   * Puts what is still leased, and takes no more. Nothing may be reading or writing those buffers any longer.
   *
   * @returns how many buffers it put
   */
  end(): number {
    this.ended = true;
    let count = 0;
    for (const view of this.held) {
      // Not one that a cut has left here without its lease.
      if (this.#scopes.ownerOf(view) === this && isLeased(leaseOf(view))) {
        count += 1;
        (magazineOf(view) as Magazine).pool.putUnlessEnded(view as unknown as PooledBuffer);
      }
      this.held.delete(view);
    }
    return count;
  }
}
