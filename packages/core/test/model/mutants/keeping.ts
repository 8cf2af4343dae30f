// Faults of the keeper's word.

import type { Mutant } from '../mutants.ts';

export const keepingMutants: readonly Mutant[] = [
  {
    name: 'a keeper is one as long as its row has a thread',
    file: 'keeper.ts',
    edits: [
      ['=== packLive(incarnationOf(keeper));', '!== packTagged(0, 0, incarnationOf(keeper));'],
      [
        "import { incarnationOf, rowOf } from './line.ts';",
        "import { incarnationOf, packTagged, rowOf } from './line.ts';",
      ],
    ],
    scenario: 'a keeper whose row has another thread is named to nobody who asks from then on',
    verdict: /^a keeper is named that is gone/,
  },
  {
    name: 'who stops keeping a pool ends it for whoever keeps it',
    file: 'keeper.ts',
    edits: [
      [
        '  return casShared(pool + P_KEEPER, owner, 0) === owner ? DONE : EMPTY;',
        '  storeShared(pool + P_KEEPER, 0);\n  return DONE;',
      ],
    ],
    scenario: 'a keeper that stays is named to each who asks, though another keeps the pool too and goes',
    verdict: /^a keeper is not named that is there/,
  },
];
