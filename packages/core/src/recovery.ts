// Recovery as a thread of the host does it: find the rows of the dead, let the kernel take what they
// held, settle their counters, free them. The kernel's part and its argument are in kernel/recover.ts.

import * as counter from './counters.ts';
import { type Life, lifeOf } from './host/deaths.ts';
import {
  H_MAX_CLASSES,
  H_ROW_COUNT,
  R_ID_INCARNATION,
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
import { recoveringBy, ROW_LIVE } from './kernel/row.ts';
import type { Processor } from './processor.ts';

/** What a recovery found. */
export interface Recovered {
  /** Processors whose threads had ended. */
  readonly processors: number;
  /** Blocks that they had leased or stashed, now at home. */
  readonly blocks: number;
}

const NOTHING: Recovered = { processors: 0, blocks: 0 };

/** A row with a thread, as its identity words tell. */
interface LiveRow {
  readonly index: number;
  readonly incarnation: number;
  readonly thread: number;
  readonly parent: number;
  readonly osThread: number;
  readonly startLow: number;
  readonly startHigh: number;
}

/** What a row says of its thread, if it has one whose words are all there. */
function readRow({ kernel }: Processor, index: number): LiveRow | undefined {
  const at = kernel.rowAt(index);
  const word = kernel.loadShared(at + R_WORD);
  const incarnation = incarnationOf(word);
  // The identity words are those of the row's present thread once their incarnation says so.
  if (tagOf(word) !== ROW_LIVE || kernel.loadShared(at + R_ID_INCARNATION) !== incarnation) return undefined;
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

/** The rows of other threads, the one kept for recovery included. */
function liveRows(processor: Processor): LiveRow[] {
  const rows: LiveRow[] = [];
  for (let index = 0; index < processor.kernel.loadPlain(H_ROW_COUNT); index++) {
    const row = index === processor.index ? undefined : readRow(processor, index);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

function lifeOfRow({ osThread, startLow, startHigh }: LiveRow): Life {
  return lifeOf(osThread, startLow, startHigh);
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

/** Finishes what this thread has claimed; again after a cut, it goes on where that left it. */
function finish(processor: Processor): Recovered {
  const { kernel, row } = processor;
  const blocks = kernel.recoverClaimed(row);
  let processors = 0;
  for (let index = 0; index < kernel.loadPlain(H_ROW_COUNT); index++) {
    const word = kernel.loadShared(kernel.rowAt(index) + R_WORD);
    if (word !== recoveringBy(processor.index, incarnationOf(word))) continue;
    settleCounters(processor, index);
    if (kernel.endRecovery(row, kernel.rowAt(index)) === DONE) processors += 1;
  }
  kernel.recoveryDone(row);
  return { processors, blocks };
}

function recover(processor: Processor, dead: readonly LiveRow[]): Recovered {
  const { kernel, row } = processor;
  const claimed = dead.filter(({ index, incarnation }) => kernel.beginRecovery(row, index, incarnation) === DONE);
  return claimed.length > 0 ? finish(processor) : NOTHING;
}

/** Recovers the rows of a worker that has ended, and of the workers that it had started. */
export function recoverThread(processor: Processor, thread: number): Recovered {
  return recover(processor, familyOf(liveRows(processor), thread));
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
  const self = readRow(processor, processor.index);
  // If procfs does not know this thread, its silence about others means nothing; nor if that changes meanwhile.
  if (self === undefined || lifeOfRow(self) !== 'lives') return NOTHING;
  const ended = liveRows(processor).filter((row) => lifeOfRow(row) === 'ended');
  return lifeOfRow(self) === 'lives' ? recover(processor, ended) : NOTHING;
}

/** Goes on with a recovery that a cut has interrupted, if there is one. */
export function settleRecovery(processor: Processor): void {
  if (processor.kernel.loadPlain(processor.row + R_RECOVERING) !== 0) finish(processor);
}
