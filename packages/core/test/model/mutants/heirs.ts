// Faults of those who take over the rows of the dead.

import type { Mutant } from '../mutants.ts';
import { BROKEN, CONSERVATION } from './verdicts.ts';

const LOOK = 'tagOf(word) === OWNED && rowOf(word) === index';
const NOW = 'loadShared(rowAt(index) + R_WORD)';

export const heirMutants: readonly Mutant[] = [
  {
    name: 'no incarnation: an heir takes the row of whoever has it now',
    file: 'row.ts',
    edits: [['occupy(row, packLive(dead), index', 'occupy(row, loadShared(row + R_WORD), index']],
    scenario: 'of two newcomers to a table of the dead one takes a row over, and what was on it is everybody’s',
    verdict: /was taken from the living|^data race/,
  },
  {
    name: 'an heir’s claim is a store',
    file: 'row.ts',
    edits: [
      [
        'if (casShared(row + R_WORD, seen, packLive(incarnation)) === seen) outcome = DONE;',
        'storeShared(row + R_WORD, packLive(incarnation));\n    outcome = DONE;',
      ],
    ],
    scenario: 'an heir and a thread that is attached give back once the bytes of a slab that the dead was releasing',
    verdict: BROKEN,
  },
  {
    name: 'an heir leaves what the dead held',
    file: 'recover.ts',
    edits: [['(loadPlain(row + R_RECOVERING) & RECOVERS_PAST) !== 0', 'false']],
    scenario: 'of two newcomers to a table of the dead one takes a row over, and what was on it is everybody’s',
    verdict: CONSERVATION,
  },
  {
    name: 'an heir looks for the incarnation before its own only',
    file: 'recover.ts',
    edits: [[LOOK, `${LOOK} && incarnationOf(word) >= incarnationOf(${NOW}) - 1`]],
    scenario: 'an heir that dies anywhere has an heir itself, who recovers what both of them held',
    verdict: CONSERVATION,
  },
  {
    name: 'whoever recovers a row looks for its last incarnation only',
    file: 'recover.ts',
    edits: [[LOOK, `${LOOK} && (tagOf(${NOW}) === ROW_LIVE || incarnationOf(word) === incarnationOf(${NOW}))`]],
    scenario:
      'an heir that dies anywhere is recovered by a thread that is attached, with the one that it inherited from',
    verdict: CONSERVATION,
  },
  {
    name: 'an heir goes by its own notes, and not by the rows that the dead was recovering',
    file: 'recover.ts',
    edits: [
      [
        '!isMine(row, index) && !isPastOf',
        '!(isMine(row, index) && (loadPlain(row + R_RECOVERING) & 1) !== 0) && !isPastOf',
      ],
    ],
    scenario: 'the last thread that is attached dies anywhere in a recovery, and a newcomer finishes it',
    verdict: CONSERVATION,
  },
];
