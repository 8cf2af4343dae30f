// What the counters of one row and class say, in words of the pool's users, and how such counts are added up.

import * as counter from './counters.ts';
import type { Kernel } from './host/backend.ts';
import { sizeOf } from './kernel/deque.ts';
import { D_HEAD_TAIL } from './kernel/layout.ts';
import type { Processor } from './processor.ts';

/** Gets by the tier that served them. */
export interface Hits {
  readonly magazine: number;
  /** The thread's own deque. */
  readonly deque: number;
  readonly steal: number;
  readonly slab: number;
  /** A block that did not exist before: Go's New. */
  readonly fresh: number;
}

/** Blocks taken from siblings whose threads ran (where threads have places: see docs/placement.md) ... */
export interface StolenByDistance {
  /** on the thief's own CPU, */
  readonly cpu: number;
  /** on another thread of its core, */
  readonly smt: number;
  /** in its cluster of cores, */
  readonly cluster: number;
  /** on CPUs that share its last-level cache, */
  readonly llc: number;
  /** on its NUMA node, */
  readonly node: number;
  /** on another node, */
  readonly remote: number;
  /** or where nobody knows: one of the two has no place. */
  readonly unplaced: number;
}

/** Numbers since the runtime was made (gets to stolen) and of this moment (leased, stashed, retained, highWater). */
export interface Counts {
  readonly gets: number;
  readonly puts: number;
  readonly adopts: number;
  readonly detaches: number;
  readonly discards: number;
  readonly hits: Hits;
  /** Blocks cut from memory. */
  readonly freshBlocks: number;
  /** Blocks taken from siblings. */
  readonly stolenBlocks: number;
  /** The same by how far away the siblings were. */
  readonly stolenByDistance: StolenByDistance;
  /** Gets that found no block. */
  readonly exhausted: number;
  /** Gets served from the heap instead. */
  readonly heap: number;
  /** Blocks that threads had leased when they died, or dropped without put and had taken back: they are in the pool again. */
  readonly lost: number;
  /** Leased buffers that were garbage collected without a put, as far as threads have noticed. */
  readonly dropped: number;
  /** Blocks that went home because nobody had needed them for an epoch. */
  readonly drained: number;
  /** Bytes of memory given back to the operating system. */
  readonly returnedBytes: number;
  /** Buffers that were written to after their put, as far as `debug` has noticed. */
  readonly writesAfterPut: number;
  /** Blocks in users' hands now; not those from the heap. */
  readonly leased: number;
  /** Blocks in magazines now. */
  readonly stashed: number;
  /** Blocks in deques now. */
  readonly retained: number;
  /** Most blocks leased at one time by one thread, to within a batch of 8; for several threads, their sum. */
  readonly highWater: number;
}

/** Derived: Go's news / gets, and what was taken and not given back, per get. */
export interface Rates {
  readonly missRate: number;
  readonly imbalance: number;
}

export function ratesOf(counts: Counts): Rates {
  const gets = counts.gets + counts.adopts;
  const fresh = counts.hits.fresh + counts.heap;
  return {
    missRate: counts.gets === 0 ? 0 : fresh / counts.gets,
    imbalance: gets === 0 ? 0 : (gets - counts.puts - counts.detaches - counts.lost) / gets,
  };
}

function retainedBy(kernel: Kernel, row: number, id: number): number {
  return sizeOf(kernel.loadShared(kernel.dequeAt(row, id) + D_HEAD_TAIL));
}

/** The parts, and what is in none of them. All blocks are read last, so none of it is below 0 while the thread goes on. */
function stolenByDistance(at: (field: number) => number): StolenByDistance {
  const cpu = at(counter.STOLEN_CPU);
  const smt = at(counter.STOLEN_SMT);
  const cluster = at(counter.STOLEN_CLUSTER);
  const llc = at(counter.STOLEN_LLC);
  const node = at(counter.STOLEN_NODE);
  const remote = at(counter.STOLEN_REMOTE);
  const unplaced = at(counter.STEAL_BLOCKS) - cpu - smt - cluster - llc - node - remote;
  return { cpu, smt, cluster, llc, node, remote, unplaced };
}

function sumOf({ cpu, smt, cluster, llc, node, remote, unplaced }: StolenByDistance): number {
  return cpu + smt + cluster + llc + node + remote + unplaced;
}

/** One processor's counts in one class. */
export function countsOf(processor: Processor, row: number, id: number): Counts {
  const { kernel, counters } = processor;
  const base = counter.countersAt(kernel, row, id) / 8;
  const at = (field: number) => counters[base + field] as number;
  const gets = at(counter.GETS);
  const deque = at(counter.DEQUE_HITS);
  const steal = at(counter.STEAL_HITS);
  const slab = at(counter.SLAB_HITS);
  const fresh = at(counter.FRESH_HITS);
  const puts = at(counter.PUTS);
  const adopts = at(counter.ADOPTS);
  const detaches = at(counter.DETACHES);
  const taken =
    at(counter.DEQUE_BLOCKS) + at(counter.STEAL_BLOCKS) + at(counter.SLAB_BLOCKS) + at(counter.FRESH_BLOCKS);
  const heap = at(counter.HEAP_GETS);
  const leased = gets + adopts - puts - detaches - at(counter.LOST);
  const stolen = stolenByDistance(at);
  return {
    gets: gets + heap,
    puts: puts + at(counter.HEAP_PUTS),
    adopts,
    detaches,
    discards: at(counter.DISCARDS),
    hits: { magazine: gets - deque - steal - slab - fresh, deque, steal, slab, fresh },
    freshBlocks: at(counter.FRESH_BLOCKS),
    // Not read again: the thread may have stolen more by then.
    stolenBlocks: sumOf(stolen),
    stolenByDistance: stolen,
    exhausted: at(counter.EXHAUSTED),
    heap,
    lost: at(counter.LOST),
    dropped: at(counter.DROPPED),
    drained: at(counter.DRAINED),
    returnedBytes: at(counter.RETURNED_BYTES),
    writesAfterPut: at(counter.WRITES_AFTER_PUT),
    leased,
    stashed: taken + adopts - detaches - at(counter.RELEASED_BLOCKS) - leased,
    retained: retainedBy(kernel, row, id),
    highWater: at(counter.HIGH_WATER),
  };
}

function addHits(a: Hits, b: Hits): Hits {
  return {
    magazine: a.magazine + b.magazine,
    deque: a.deque + b.deque,
    steal: a.steal + b.steal,
    slab: a.slab + b.slab,
    fresh: a.fresh + b.fresh,
  };
}

function addStolen(a: StolenByDistance, b: StolenByDistance): StolenByDistance {
  return {
    cpu: a.cpu + b.cpu,
    smt: a.smt + b.smt,
    cluster: a.cluster + b.cluster,
    llc: a.llc + b.llc,
    node: a.node + b.node,
    remote: a.remote + b.remote,
    unplaced: a.unplaced + b.unplaced,
  };
}

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    gets: a.gets + b.gets,
    puts: a.puts + b.puts,
    adopts: a.adopts + b.adopts,
    detaches: a.detaches + b.detaches,
    discards: a.discards + b.discards,
    hits: addHits(a.hits, b.hits),
    freshBlocks: a.freshBlocks + b.freshBlocks,
    stolenBlocks: a.stolenBlocks + b.stolenBlocks,
    stolenByDistance: addStolen(a.stolenByDistance, b.stolenByDistance),
    exhausted: a.exhausted + b.exhausted,
    heap: a.heap + b.heap,
    lost: a.lost + b.lost,
    dropped: a.dropped + b.dropped,
    drained: a.drained + b.drained,
    returnedBytes: a.returnedBytes + b.returnedBytes,
    writesAfterPut: a.writesAfterPut + b.writesAfterPut,
    leased: a.leased + b.leased,
    stashed: a.stashed + b.stashed,
    retained: a.retained + b.retained,
    highWater: a.highWater + b.highWater,
  };
}

export const NOTHING: Counts = {
  gets: 0,
  puts: 0,
  adopts: 0,
  detaches: 0,
  discards: 0,
  hits: { magazine: 0, deque: 0, steal: 0, slab: 0, fresh: 0 },
  freshBlocks: 0,
  stolenBlocks: 0,
  stolenByDistance: { cpu: 0, smt: 0, cluster: 0, llc: 0, node: 0, remote: 0, unplaced: 0 },
  exhausted: 0,
  heap: 0,
  lost: 0,
  dropped: 0,
  drained: 0,
  returnedBytes: 0,
  writesAfterPut: 0,
  leased: 0,
  stashed: 0,
  retained: 0,
  highWater: 0,
};
