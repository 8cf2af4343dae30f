// A look at memory while nobody moves anything in it: how an audit tells what is lost from what is under way.
//
// What a thread moves is in no place while the thread is inside a step, and threads say when they are inside (activity.ts).
// A look begins and ends with the sum of everybody's activity, and sees in between that no live row is
// inside. If the sums are equal, nobody was inside while the evidence was read:
//
//   before = activities();  isAnyoneInside() must be false;  read the evidence;  activities() must be before
//
// What is in no place then is under way with nobody, and never will be again: who was cut inside has gone on to
// other things, or is dead. (Dead and not recovered yet, its row is live and inside for ever.)
//
// One auditor at a time. It is inside itself while it looks and while it acts on what it saw, so until it has ended no
// other look succeeds. Each announces itself before it looks at the other (Dekker, 1965); both may
// fail, and then both leave, nap and look again.
//
// On wasm nobody says that it is inside, so nothing can be concluded from a look: the looker sees that by its own row.

import { isInside } from './activity.ts';
import { H_MAX_PROCESSORS, R_ACTIVITY, R_WORD, rowAt } from './layout.ts';
import { tagOf } from './line.ts';
import { ROW_LIVE } from './row.ts';
import { loadPlain, loadShared } from './word.ts';

/** The sum of everybody's activity: the same at two times only if each one is, because none goes down. */
export function activities(): i32 {
  let sum = 0;
  for (let index = 0; index < loadPlain(H_MAX_PROCESSORS); index++) {
    sum = (sum + loadShared(rowAt(index) + R_ACTIVITY)) | 0;
  }
  return sum;
}

/**
 * Whether another live row is inside, or this one has not said that it is. The thread of a row that is not live does
 * nothing any more. Called after the first sum: a row that is inside by then has its thread, and is seen to be live.
 */
export function isAnyoneInside(row: i32): boolean {
  if (!isInside(loadPlain(row + R_ACTIVITY))) return true;
  for (let index = 0; index < loadPlain(H_MAX_PROCESSORS); index++) {
    const other = rowAt(index);
    if (other !== row && isInside(loadShared(other + R_ACTIVITY)) && tagOf(loadShared(other + R_WORD)) === ROW_LIVE) {
      return true;
    }
  }
  return false;
}
