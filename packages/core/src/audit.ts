// The audit: every block of the runtime accounted for, and what nobody will ask for any more given back.
//
// It walks all block lines while the other threads go on, so a block that moves meanwhile may be
// counted where it was or where it is. What it gives back is certain all the same: the rows of threads
// that have ended, detached blocks by the same CAS as an adopt, and what a step has lost that was cut inside (mending.ts).

import { ageOf } from './clock.ts';
import { placeOf, sizeOfDeques, walk } from './census.ts';
import { discardBlock } from './handover.ts';
import { L_DETACHED_AT, L_GENERATION, L_STATE } from './kernel/layout.ts';
import { detached } from './kernel/line.ts';
import type { Magazine } from './magazine.ts';
import { type Regained, regainLost } from './mending.ts';
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
  /**
   * What steps had lost that were cut inside by the end of their thread, and was given back. On the 'atomics' kernel only, where that can
   * be; and only while no live thread is inside the kernel: else it is found by the next audit.
   */
  readonly regained: Regained;
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
   * In none of these places: blocks that moved during the audit, or that a step has lost (see `regained`) and that could not be
   * told from those because another thread was inside the kernel all the time.
   */
  readonly unaccounted: number;
}

/** Takes back every detached block of at least that age. Their number. */
function reclaimOlderThan(processor: Processor, magazines: ReadonlyMap<number, Magazine>, ageMs: number): number {
  const { kernel } = processor;
  let reclaimed = 0;
  walk(kernel, (block, id) => {
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
 * Recovers threads that have ended, takes back old detached blocks and what is lost, and counts all blocks by place.
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
  const regained = regainLost(processor, [...magazines.keys()]);
  const counts = { home: 0, retained: 0, owned: 0, detached: 0, unaccounted: 0 };
  walk(kernel, (block) => {
    counts[placeOf(kernel, block)] += 1;
  });
  const cut = Object.values(counts).reduce((sum, count) => sum + count, 0);
  // A block whose state says deque and that no deque holds is nowhere.
  const nowhere = Math.max(0, counts.retained - sizeOfDeques(kernel));
  return {
    recovered,
    reclaimed,
    regained,
    cut,
    ...counts,
    retained: counts.retained - nowhere,
    unaccounted: counts.unaccounted + nowhere,
  };
}
