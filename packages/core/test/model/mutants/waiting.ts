// Faults of waiting and of what is concluded.

import type { Mutant } from '../mutants.ts';
import { FALSE_EXHAUSTION, LOST_WAKE } from './verdicts.ts';

export const waitingMutants: readonly Mutant[] = [
  {
    name: 'lost wake: a push wakes nobody',
    file: 'deque.ts',
    edits: [['  wakeIfWaiting(cls);\n', '']],
    scenario: 'a waiter is woken by a put into a deque',
    verdict: LOST_WAKE,
  },
  {
    name: 'a home wakes before it publishes',
    file: 'slab.ts',
    edits: [
      ['  wakeIfWaiting(cls);\n  return DONE;', '  return DONE;'],
      ['  homeOne(cls, row, 0, count, first);', '  wakeIfWaiting(cls);\n  homeOne(cls, row, 0, count, first);'],
    ],
    scenario: 'a waiter is woken by a block that comes home',
    verdict: LOST_WAKE,
  },
  {
    name: 'a publisher notifies and leaves the word as it is',
    file: 'wait.ts',
    edits: [
      [
        'if (casShared(cls + C_WAIT, seen, (seen + 1) | 0) === seen) notifyShared(cls + C_WAIT);',
        'notifyShared(cls + C_WAIT);',
      ],
    ],
    scenario: 'a waiter is woken by a put into a deque',
    verdict: LOST_WAKE,
  },
  {
    name: 'notify one',
    file: 'wait.ts',
    edits: [['notifyShared(cls + C_WAIT);', 'notifyShared(cls + C_WAIT, 1);']],
    scenario: 'two waiters get the two blocks of two puts',
    verdict: LOST_WAKE,
  },
  {
    name: 'a waiter announces itself after its rescan',
    file: 'acquire.ts',
    edits: [
      ['    prepareWait(row, cls);\n', ''],
      [
        '    let result = rescan(row, cls, want);\n',
        '    let result = rescan(row, cls, want);\n    prepareWait(row, cls);\n',
      ],
    ],
    scenario: 'a waiter is woken by a put into a deque',
    verdict: LOST_WAKE,
  },
  {
    name: 'concluded without a look at the ticket',
    file: 'acquire.ts',
    edits: [['return loadShared(cls + C_WAIT) === loadPlain(row + R_TICKET);', 'return true;']],
    scenario: 'a get that goes by old hints finds what moves from a slab to a deque and back',
    bound: 3,
    verdict: FALSE_EXHAUSTION,
  },
  {
    name: 'concluded while a releaser has blocks gathered',
    file: 'acquire.ts',
    edits: [['  if (loadShared(loadPlain(cls + C_POOL) + P_RELEASER) !== 0) return false;\n', '']],
    scenario:
      'nobody concludes for a class while a releaser has its blocks gathered, even with nothing to release itself',
    verdict: FALSE_EXHAUSTION,
  },
];
