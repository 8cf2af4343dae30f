// The way back: staged blocks to the row's own deque, or home. Drivers.

import { C_ID, dequeAt, R_INDEX, R_STAGED, R_STAGED_CLASS, ringAt } from './layout.ts';
import { FULL } from './outcome.ts';
import { home, push } from './steps.ts';
import { loadPlain } from './word.ts';

/** Sends every staged block home. */
export function homeStaged(row: i32): void {
  while (loadPlain(row + R_STAGED) > 0) home(row, loadPlain(row + R_STAGED_CLASS));
}

/** Puts every staged block on the row's own deque; home what the deque will not have. */
export function spill(row: i32): void {
  const cls = loadPlain(row + R_STAGED_CLASS);
  const id = loadPlain(cls + C_ID);
  const index = loadPlain(row + R_INDEX);
  while (loadPlain(row + R_STAGED) > 0) {
    if (push(row, cls, dequeAt(index, id), ringAt(index, id)) === FULL) home(row, cls);
  }
}
