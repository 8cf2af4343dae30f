// Faults of releases and of recovery.

import type { Mutant } from '../mutants.ts';
import { BROKEN, CONSERVATION, LOST_WAKE, OLD_BYTES } from './verdicts.ts';

export const recoveryMutants: readonly Mutant[] = [
  {
    name: 'released on all bits seen',
    file: 'reclaim.ts',
    edits: [
      [
        'if (gather(row, cls, slab, words) === fresh) outcome = beginRelease(row, slab, word);',
        'gather(row, cls, slab, words);\n  outcome = beginRelease(row, slab, word);',
      ],
    ],
    scenario: 'the last block of a class is taken and comes home while its slab is being released',
    verdict: BROKEN,
  },
  {
    name: 'double home: a release that is given up sends home every block of the slab',
    file: 'reclaim.ts',
    edits: [['if (loadRacy(lineAt(block) + L_STATE) === loadPlain(row + R_OWNER)) {', 'if (true) {']],
    scenario: 'the last block of a class is taken and comes home while its slab is being released',
    verdict: BROKEN,
  },
  {
    name: 'double home: the count of staged blocks is lowered after they are home',
    file: 'slab.ts',
    edits: [
      ['  storePlain(row + R_STAGED, first);\n  homeOne', '  homeOne'],
      [
        '  wakeIfWaiting(cls);\n  return DONE;',
        '  wakeIfWaiting(cls);\n  storePlain(row + R_STAGED, first);\n  return DONE;',
      ],
    ],
    scenario:
      'a cut inside a step of put, home or get, as the Atomics kernel knows it, leaks at most and doubles nothing',
    verdict: BROKEN,
  },
  {
    name: 'a releaser that was cut forgets the slab that it gathered',
    file: 'reclaim.ts',
    edits: [['  storePlain(row + R_RELEASING, slab);\n', '']],
    scenario: 'a release that is cut is finished or undone by the same thread',
    verdict: CONSERVATION,
  },
  {
    name: 'no incarnation: a late exit recovers whoever has the row now',
    file: 'recover.ts',
    edits: [['  if (incarnationOf(word) !== incarnation) return STALE;\n', '']],
    scenario: 'a late exit event leaves the thread alone that has the row now',
    verdict: BROKEN,
  },
  {
    name: 'recovery without exclusive claim',
    file: 'row.ts',
    edits: [
      [
        'return casShared(dead + R_WORD, seen, mine) === seen ? DONE : RETRY;',
        'storeShared(dead + R_WORD, mine);\n  return DONE;',
      ],
    ],
    scenario: 'two that recover a slab in release give back its bytes once',
    verdict: BROKEN,
  },
  {
    name: 'a row is claimed by two threads at once',
    file: 'row.ts',
    edits: [
      [
        'if (casShared(row + R_CLAIMANT, 0, claimantOf(thread, osThread)) !== 0) return RETRY;',
        'storeShared(row + R_CLAIMANT, claimantOf(thread, osThread));',
      ],
    ],
    scenario: 'a row that was recovered has one new thread when two attach to it',
    verdict: BROKEN,
  },
  {
    name: 'the rows of a dead recoverer are left',
    file: 'recover.ts',
    edits: [
      ['  while (taken > 0) taken = takeOver(row);\n', ''],
      ['let taken = takeOver(row);', ''],
    ],
    scenario: 'a recoverer that dies anywhere is recovered together with the row that it had claimed',
    verdict: CONSERVATION,
  },
  {
    name: 'a slab in release stays with the dead',
    file: 'recover.ts',
    edits: [['  completeReleases(index);\n', '']],
    scenario: 'a releaser dies anywhere in its release, and its blocks and its slab are everybody’s again',
    verdict: CONSERVATION,
  },
  {
    name: 'the dead stay releaser of the pool',
    file: 'recover.ts',
    edits: [['  expelReleasers(index);\n', '']],
    scenario: 'a releaser dies anywhere in its release, and its blocks and its slab are everybody’s again',
    verdict: CONSERVATION,
  },
  {
    name: 'recovery wakes nobody when it expels a releaser',
    file: 'recover.ts',
    edits: [
      [
        'if (isOf(releaser, index) && expelReleaser(poolAt(pool), releaser) === DONE) wakePool(poolAt(pool));',
        'if (isOf(releaser, index)) expelReleaser(poolAt(pool), releaser);',
      ],
    ],
    scenario: 'a waiter for the bytes of a releaser that died gets them',
    verdict: LOST_WAKE,
  },
  {
    name: 'recovery drains the deques and trusts that the dead held nothing else',
    file: 'recover.ts',
    edits: [['const seized = seizeInSlab(row, index, slab, word, first);', 'const seized = 0;']],
    scenario: 'a thread dies while it steals, and the block is its victim’s or goes home',
    verdict: CONSERVATION,
  },
  {
    name: 'recovery forgets what its own thread has staged',
    file: 'recover.ts',
    edits: [['  homeStaged(row);\n  let taken = takeOver(row);', '  let taken = takeOver(row);']],
    scenario: 'a thread that was cut with blocks staged recovers another before it settles them, and loses none',
    verdict: CONSERVATION,
  },
  {
    name: 'recovery sends a full batch home itself, before the host has wiped it',
    file: 'recover.ts',
    edits: [
      [
        'if (loadPlain(row + R_STAGED) >= MAX_BATCH) return MAX_BATCH;',
        'if (loadPlain(row + R_STAGED) >= MAX_BATCH) homeStaged(row);',
      ],
    ],
    scenario: 'what the dead owned is wiped before anybody has it, batch after batch, wherever its recoverer dies',
    verdict: OLD_BYTES,
  },
  {
    name: 'an audit sends home what a thread that has left still owned, before the host has wiped it',
    file: 'mend.ts',
    edits: [
      [
        'return seize(row, classAt(slabClassOf(word)), block, state) === DONE ? 1 : 0;',
        'if (seize(row, classAt(slabClassOf(word)), block, state) === DONE) homeStaged(row);\n  return 0;',
      ],
    ],
    scenario: 'what a recoverer was cut inside a step with, before it went on and left, is wiped before anybody has it',
    verdict: OLD_BYTES,
  },
  {
    name: 'an entry of the pool table stays with the dead',
    file: 'recover.ts',
    edits: [['  giveUpEntries(index);\n', '']],
    scenario: 'a thread dies while it makes a pool, and the entry is free again',
    verdict: CONSERVATION,
  },
];
