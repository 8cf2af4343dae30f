// Faults of the deque.

import type { Mutant } from '../mutants.ts';
import { BROKEN, RACE } from './verdicts.ts';

export const dequeMutants: readonly Mutant[] = [
  {
    name: 'publish before write',
    file: 'deque.ts',
    edits: [
      ['  const before = addShared(deque + D_HEAD_TAIL, count << HEAD_SHIFT);\n', ''],
      [
        '  fill(row, ring, head, first, 0, count, state);',
        '  const before = addShared(deque + D_HEAD_TAIL, count << HEAD_SHIFT);\n  fill(row, ring, head, first, 0, count, state);',
      ],
    ],
    scenario: 'what an owner pushes is popped or stolen exactly once',
    verdict: RACE,
  },
  {
    name: 'no check that a slot was handed back',
    file: 'deque.ts',
    edits: [['i >= count || loadShared(slotAt(ring, head + i)) === 0', 'true']],
    scenario: 'a slot that a thief has not handed back makes push say full, and is not overwritten',
    verdict: RACE,
  },
  {
    name: 'slot not handed back',
    file: 'deque.ts',
    edits: [['    storeShared(slot, 0);\n', '']],
    scenario: 'what an owner pushes is popped or stolen exactly once',
    verdict: BROKEN,
  },
  {
    name: 'an owner that pops leaves the slot as it is',
    file: 'deque.ts',
    edits: [['    storePlain(slot, 0);\n', '']],
    scenario: 'what an owner pushes is popped or stolen exactly once',
    verdict: BROKEN,
  },
  {
    name: 'slot handed back by a plain store',
    file: 'deque.ts',
    edits: [['storeShared(slot, 0)', 'storePlain(slot, 0)']],
    scenario: 'a slot that a thief has not handed back makes push say full, and is not overwritten',
    verdict: RACE,
  },
  {
    name: 'a thief claims one block and takes its whole batch',
    file: 'deque.ts',
    edits: [['packHeadTail(headOf(seen), tailOf(seen) + count)', 'packHeadTail(headOf(seen), tailOf(seen) + 1)']],
    scenario: 'a batch stolen and a batch popped share a ring of four without a block twice',
    verdict: BROKEN,
  },
  {
    name: 'stale tail: the claimed slots are counted from the word as it is after the claim',
    file: 'deque.ts',
    edits: [
      [
        'receiveAll(row, ring, tailOf(seen), count)',
        'receiveAll(row, ring, tailOf(loadShared(deque + D_HEAD_TAIL)) - count, count)',
      ],
    ],
    scenario: 'two thieves of one victim never get the same block',
    verdict: BROKEN,
  },
  {
    name: 'read before claim',
    file: 'deque.ts',
    edits: [
      ['import { addShared, andShared,', 'import { loadRacy, addShared, andShared,'],
      ['least((size + 1) >> 1, want)', '1'],
      [
        'if (casShared(deque + D_HEAD_TAIL, seen, packHeadTail(headOf(seen), tailOf(seen) + count)) !== seen) return RETRY;',
        'const early = loadRacy(slotAt(ring, tailOf(seen)));\n  if (casShared(deque + D_HEAD_TAIL, seen, packHeadTail(headOf(seen), tailOf(seen) + count)) !== seen) return RETRY;',
      ],
      [
        'receiveAll(row, ring, tailOf(seen), count)',
        'stage(row, 0, early);\n  storeShared(slotAt(ring, tailOf(seen)), 0)',
      ],
    ],
    scenario: 'a thief that sleeps over a whole lap of the indexes takes what is there now',
    verdict: BROKEN,
  },
  {
    name: 'the owner pops by a store, as if it were alone',
    file: 'deque.ts',
    edits: [
      [
        'if (casShared(deque + D_HEAD_TAIL, seen, (seen - (count << HEAD_SHIFT)) | 0) !== seen) return RETRY;',
        'storeShared(deque + D_HEAD_TAIL, (seen - (count << HEAD_SHIFT)) | 0);',
      ],
    ],
    scenario: 'the last block goes to the owner or to a thief',
    verdict: BROKEN,
  },
  {
    name: 'wrong wrap compare',
    file: 'deque.ts',
    edits: [['(headOf(headTail) - tailOf(headTail)) & INDEX_MASK', 'headOf(headTail) - tailOf(headTail)']],
    scenario: 'a thief that sleeps over a whole lap of the indexes takes what is there now',
    verdict: BROKEN,
  },
  {
    name: 'narrow index: a bit less than the ring needs to tell full from empty',
    file: 'widths.ts',
    edits: [['(1 << INDEX_BITS) - 1', '(1 << (INDEX_BITS - 1)) - 1']],
    scenario: 'a spill fills the deque and sends home what it will not have, while a thief makes room',
    verdict: BROKEN,
  },
  {
    name: 'stale clear of a deque’s bit: no second look',
    file: 'deque.ts',
    edits: [['  if (sizeOf(loadShared(deque + D_HEAD_TAIL)) !== 0) orShared(at, bitOf(row));\n', '']],
    scenario: 'the hint is set whenever a deque has blocks and nobody is at it',
    verdict: /no hint/,
  },
  {
    name: 'the bit of a deque is raised before its blocks are published',
    file: 'deque.ts',
    edits: [
      ['  raiseBit(cls, index);\n', ''],
      [
        '  const before = addShared(deque + D_HEAD',
        '  raiseBit(cls, index);\n  const before = addShared(deque + D_HEAD',
      ],
    ],
    scenario: 'the hint is set whenever a deque has blocks and nobody is at it',
    verdict: /no hint/,
  },
];
