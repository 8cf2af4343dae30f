// Recovery as a thread of the host does it: find the rows of the dead, let the kernel take what they
// held, settle their counters, free them. The kernel's part and its argument are in kernel/recover.ts.

import * as counter from './counters.ts';
import type { Kernel } from './host/backend.ts';
import { type Life, lifeOf } from './host/deaths.ts';
import type { Identity } from './host/identity.ts';
import {
  blockAt,
  H_MAX_CLASSES,
  H_MAX_PROCESSORS,
  R_CLAIMANT,
  R_OS_THREAD,
  R_PARENT,
  R_RECOVERING,
  R_START_HIGH,
  R_START_LOW,
  R_THREAD,
  R_WORD,
} from './kernel/layout.ts';
import { incarnationOf, tagOf } from './kernel/line.ts';
import { DONE } from './kernel/outcome.ts';
import { claimantOf, ROW_LIVE } from './kernel/row.ts';
import type { Processor } from './processor.ts';
import { wipeStaged } from './wiping.ts';

/** What a recovery found. */
export interface Recovered {
  /** Processors whose threads had ended. */
  readonly processors: number;
  /** Blocks that they had leased or stashed, now at home. */
  readonly blocks: number;
}

const NOTHING: Recovered = { processors: 0, blocks: 0 };

/** A row with a thread, as its identity words tell. */
interface LiveRow extends Identity {
  readonly index: number;
  readonly incarnation: number;
}

/** What a row says of its thread, if it has one. */
function readRow(kernel: Kernel, index: number): LiveRow | undefined {
  const at = kernel.rowAt(index);
  const word = kernel.loadShared(at + R_WORD);
  const incarnation = incarnationOf(word);
  if (tagOf(word) !== ROW_LIVE) return undefined;
  const load = (field: number) => kernel.loadShared(at + field);
  const [thread, parent, osThread] = [load(R_THREAD), load(R_PARENT), load(R_OS_THREAD)];
  const row = {
    index,
    incarnation,
    thread,
    parent,
    osThread,
    startLow: load(R_START_LOW),
    startHigh: load(R_START_HIGH),
  };
  // Unless it changed hands while its words were read.
  return kernel.loadShared(at + R_WORD) === word ? row : undefined;
}

/** The rows that have a thread, all but one. */
function liveRows(kernel: Kernel, except = -1): LiveRow[] {
  const rows: LiveRow[] = [];
  for (let index = 0; index < kernel.loadPlain(H_MAX_PROCESSORS); index++) {
    const row = index === except ? undefined : readRow(kernel, index);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

function lifeOfThread({ osThread, startLow, startHigh }: Identity): Life {
  return lifeOf(osThread, startLow, startHigh);
}

/** The rows whose threads the operating system does not know any more; `self` is the calling thread, `except` its row if it has one. */
export function endedRows(kernel: Kernel, self: Identity, except?: number): LiveRow[] {
  // If procfs does not know this thread, its silence about others means nothing; nor if that changes meanwhile.
  if (lifeOfThread(self) !== 'lives') return [];
  const ended = liveRows(kernel, except).filter((row) => lifeOfThread(row) === 'ended');
  return lifeOfThread(self) === 'lives' ? ended : [];
}

/** The rows of a thread that has ended, and of the threads that it had started: they ended with it. */
function familyOf(rows: readonly LiveRow[], thread: number): LiveRow[] {
  const dead = new Set([thread]);
  for (let before = 0; before !== dead.size; ) {
    before = dead.size;
    for (const row of rows) if (dead.has(row.parent)) dead.add(row.thread);
  }
  return rows.filter((row) => dead.has(row.thread));
}

/** Makes a dead row's counters say that it holds nothing; the row is this thread's alone. */
function settleCounters(processor: Processor, index: number): void {
  const { kernel, counters } = processor;
  for (let id = 0; id < kernel.loadPlain(H_MAX_CLASSES); id++) {
    const base = counter.countersAt(kernel, index, id) / 8;
    const at = (field: number) => counters[base + field] as number;
    const taken =
      at(counter.DEQUE_BLOCKS) + at(counter.STEAL_BLOCKS) + at(counter.SLAB_BLOCKS) + at(counter.FRESH_BLOCKS);
    // Never used: not even a page of counters is touched.
    if (taken + at(counter.ADOPTS) === 0) continue;
    const given = at(counter.PUTS) + at(counter.DETACHES) + at(counter.LOST);
    counters[base + counter.LOST] = at(counter.LOST) + at(counter.GETS) + at(counter.ADOPTS) - given;
    counters[base + counter.RELEASED_BLOCKS] = taken + at(counter.ADOPTS) - at(counter.DETACHES);
  }
}

/** Sends home every block that the dead of a row owned, wiped where that is due. Their number. */
function takeBlocks(processor: Processor, index: number): number {
  const { kernel, row, words, stageAt } = processor;
  let blocks = 0;
  let from = blockAt(1, 0);
  for (;;) {
    const count = kernel.seizeBatch(row, index, from);
    if (count === 0) return blocks;
    from = (words[stageAt + count - 1] as number) + 1;
    wipeStaged(processor);
    kernel.homeStaged(row);
    blocks += count;
  }
}

/** Finishes what this thread has claimed; again after a cut, it goes on where that left it. */
function finish(processor: Processor): Recovered {
  const { kernel, row } = processor;
  // An 'exit' event is no slow path: what a cut has left staged may be of the dead.
  wipeStaged(processor);
  kernel.takeOverRows(row);
  const next = (from: number) => kernel.claimedFrom(row, from);
  let blocks = 0;
  let processors = 0;
  for (let index = next(0); index < processor.maxProcessors; index = next(index + 1)) {
    kernel.recoverRow(row, index);
    blocks += takeBlocks(processor, index);
    // Of an heir's own row as well: it has not counted anything yet.
    settleCounters(processor, index);
    if (kernel.freeRow(row, index) === DONE || index === processor.index) processors += 1;
  }
  kernel.recoveryDone(row);
  return { processors, blocks };
}

function recover(processor: Processor, dead: readonly LiveRow[]): Recovered {
  const { kernel, row } = processor;
  const claimed = dead.filter(({ index, incarnation }) => kernel.beginRecovery(row, index, incarnation) === DONE);
  return claimed.length > 0 ? finish(processor) : NOTHING;
}

/** Ends the claims of threads that have died while they claimed a row (kernel/row.ts), so that others may claim it. */
function dropClaims(kernel: Kernel, claimants: readonly number[]): void {
  for (let index = 0; index < kernel.loadPlain(H_MAX_PROCESSORS); index++) {
    const row = kernel.rowAt(index);
    const claimant = kernel.loadShared(row + R_CLAIMANT);
    if (claimants.includes(claimant)) kernel.dropClaim(row, claimant);
  }
}

/** As `dropClaims`, of threads that the operating system does not know any more; `self` is the calling thread. */
export function dropEndedClaims(kernel: Kernel, self: Identity): void {
  const rows = Array.from({ length: kernel.loadPlain(H_MAX_PROCESSORS) }, (_, index) => kernel.rowAt(index));
  const claimants = rows.map((row) => kernel.loadShared(row + R_CLAIMANT)).filter((claimant) => claimant !== 0);
  // As in endedRows: asked about itself before and after.
  if (claimants.length === 0 || lifeOfThread(self) !== 'lives') return;
  const ended = claimants.filter((claimant) => lifeOf(claimant) === 'ended');
  if (lifeOfThread(self) === 'lives') dropClaims(kernel, ended);
}

/** Recovers the rows of a worker that has ended, and of the workers that it had started. */
export function recoverThread(processor: Processor, thread: number): Recovered {
  // By its OS thread id it is asked for where that is known, as by anybody else.
  dropClaims(processor.kernel, [claimantOf(thread, 0)]);
  return recover(processor, familyOf(liveRows(processor.kernel, processor.index), thread));
}

/** How often a thread that waits asks the operating system who is gone: some microseconds for each row. */
const ASK_EVERY_MS = 100;

/** As `recoverEnded`, but does nothing if this thread has asked a moment ago. */
export function recoverEndedNowAndThen(processor: Processor): Recovered {
  const now = Date.now();
  if (Math.abs(now - processor.askedAt) < ASK_EVERY_MS) return NOTHING;
  processor.askedAt = now;
  return recoverEnded(processor);
}

/** Recovers the rows whose threads the operating system does not know any more. */
export function recoverEnded(processor: Processor): Recovered {
  const self = readRow(processor.kernel, processor.index);
  if (self === undefined) return NOTHING;
  dropEndedClaims(processor.kernel, self);
  return recover(processor, endedRows(processor.kernel, self, processor.index));
}

/** Does what an heir's claim has begun, or goes on with a recovery that a cut has interrupted, if there is one. Whether there was. */
export function settleRecovery(processor: Processor): boolean {
  if (processor.kernel.loadPlain(processor.row + R_RECOVERING) === 0) return false;
  finish(processor);
  return true;
}
