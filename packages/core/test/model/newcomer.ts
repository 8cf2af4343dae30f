// A thread that attaches: the host's side in a few lines (attach.ts, and the Linux half of recovery.ts). Who knows that a thread has
// ended is the operating system; here the thread's exit word.

import * as layout from '../../src/kernel/layout.ts';
import { incarnationOf, tagOf } from '../../src/kernel/line.ts';
import { DONE } from '../../src/kernel/outcome.ts';
import { ROW_LIVE, ROW_RECOVERING } from '../../src/kernel/row.ts';
import type { Body } from './execution.ts';
import type { Stage } from './stage.ts';

/** A row of which the words say whose it is. */
interface LiveRow {
  readonly index: number;
  readonly incarnation: number;
  readonly thread: number;
}

/** How often a newcomer that finds the table full waits for rows in recovery: less patient than the host's. */
const MOST_NAPS = 2;

function* readRow(stage: Stage, index: number): Generator<void, LiveRow | undefined, void> {
  const { memory } = stage.world;
  const row = stage.world.row(index);
  const word = yield* memory.loadShared(row + layout.R_WORD);
  const incarnation = incarnationOf(word);
  if (tagOf(word) !== ROW_LIVE) return;
  const thread = yield* memory.loadShared(row + layout.R_THREAD);
  return (yield* memory.loadShared(row + layout.R_WORD)) === word ? { index, incarnation, thread } : undefined;
}

function* endedRows(stage: Stage): Generator<void, LiveRow[], void> {
  const { memory, shape } = stage.world;
  const ended: LiveRow[] = [];
  for (let index = 0; index < shape.rows; index++) {
    const row = yield* readRow(stage, index);
    if (row !== undefined && (yield* memory.loadShared(stage.world.exitWord(row.thread))) !== 0) ended.push(row);
  }
  return ended;
}

/** Recovers, as the thread that has row `index`, every row whose thread has ended. */
export function* recoverEnded(stage: Stage, index: number): Body {
  const { kernel } = stage.world;
  let claimed = 0;
  for (const dead of yield* endedRows(stage)) {
    const begun = yield* kernel.beginRecovery(stage.world.row(index), dead.index, dead.incarnation);
    if (begun === DONE) claimed += 1;
  }
  if (claimed > 0) yield* stage.finishRecovery(index);
}

function* claimFree(stage: Stage, thread: number): Generator<void, number | undefined, void> {
  for (let index = 0; index < stage.world.shape.rows; index++) {
    const claimed = yield* stage.world.kernel.claimRow(stage.world.row(index), index, thread, 0, 0, 0, 0);
    if (claimed === DONE) return index;
  }
  return undefined;
}

function* inherit(stage: Stage, thread: number): Generator<void, number | undefined, void> {
  for (const { index, incarnation } of yield* endedRows(stage)) {
    const row = stage.world.row(index);
    if ((yield* stage.world.kernel.inheritRow(row, index, incarnation, thread, 0, 0, 0, 0)) === DONE) return index;
  }
  return undefined;
}

/** Ends the claims of newcomers that have ended; they have no OS thread ids here. */
function* dropEndedClaims(stage: Stage): Body {
  const { kernel, memory, shape } = stage.world;
  for (let index = 0; index < shape.rows; index++) {
    const row = stage.world.row(index);
    const claimant = yield* memory.loadShared(row + layout.R_CLAIMANT);
    if (claimant === 0 || (yield* memory.loadShared(stage.world.exitWord(-1 - claimant))) === 0) continue;
    yield* kernel.dropClaim(row, claimant);
  }
}

function* napWhileRecovering(stage: Stage): Generator<void, boolean, void> {
  const { memory, shape } = stage.world;
  for (let index = 0; index < shape.rows; index++) {
    const at = stage.world.row(index) + layout.R_WORD;
    const word = yield* memory.loadShared(at);
    if (tagOf(word) !== ROW_RECOVERING) continue;
    yield* memory.waitShared(at, word, 1);
    return true;
  }
  return false;
}

function* takePlace(stage: Stage, thread: number): Generator<void, number | undefined, void> {
  for (let naps = 0; naps < MOST_NAPS; naps++) {
    const free = yield* claimFree(stage, thread);
    if (free !== undefined) return free;
    yield* dropEndedClaims(stage);
    const inherited = yield* inherit(stage, thread);
    if (inherited !== undefined) return inherited;
    if (!(yield* napWhileRecovering(stage))) return yield* claimFree(stage, thread);
  }
  const last = yield* claimFree(stage, thread);
  if (last === undefined) stage.outOfPatience.add(thread);
  return last;
}

/** Attaches the thread. The row that it has then, if it was not refused. */
export function* attach(stage: Stage, thread: number): Generator<void, number | undefined, void> {
  const index = yield* takePlace(stage, thread);
  if (index === undefined) return undefined;
  if (stage.seats.includes(index)) throw new Error(`row ${index} was taken from the living`);
  stage.seats[thread] = index;
  stage.dead.delete(index);
  const { memory } = stage.world;
  if (memory.loadPlain(stage.world.row(index) + layout.R_RECOVERING) === 0) return index;
  yield* stage.finishRecovery(index);
  yield* recoverEnded(stage, index);
  return index;
}
