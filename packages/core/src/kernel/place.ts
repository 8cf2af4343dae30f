// Where the thread of a row runs. Hints: they decide whose blocks a thread looks at first, never what there is.
//
//   R_CPU, R_LLC, R_NODE   written by the row's thread, read racily by anyone. They outlive the thread: what lies in the
//                          row's deques is near where it ran, until the next thread of the row says where it runs
//   H_PLACINGS             added to after each of those writes. Who has put the rows in an order by their words compares it with
//                          what it was before, and orders them anew

import { H_PLACINGS, R_CPU, R_LLC, R_NODE } from './layout.ts';
import { DONE } from './outcome.ts';
import { addShared, storeRacy } from './word.ts';

/** Says where the row's thread runs: each number 1 + the id, or 0 if that is not known. */
export function place(row: i32, cpu: i32, llc: i32, node: i32): i32 {
  storeRacy(row + R_CPU, cpu);
  storeRacy(row + R_LLC, llc);
  storeRacy(row + R_NODE, node);
  addShared(H_PLACINGS, 1);
  return DONE;
}
