// The audit: every block of the runtime accounted for, and what nobody will ask for any more given back.
//
// It walks all block lines while the other threads go on, so a block that moves meanwhile may be
// counted where it was or where it is. What it gives back is certain all the same: the rows of threads
// that have ended, and detached blocks by the same CAS as an adopt.

import { ageOf } from './clock.ts';
import { discardBlock } from './handover.ts';
import type { Kernel } from './host/backend.ts';
import {
  bitOf,
  BLOCKS_PER_SLAB,
  D_HEAD_TAIL,
  H_MAX_CLASSES,
  H_MAX_PROCESSORS,
  H_SLAB_COUNT,
  L_DETACHED_AT,
  L_GENERATION,
  L_STATE,
  R_WORD,
  S_BITMAP,
  S_WORD,
} from './kernel/layout.ts';
import { sizeOf } from './kernel/deque.ts';
import { DETACHED, detached, FREE, IN_DEQUE, incarnationOf, rowOf, tagOf } from './kernel/line.ts';
import { ROW_FREE } from './kernel/row.ts';
import { freshOf, SLAB_ACTIVE, slabClassOf, slabTagOf } from './kernel/slab.ts';
import type { Magazine } from './magazine.ts';
import { integerOption, knownOptions } from './options.ts';
import type { Processor } from './processor.ts';
import { recoverEnded } from './recovery.ts';

/** The clock of detached blocks wraps after 24.8 days, and ages above half of that read as none. */
const OLDEST_MS = 2 ** 30 - 1;

export interface AuditOptions {
  /** Gives detached blocks back that nobody has adopted for so long, in milliseconds, 0 to 2^30 - 1 (12.4 days). Default: none. */
  readonly olderThanMs?: number;
}

/** Counts of blocks, of all sizes. */
export interface AuditReport {
  /** Processors of threads that had ended, and the blocks that those held. Linux only; elsewhere 0. */
  readonly recovered: { readonly processors: number; readonly blocks: number };
  /** Detached blocks given back because they were old enough. Their messages are stale now. */
  readonly reclaimed: number;
  /** Blocks there are. */
  readonly cut: number;
  /** Free, in their slabs. */
  readonly home: number;
  /** Free, in deques. */
  readonly retained: number;
  /** Leased or stashed by attached threads. */
  readonly owned: number;
  readonly detached: number;
  /**
   * In none of these places. Blocks that move during the audit can be here for a moment; ones that stay were
   * lost by a step that was cut inside, which only the 'atomics' kernel's can be.
   */
  readonly unaccounted: number;
}

type Place = 'home' | 'retained' | 'owned' | 'detached' | 'unaccounted';

function isHome(kernel: Kernel, slab: number, number: number): boolean {
  const word = kernel.loadShared(kernel.slabAt(slab) + S_BITMAP + (number >> 5) * 4);
  return (word & bitOf(number)) !== 0;
}

/** Whether the state names the present incarnation of its row. */
function hasOwner(kernel: Kernel, state: number): boolean {
  const word = kernel.loadShared(kernel.rowAt(rowOf(state)) + R_WORD);
  return tagOf(word) !== ROW_FREE && incarnationOf(word) === incarnationOf(state);
}

function placeOf(kernel: Kernel, slab: number, number: number, state: number): Place {
  switch (tagOf(state)) {
    case FREE:
      return isHome(kernel, slab, number) ? 'home' : 'unaccounted';
    case IN_DEQUE:
      return 'retained';
    case DETACHED:
      return 'detached';
    default:
      return hasOwner(kernel, state) ? 'owned' : 'unaccounted';
  }
}

/** Calls `visit` with every block there is. */
function walk(kernel: Kernel, visit: (slab: number, number: number, id: number) => void): void {
  for (let slab = 1; slab <= kernel.loadPlain(H_SLAB_COUNT); slab++) {
    const word = kernel.loadShared(kernel.slabAt(slab) + S_WORD);
    if (slabTagOf(word) !== SLAB_ACTIVE) continue;
    for (let number = 0; number < freshOf(word); number++) visit(slab, number, slabClassOf(word));
  }
}

/** Blocks that the deques say they hold. */
function sizeOfDeques(kernel: Kernel): number {
  let size = 0;
  for (let row = 0; row < kernel.loadPlain(H_MAX_PROCESSORS); row++) {
    for (let id = 0; id < kernel.loadPlain(H_MAX_CLASSES); id++) {
      size += sizeOf(kernel.loadShared(kernel.dequeAt(row, id) + D_HEAD_TAIL));
    }
  }
  return size;
}

/** Takes back every detached block of at least that age. Their number. */
function reclaimOlderThan(processor: Processor, magazines: ReadonlyMap<number, Magazine>, ageMs: number): number {
  const { kernel } = processor;
  let reclaimed = 0;
  walk(kernel, (slab, number, id) => {
    const block = slab * BLOCKS_PER_SLAB + number;
    const line = kernel.lineAt(block);
    const magazine = magazines.get(id);
    // Published by the store of the state; if the block moves on meanwhile, adopt's CAS fails.
    const generation = kernel.loadPlain(line + L_GENERATION);
    if (magazine === undefined || kernel.loadShared(line + L_STATE) !== detached(generation)) return;
    if (ageOf(kernel.loadPlain(line + L_DETACHED_AT)) < ageMs) return;
    if (discardBlock(magazine, block, generation)) reclaimed += 1;
  });
  return reclaimed;
}

/**
 * Recovers threads that have ended, takes back old detached blocks, and counts all blocks by place.
 *
 * @param magazines this thread's, of every class there is
 */
export function audit(
  processor: Processor,
  magazines: ReadonlyMap<number, Magazine>,
  options: AuditOptions,
): AuditReport {
  knownOptions('audit', options, ['olderThanMs']);
  const { olderThanMs } = options;
  if (olderThanMs !== undefined) integerOption('olderThanMs', olderThanMs, 0, OLDEST_MS);
  const { kernel } = processor;
  const recovered = recoverEnded(processor);
  const reclaimed = olderThanMs === undefined ? 0 : reclaimOlderThan(processor, magazines, olderThanMs);
  const counts = { home: 0, retained: 0, owned: 0, detached: 0, unaccounted: 0 };
  walk(kernel, (slab, number) => {
    const state = kernel.loadShared(kernel.lineAt(slab * BLOCKS_PER_SLAB + number) + L_STATE);
    counts[placeOf(kernel, slab, number, state)] += 1;
  });
  const cut = Object.values(counts).reduce((sum, count) => sum + count, 0);
  // A block whose state says deque and that no deque holds is nowhere.
  const nowhere = Math.max(0, counts.retained - sizeOfDeques(kernel));
  return {
    recovered,
    reclaimed,
    cut,
    ...counts,
    retained: counts.retained - nowhere,
    unaccounted: counts.unaccounted + nowhere,
  };
}
