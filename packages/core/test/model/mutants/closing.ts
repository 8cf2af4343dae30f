// Faults of closing.

import type { Mutant } from '../mutants.ts';
import { LOST_WAKE } from './verdicts.ts';

const STILL_OPEN = /was refused, and class \d+ is open to it/;
const NOT_SHUT = /^the gate of class \d+ is not shut/;

const WAKE =
  '  for (let pool = 0; pool < loadPlain(H_MAX_POOLS); pool++) if (isReady(poolAt(pool))) wakePool(poolAt(pool));\n';

export const closingMutants: readonly Mutant[] = [
  {
    name: 'close wakes nobody',
    file: 'close.ts',
    edits: [[WAKE, '']],
    scenario: 'a waiter that goes to sleep while the runtime closes is woken, or sees it before',
    verdict: LOST_WAKE,
  },
  {
    name: 'close wakes before it says that the runtime is closed',
    file: 'close.ts',
    edits: [[`  endClose();\n${WAKE}`, `${WAKE}  endClose();\n`]],
    scenario: 'a waiter that goes to sleep while the runtime closes is woken, or sees it before',
    verdict: LOST_WAKE,
  },
  {
    name: 'close wakes the pools that were ready when it began',
    file: 'close.ts',
    edits: [
      ['  beginClose();\n', '  const ready = isReady(poolAt(1));\n  beginClose();\n'],
      [WAKE, '  wakePool(poolAt(0));\n  if (ready) wakePool(poolAt(1));\n'],
    ],
    scenario: 'a waiter in a pool that opens while the runtime closes is woken, or sees it before',
    verdict: LOST_WAKE,
  },
  {
    name: 'gates are shut after the runtime is closed',
    file: 'close.ts',
    edits: [
      ['  beginClose();\n', '  endClose();\n'],
      [`  endClose();\n${WAKE}`, WAKE],
    ],
    scenario: 'who was refused once is refused everywhere, also in a pool that opens while the runtime closes',
    verdict: STILL_OPEN,
  },
  {
    name: 'gates are shut once, without saying so first',
    file: 'close.ts',
    edits: [['  beginClose();\n', '']],
    scenario: 'who was refused once is refused everywhere, also in a pool that opens while the runtime closes',
    verdict: STILL_OPEN,
  },
  {
    name: 'an opener looks whether the runtime is closed, and not whether it is closing',
    file: 'close.ts',
    edits: [['!== OPEN) shutPool(pool)', '=== 2) shutPool(pool)']],
    scenario: 'who was refused once is refused everywhere, also in a pool that opens while the runtime closes',
    verdict: STILL_OPEN,
  },
  {
    name: 'a second closer opens again what is closed',
    file: 'gate.ts',
    edits: [['  casShared(H_CLOSED, OPEN, CLOSING);', '  storeShared(H_CLOSED, CLOSING);']],
    scenario: 'who is refused stays refused when two close at once',
    verdict: /was refused, and is let in again/,
  },
  {
    name: 'a deadline replaces a gate that is shut',
    file: 'gate.ts',
    edits: [
      [
        '  return casShared(cls + C_GATE, expected, replacement) === expected ? DONE : RETRY;',
        '  storeShared(cls + C_GATE, replacement);\n  return DONE;',
      ],
    ],
    scenario: 'neither a press nor its end moves a gate that close has shut',
    verdict: NOT_SHUT,
  },
  {
    name: 'a gate that moves while it is shut is left open',
    file: 'close.ts',
    edits: [['  while (gate !== GATE_CLOSED && moveGate', '  if (gate !== GATE_CLOSED && moveGate']],
    scenario: 'neither a press nor its end moves a gate that close has shut',
    verdict: NOT_SHUT,
  },
];
