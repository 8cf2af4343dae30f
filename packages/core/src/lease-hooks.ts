// What a pool does at the begin and end of a lease besides leasing, if its options ask for it. Such a
// pool's gets and puts take the slow paths, so that an ordinary pool's pay nothing: its sizes are out of the
// fast get's reach (magazine.ts), and leases whose put has more to do are of a kind that the fast put does not know.

import { LEASED_HEAP, leaseOf, type PooledView } from './buffer.ts';
import { Inspector } from './inspector.ts';
import type { Magazine } from './magazine.ts';
import type { Policy } from './pool-words.ts';
import type { Callee } from './traces.ts';
import { wipe } from './wiping.ts';

export class LeaseHooks {
  readonly #inspector: Inspector | undefined;
  readonly #wipe: Policy['wipe'];

  constructor({ debugOneIn, wipe }: Policy) {
    this.#inspector = debugOneIn > 0 ? new Inspector(debugOneIn) : undefined;
    this.#wipe = wipe;
  }

  /** Leases the newest view of a magazine that has one, and gives it as the user gets it. `below` is the call that the user made. */
  lease(magazine: Magazine, below: Callee): PooledView {
    const inspector = this.#inspector;
    // Wiped while it is the magazine's still: nothing can be cut between the lease and the user then. Poison must be looked at first.
    if (this.#wipe === 'get' && inspector === undefined) wipe(magazine.newest);
    const view = this.#wipe === 'put' ? magazine.leaseSlow() : magazine.lease();
    if (inspector === undefined) return view;
    const watched = inspector.leased(magazine, view, below);
    if (this.#wipe === 'get') wipe(watched);
    return watched;
  }

  /** An adopted view, as the user gets it. */
  adopted(magazine: Magazine, view: PooledView, below: Callee): PooledView {
    if (leaseOf(view) === LEASED_HEAP) return view;
    return this.#inspector?.leased(magazine, view, below) ?? view;
  }

  /** The view to put for a leased one whose lease is about to end. The lease lasts until its bytes are gone: a put that is cut may be done again. */
  putting(magazine: Magazine, view: PooledView, below: Callee): PooledView {
    const put = this.#inspector?.putting(magazine, view, below) ?? view;
    // Another view stands for one that was watched, and is full of poison: that hides the bytes as well.
    if (put === view) this.dropping(view);
    return put;
  }

  /** For memory from the heap, whose lease is about to end: nobody has it then. */
  dropping(view: PooledView): void {
    if (this.#wipe === 'put') wipe(view);
  }
}

/** The hooks of a pool, undefined if its options need none. */
export function hooksOf(policy: Policy): LeaseHooks | undefined {
  return policy.debugOneIn > 0 || policy.wipe !== 'never' ? new LeaseHooks(policy) : undefined;
}
