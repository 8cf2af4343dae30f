// What a pool does at the begin and end of a lease besides leasing, if its options ask for it. Such a
// pool's gets and puts take the slow paths, so that an ordinary pool's pay nothing: its sizes are out of the
// fast get's reach (magazine.ts), and leases whose put has more to do are of a kind that the fast put does not know.

import { LEASED_HEAP, leaseOf, type PooledView } from './buffer.ts';
import { Inspector } from './inspector.ts';
import type { Magazine } from './magazine.ts';
import type { Policy } from './pool-words.ts';
import type { Scopes } from './scope.ts';
import type { Callee } from './traces.ts';
import { wipe } from './wiping.ts';

export class LeaseHooks {
  readonly #inspector: Inspector | undefined;
  readonly #wipe: Policy['wipe'];
  readonly #scopes: Scopes | undefined;

  constructor({ debugOneIn, wipe }: Policy, scopes: Scopes | undefined) {
    this.#inspector = debugOneIn > 0 ? new Inspector(debugOneIn) : undefined;
    this.#wipe = wipe;
    this.#scopes = scopes;
  }

  /** Leases the newest view of a magazine that has one, and gives it as the user gets it. `below` is the call that the user made. */
  lease(magazine: Magazine, below: Callee): PooledView {
    const inspector = this.#inspector;
    // Wiped while it is the magazine's still: nothing can be cut between the lease and the user then. Poison must be looked at first.
    if (this.#wipe === 'get' && inspector === undefined) wipe(magazine.newest);
    const isScoped = this.#expect(magazine.newest);
    const view = this.#wipe === 'put' || isScoped ? magazine.leaseSlow() : magazine.lease();
    if (inspector === undefined) return view;
    const watched = inspector.leased(magazine, view, below);
    if (watched !== view) this.#scopes?.forget(view);
    this.#scopes?.claim(watched);
    if (this.#wipe === 'get') wipe(watched);
    return watched;
  }

  /** A view that is about to be leased becomes the running scope's, if there is one: before its lease, or a cut between the two would hide it. */
  #expect(view: PooledView): boolean {
    const scopes = this.#scopes;
    if (scopes === undefined) return false;
    const scope = scopes.current;
    scopes.give(view, scope);
    scope?.held.add(view);
    return scope !== undefined;
  }

  /** A view that is leased already, from the heap or by an acquire, which had no scope to be of while it waited. */
  leased(view: PooledView): void {
    this.#scopes?.claim(view);
  }

  /** An adopted view, as the user gets it. */
  adopted(magazine: Magazine, view: PooledView, below: Callee): PooledView {
    const adopted = leaseOf(view) === LEASED_HEAP ? view : (this.#inspector?.leased(magazine, view, below) ?? view);
    this.#scopes?.claim(adopted);
    return adopted;
  }

  /** The view to put for a leased one whose lease is about to end. The lease lasts until its bytes are gone: a put that is cut may be done again. */
  putting(magazine: Magazine, view: PooledView, below: Callee): PooledView {
    this.#scopes?.forget(view);
    const put = this.#inspector?.putting(magazine, view, below) ?? view;
    // Another view stands for one that was watched, and is full of poison: that hides the bytes as well.
    if (put === view) this.dropping(view);
    return put;
  }

  /** For memory from the heap, whose lease is about to end: nobody has it then. */
  dropping(view: PooledView): void {
    this.#scopes?.forget(view);
    if (this.#wipe === 'put') wipe(view);
  }
}

/** The hooks of a pool, undefined if its options need none. */
export function hooksOf(policy: Policy, scopes: Scopes | undefined): LeaseHooks | undefined {
  const isPlain = policy.debugOneIn === 0 && policy.wipe === 'never' && scopes === undefined;
  return isPlain ? undefined : new LeaseHooks(policy, scopes);
}
