// The debug mode of a pool: some leases, or all, are watched. A watched lease has a view of its own, so
// that a reference kept after its put can never be taken for a later lease; its block is filled with poison
// at the put and looked at when it is leased next, by whatever thread.

import { blockOf, endLease, LEASED_SLOW, type PooledView, setLease, setUsed, usedOf } from './buffer.ts';
import * as counter from './counters.ts';
import { L_POISONED } from './kernel/layout.ts';
import type { Magazine } from './magazine.ts';
import { reportWriteAfterPut } from './reports.ts';
import { type Callee, readTrace, type Stack, stackHere, writeTrace } from './traces.ts';

const POISON = 0xdb;
/** Compared at once. */
const CHUNK = 64 * 1024;
const poison = Buffer.alloc(CHUNK, POISON);
const { fill } = Buffer.prototype;

interface Lease {
  readonly begun: Stack;
  /** Where it was put. */
  ended?: Stack;
  /** The view that is about to stand for the one whose put is under way. */
  next?: PooledView | undefined;
}

/** Where the leases of watched views began and ended. */
const leases = new WeakMap<PooledView, Lease>();

/** Where a watched view was put, for the error of a second put. */
export function putOf(view: PooledView): Stack | undefined {
  return leases.get(view)?.ended;
}

/** Whether a view was made for one lease, which is watched. */
export function isWatched(view: PooledView): boolean {
  return leases.has(view);
}

/** Offset of the first byte that is not poison, -1 if all are. */
function damageIn(view: PooledView): number {
  for (let from = 0; from < view.length; from += CHUNK) {
    const length = Math.min(CHUNK, view.length - from);
    if (poison.compare(view, from, from + length, 0, length) === 0) continue;
    return from + Uint8Array.prototype.findIndex.call(view.subarray(from), (byte) => byte !== POISON);
  }
  return -1;
}

export class Inspector {
  readonly #oneIn: number;
  /** Leases until the next one that is watched. */
  #left = 0;

  constructor(oneIn: number) {
    this.#oneIn = oneIn;
  }

  /** A view that has just been leased, or the one that stands in for it because the lease is watched. `below`: the caller's call. */
  leased(magazine: Magazine, view: PooledView, below: Callee): PooledView {
    this.#lookAtPoison(magazine, view);
    if (this.#left > 0) {
      this.#left -= 1;
      return view;
    }
    // At random around one in N: a fixed step would always meet the same buffer of a program's round.
    this.#left = Math.floor(Math.random() * (2 * this.#oneIn - 1));
    const begun = stackHere(below);
    const watched = magazine.freshView(blockOf(view), begun);
    leases.set(watched, { begun });
    setUsed(watched, usedOf(view));
    endLease(view);
    setLease(watched, LEASED_SLOW);
    return watched;
  }

  /** A leased view that is about to be put, or the one that is to be put for it because its lease was watched. */
  putting(magazine: Magazine, view: PooledView, below: Callee): PooledView {
    const lease = leases.get(view);
    if (lease === undefined) return view;
    const { processor } = magazine;
    const block = blockOf(view);
    lease.ended = stackHere(below);
    writeTrace(processor, block, lease.begun, lease.ended);
    // By a Buffer, which Node copies in C++: by a number, shared memory is written byte by byte.
    fill.call(view, poison);
    processor.kernel.storePlain(processor.kernel.lineAt(block) + L_POISONED, 1);
    const next = magazine.freshView(block);
    // Held by the one until it takes its place: what tells of drops goes by the block's last view, and a cut in here must not drop it alone.
    lease.next = next;
    endLease(view);
    setLease(next, LEASED_SLOW);
    lease.next = undefined;
    return next;
  }

  #lookAtPoison(magazine: Magazine, view: PooledView): void {
    const { processor } = magazine;
    const { kernel } = processor;
    const mark = kernel.lineAt(blockOf(view)) + L_POISONED;
    if (kernel.loadPlain(mark) === 0) return;
    kernel.storePlain(mark, 0);
    const at = damageIn(view);
    if (at < 0) return;
    magazine.count(counter.WRITES_AFTER_PUT);
    reportWriteAfterPut(magazine, at, readTrace(processor, blockOf(view)));
  }
}
