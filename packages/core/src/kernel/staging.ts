// A row's staging words: the blocks that a step has just taken, or that the next one gives away.
// They belong to the row's thread alone. A thread can be cut between any two steps and go on; what
// is staged is then in no magazine and in no deque, and the thread's next slow path sends it home.
//
// R_STAGED counts them and is the commit: a step that takes writes it last, a step that gives
// lowers it first, so that a cut inside the step (JavaScript binding only) leaks and never doubles.

import { R_OWNER, R_STAGED, R_STAGED_CLASS, stageAt } from './layout.ts';
import { setState } from './line.ts';
import { loadPlain, storePlain } from './word.ts';

/** Takes ownership of a block that the caller's claim has made the row's. */
/* @inline */ export function stage(row: i32, slot: i32, block: i32): void {
  setState(block, loadPlain(row + R_OWNER));
  storePlain(stageAt(row, slot), block);
}

/* @inline */ export function staged(row: i32, slot: i32): i32 {
  return loadPlain(stageAt(row, slot));
}

/** Commits what was staged; returns the count. */
/* @inline */ export function commitStaged(row: i32, cls: i32, count: i32): i32 {
  storePlain(row + R_STAGED_CLASS, cls);
  storePlain(row + R_STAGED, count);
  return count;
}
