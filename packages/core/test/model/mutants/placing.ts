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
    edits: [['  return other !== 0 ? other : EMPTY;', '  return EMPTY;']],
    scenario: 'of two threads of two nodes that open the last slab neither is told that there is none with room',
    verdict: FALSE_EXHAUSTION,
  },
  {
    name: 'slabs with room and free slabs are looked for one after the other',
    file: 'fresh.ts',
    edits: [
      ['    } else if (word === SLAB_FREE && free === 0) free = slab;\n  }\n', '    }\n  }\n'],
      [
        '  if (free !== 0) return activate',
        '  for (let slab = 1; slab < low; slab++) {\n    if (free === 0 && loadShared(slabAt(slab) + S_WORD) === SLAB_FREE) free = slab;\n  }\n  if (free !== 0) return activate',
      ],
    ],
    scenario: 'of two that open the last slab neither is told that there is none with room',
    verdict: FALSE_EXHAUSTION,
  },
  {
    name: 'a thread counts the slabs with room first, and takes a free one near its node then',
    file: 'fresh.ts',
    edits: [
      ['  if (free !== 0) return activate', '  free = freeNear(low, node);\n  if (free !== 0) return activate'],
      [
        'function slabToCut(',
        'function freeNear(low: i32, node: i32): i32 {\n  for (let slab = 1; slab < low; slab++) {\n    if (isNear(slab, node) && loadShared(slabAt(slab) + S_WORD) === SLAB_FREE) return slab;\n  }\n  return 0;\n}\n\nfunction slabToCut(',
      ],
    ],
    scenario: 'two threads of two nodes make no more slabs the class’s than it may have',
    verdict: /^2 slabs with room/,
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
