// In which order a thread looks at its siblings' deques: the nearest first. The thread's placement (host/placement.ts) tells how
// far it is from its own CPU to each other one; their rows tell on which CPUs their threads run (kernel/place.ts). Rows that
// are equally far make a domain, and the kernel steals from one domain after another (kernel/steal.ts).

import * as counter from './counters.ts';
import type { Kernel } from './host/backend.ts';
import type { Placement } from './host/placement.ts';
import { H_MAX_PROCESSORS, H_PLACINGS, MOST_DOMAINS, R_CPU, R_DOMAINS, R_LLC, R_NODE } from './kernel/layout.ts';

/** Where a thread runs, as its row says. */
export interface Place {
  /** CPU id; the first one of several that the thread may run on. */
  readonly cpu: number;
  /** The last-level cache, by its lowest CPU id; -1: several, or not known. */
  readonly llc: number;
  /** The NUMA node's id in the kernel; -1: several, or not known. */
  readonly node: number;
}

/** Distances within a node, and what counts the blocks stolen over them. */
const NEAR = [
  counter.STOLEN_CPU,
  counter.STOLEN_SMT,
  counter.STOLEN_CLUSTER,
  counter.STOLEN_LLC,
  counter.STOLEN_NODE,
] as const;

/**
 * The distance to a thread that has no place, or whose CPU the placement does not tell of: it may be anywhere, so after all that
 * are known to be on this node, and before those that are known not to be. Those have the firmware's distances, from 10 up.
 */
const UNPLACED = NEAR.length;

/** The place that a row says; undefined if it has none. */
export function placeOf(kernel: Kernel, index: number): Place | undefined {
  const row = kernel.rowAt(index);
  const cpu = kernel.loadShared(row + R_CPU) - 1;
  if (cpu < 0) return undefined;
  return { cpu, llc: kernel.loadShared(row + R_LLC) - 1, node: kernel.loadShared(row + R_NODE) - 1 };
}

export class Neighbours {
  readonly #kernel: Kernel;
  readonly #index: number;
  readonly #row: number;
  readonly #rows: number;
  #placement: Placement | undefined;
  /** H_PLACINGS when the domains were made; none has this value before they are. */
  #placings = -1;
  /** By row. */
  #distances: readonly number[] = [];

  constructor(kernel: Kernel, index: number) {
    this.#kernel = kernel;
    this.#index = index;
    this.#row = kernel.rowAt(index);
    this.#rows = kernel.loadPlain(H_MAX_PROCESSORS);
  }

  /** Says in the thread's row where it runs; undefined: nobody knows. */
  place(placement: Placement | undefined): void {
    // The domains first: without a placement nobody would make them anew.
    this.#kernel.storePlain(this.#row + R_DOMAINS, 0);
    this.#placings = -1;
    this.#placement = placement;
    const { cpu, llc, node } = placement ?? { cpu: -1, llc: -1, node: -1 };
    // A thread without a place in the row of one without: so it is wherever nobody pins threads.
    if (cpu === -1 && placeOf(this.#kernel, this.#index) === undefined) return;
    this.#kernel.place(this.#row, cpu + 1, llc + 1, node + 1);
  }

  /** Makes the domains anew if some thread has said since that it runs somewhere else. */
  follow(): void {
    if (this.#placement === undefined) return;
    const placings = this.#kernel.loadShared(H_PLACINGS);
    if (placings !== this.#placings) this.#order(this.#placement, placings);
  }

  /** Which counter of stolen blocks is for a victim; undefined if it is not known how far it is. */
  counterOf(victim: number): number | undefined {
    const distance = this.#placement === undefined ? UNPLACED : (this.#distances[victim] ?? UNPLACED);
    return distance > UNPLACED ? counter.STOLEN_REMOTE : NEAR[distance];
  }

  #distanceTo(placement: Placement, index: number): number {
    const place = placeOf(this.#kernel, index);
    const distance = place === undefined ? undefined : placement.distances[place.cpu];
    return typeof distance === 'number' && distance >= 0 ? distance : UNPLACED;
  }

  /** Writes the domains. A thread that is cut in here has none, and makes them next time. */
  #order(placement: Placement, placings: number): void {
    const kernel = this.#kernel;
    kernel.storePlain(this.#row + R_DOMAINS, 0);
    this.#distances = Array.from({ length: this.#rows }, (_, index) => this.#distanceTo(placement, index));
    const ranks = [...new Set(this.#distances)].sort((a, b) => a - b);
    const domains = Math.min(ranks.length, MOST_DOMAINS);
    const words = Math.ceil(this.#rows / 32);
    for (let domain = 0; domain < domains; domain++) {
      const at = kernel.domainAt(this.#index, domain);
      // All that is farther than the last but one is one domain.
      const isIn = (distance: number): boolean =>
        domain === MOST_DOMAINS - 1 ? distance >= (ranks[domain] as number) : distance === ranks[domain];
      for (let word = 0; word < words; word++) {
        kernel.storePlain(at + word * 4, bitsOf(this.#distances.slice(word * 32, word * 32 + 32), isIn));
      }
    }
    kernel.storePlain(this.#row + R_DOMAINS, domains);
    this.#placings = placings;
  }
}

/** A word of a bitmap: the bits of those that are in. */
function bitsOf(distances: readonly number[], isIn: (distance: number) => boolean): number {
  return distances.reduce((bits, distance, bit) => (isIn(distance) ? bits | (1 << bit) : bits), 0);
}
