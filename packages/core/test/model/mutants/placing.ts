// Faults of places, domains and the nodes of slabs.

import type { Mutant } from '../mutants.ts';
import { FALSE_EXHAUSTION } from './verdicts.ts';

export const placingMutants: readonly Mutant[] = [
  {
    name: 'a place is counted before it is said',
    file: 'place.ts',
    edits: [
      ['  storeRacy(row + R_CPU, cpu);\n', '  addShared(H_PLACINGS, 1);\n  storeRacy(row + R_CPU, cpu);\n'],
      ['  storeRacy(row + R_NODE, node);\n  addShared(H_PLACINGS, 1);\n', '  storeRacy(row + R_NODE, node);\n'],
    ],
    scenario: 'who has seen the number of placings knows each place that was said before',
    verdict: /^a place was missed/,
  },
  {
    name: 'a thread with a node concludes from slabs of its own',
    file: 'fresh.ts',
    edits: [['  return node === 0 ? EMPTY : findSlab(cls, low, 0);', '  return EMPTY;']],
    scenario: 'of two threads of two nodes that open the last slab neither is told that there is none with room',
    verdict: FALSE_EXHAUSTION,
  },
  {
    name: 'slabs with room and free slabs are looked for one after the other',
    file: 'fresh.ts',
    edits: [
      [
        '      if (hasRoom(cls, word)) return slab;\n      if (word === SLAB_FREE && free === 0) free = slab;\n',
        '      if (hasRoom(cls, word)) return slab;\n',
      ],
      [
        '  if (free === 0) return EMPTY;\n  return activate',
        '  for (let slab = 1; slab < low; slab++) {\n    if (free === 0 && loadShared(slabAt(slab) + S_WORD) === SLAB_FREE) free = slab;\n  }\n  if (free === 0) return EMPTY;\n  return activate',
      ],
    ],
    scenario: 'of two that open the last slab neither is told that there is none with room',
    verdict: FALSE_EXHAUSTION,
  },
  {
    name: 'a rescan trusts the domains',
    file: 'acquire.ts',
    edits: [
      ['  const stolen = stealFromEveryRow(row, cls, want);', '  const stolen = stealFromSiblings(row, cls, want);'],
    ],
    scenario: 'a get finds what lies with a row that is in none of its domains',
    verdict: FALSE_EXHAUSTION,
  },
];
