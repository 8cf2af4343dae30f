// What a pool does at the begin and end of a lease besides leasing, if its options ask for it. Such a
// pool's gets and puts take the slow paths, so that an ordinary pool's pay nothing: its sizes are out of the
// fast get's reach (magazine.ts), and leases whose put has more to do are of a kind that the fast put does not know.

import { LEASED_HEAP, leaseOf, type PooledView } from './buffer.ts';
import { Inspector } from './inspector.ts';
import type { Magazine } from './magazine.ts';
import type { Policy } from './pool-words.ts';
import type { Callee } from './traces.ts';

export class LeaseHooks {
  readonly #inspector: Inspector;

  constructor(policy: Policy) {
    this.#inspector = new Inspector(policy.debugOneIn);
  }

  /** The view of a lease just begun, as the user gets it. `below` is the call that the user made. */
  leased(magazine: Magazine, view: PooledView, below: Callee): PooledView {
    if (leaseOf(view) === LEASED_HEAP) return view;
    return this.#inspector.leased(magazine, view, below);
  }

  /** The view to put for a leased one whose lease is about to end. */
  putting(magazine: Magazine, view: PooledView, below: Callee): PooledView {
    return this.#inspector.putting(magazine, view, below);
  }
}

/** The hooks of a pool, undefined if its options need none. */
export function hooksOf(policy: Policy): LeaseHooks | undefined {
  return policy.debugOneIn > 0 ? new LeaseHooks(policy) : undefined;
}
