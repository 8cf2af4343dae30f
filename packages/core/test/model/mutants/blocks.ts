// Faults of slabs, of the lines of blocks and of messages.

import type { Mutant } from '../mutants.ts';
import { BROKEN, CONSERVATION, FALSE_EXHAUSTION, RACE } from './verdicts.ts';

export const blockMutants: readonly Mutant[] = [
  {
    name: 'state set after hand-back',
    file: 'slab.ts',
    edits: [
      ['    setState(block, FREE);\n', ''],
      ['    raiseSummary(cls, slab);\n  }\n}', '    setState(block, FREE);\n    raiseSummary(cls, slab);\n  }\n}'],
    ],
    scenario: 'a block that comes home while another is taken is in the slab or in one hand',
    verdict: BROKEN,
  },
  {
    name: 'exchange instead of and-mask: what is not wanted is put back',
    file: 'slab.ts',
    edits: [
      [
        'let got = andShared(bitmap, ~mask) & mask;',
        'const all = andShared(bitmap, 0);\n  let got = all & mask;\n  if ((all & ~mask) !== 0) orShared(bitmap, all & ~mask);',
      ],
    ],
    scenario: 'a get finds the block that moves from a slab to a deque behind the back of its rescan',
    verdict: FALSE_EXHAUSTION,
  },
  {
    name: 'a take believes that it got what it saw',
    file: 'slab.ts',
    edits: [['let got = andShared(bitmap, ~mask) & mask;', 'andShared(bitmap, ~mask);\n  let got = mask;']],
    scenario: 'two takes of one word share its blocks, whatever comes home in between',
    verdict: BROKEN,
  },
  {
    name: 'no class check after take',
    file: 'slab.ts',
    edits: [['if (!isActive(now, id)) {', 'if (false) {']],
    scenario: 'a take that sees the class of before puts back what it got of the class of now',
    verdict: /another class/,
  },
  {
    name: 'a cut at the limit says full while a reservation may come back',
    file: 'slab.ts',
    edits: [['  return loadShared(pool + P_CUT) === reserved ? FULL : RETRY;', '  return FULL;']],
    scenario: 'a cut whose reservation will come back exhausts nobody',
    verdict: FALSE_EXHAUSTION,
  },
  {
    name: 'a reservation is not given back when the second CAS of cut fails',
    file: 'slab.ts',
    edits: [['    addShared(pool + P_RESERVED, -bytes);\n', '']],
    scenario: 'three cuts at the limit give out no unit too many and leave no reservation behind',
    verdict: CONSERVATION,
  },
  {
    name: 'the limit is checked and taken in two steps',
    file: 'slab.ts',
    edits: [
      [
        'if (casShared(pool + P_RESERVED, reserved, reserved + bytes) !== reserved) return RETRY;',
        'addShared(pool + P_RESERVED, bytes);',
      ],
    ],
    scenario: 'three cuts at the limit give out no unit too many and leave no reservation behind',
    verdict: /^the limit/,
  },
  {
    name: 'stale clear of a slab’s bit: no second look',
    file: 'take.ts',
    edits: [['if (home !== 0) restoreSummary(cls, slab);', '']],
    scenario: 'the hint of a slab is set whenever a block is home and nobody is at it',
    verdict: /no hint/,
  },
  {
    name: 'generation reset when a block goes home',
    file: 'slab.ts',
    edits: [
      ['import { FREE, setState }', "import { lineAt, L_GENERATION } from './layout.ts';\nimport { FREE, setState }"],
      [
        '    setState(block, FREE);\n',
        '    setState(block, FREE);\n    storePlain(lineAt(block) + L_GENERATION, 0);\n',
      ],
    ],
    scenario: 'the message of a block whose slab was cut anew for another class is stale',
    verdict: /given twice/,
  },
  {
    name: 'adopt takes any message of the block',
    file: 'line.ts',
    edits: [
      [
        'const expected = detached(generation);',
        'const expected = loadShared(line + L_STATE);\n  if (tagOf(expected) !== DETACHED) return STALE;',
      ],
    ],
    scenario: 'the message of a block that was adopted and detached again is stale',
    verdict: /used up/,
  },
  {
    name: 'adopt looks and then stores',
    file: 'line.ts',
    edits: [
      [
        'if (casShared(line + L_STATE, expected, loadPlain(row + R_OWNER)) !== expected) return STALE;\n  return',
        'if (loadShared(line + L_STATE) !== expected) return STALE;\n  storeShared(line + L_STATE, loadPlain(row + R_OWNER));\n  return',
      ],
    ],
    scenario: 'two threads adopt one message, and one of them gets the block',
    verdict: /used up/,
  },
  {
    name: 'a message is published before its length is written',
    file: 'line.ts',
    edits: [
      ['  storePlain(line + L_USED, used);\n', ''],
      [
        '  storeShared(line + L_STATE, detached(generation));\n',
        '  storeShared(line + L_STATE, detached(generation));\n  storePlain(line + L_USED, used);\n',
      ],
    ],
    scenario: 'who adopts a block reads the length that its message was made with',
    verdict: RACE,
  },
];
