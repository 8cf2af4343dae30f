// Where the calling thread runs, as whoever has pinned it says (@syncpool/worker-shim does, its launcher too). Nothing is
// imported from there: it leaves an object on `globalThis`, and says over a diagnostics channel when another one has taken its place.
// Where nobody says anything, the thread has no place.

import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

const PLACEMENT = Symbol.for('@syncpool/placement');
/** Published in a thread whose placement has changed. */
const CHANGED = '@syncpool/placement';
/** Published in a thread now and then: whoever pins threads may look whether what it has said is still so. */
const renew = channel('@syncpool/placement:renew');

/** The part of it that pools go by. */
export interface Placement {
  /** CPU id; the first one of several that the thread may run on. */
  readonly cpu: number;
  /** The last-level cache, by its lowest CPU id; -1: several, or not known. */
  readonly llc: number;
  /** The NUMA node's id in the kernel; -1: several, or not known. */
  readonly node: number;
  /** How far it is from `cpu` to other CPUs, by their ids (neighbours.ts says in which numbers). */
  readonly distances: Readonly<Record<number, number>>;
}

/** Ids are kept in words, plus 1. Linux counts to 8,192. */
const MOST_ID = 2 ** 20;

function isId(value: unknown, least: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= MOST_ID;
}

/** What the thread has been told; undefined for nothing, and for what is no placement: pools work without. */
export function placementOfThread(): Placement | undefined {
  const found = (globalThis as { [PLACEMENT]?: Partial<Placement> })[PLACEMENT];
  if (typeof found !== 'object' || found === null) return undefined;
  const { cpu, llc, node, distances } = found;
  if (!isId(cpu, 0) || !isId(llc, -1) || !isId(node, -1)) return undefined;
  return typeof distances === 'object' && distances !== null ? { cpu, llc, node, distances } : undefined;
}

/** Firmware says 10 of a node to itself, and more of others; below it are the distances within a node. */
const OTHER_NODE = 10;

/** Whether there are CPUs on other nodes. */
export function hasOtherNodes({ distances }: Placement): boolean {
  return Object.values(distances).some((distance) => distance >= OTHER_NODE);
}

/** Calls the listener whenever the thread's placement has changed. What it returns stops that. */
export function onPlacement(listener: () => void): () => void {
  const hear = () => listener();
  subscribe(CHANGED, hear);
  return () => unsubscribe(CHANGED, hear);
}

/** Lets who pins this thread say that the placement is another one by now. */
export function renewPlacement(): void {
  if (renew.hasSubscribers) renew.publish(undefined);
}
