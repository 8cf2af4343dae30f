// Faults of the calibrated word.

import type { Mutant } from '../mutants.ts';

const CAS = '  return casShared(pool + P_CALIBRATED, seen, next) === seen ? DONE : RETRY;';
const TWO = 'of two calibrators that read the same word one publishes, and a reader sees whole choices in their order';
const NOT_WHOLE = /^nobody chose/;
const NOT_COUNTED = /^calibrations [\d,]+ were published, and the last is \d/;
const seam = (...names: string[]): readonly [string, string] => [
  "import { casShared } from './word.ts';",
  `import { ${names.join(', ')} } from './word.ts';`,
];

export const calibrationMutants: readonly Mutant[] = [
  {
    name: 'a choice is stored over whatever was published meanwhile',
    file: 'calibration.ts',
    edits: [seam('storeShared'), [CAS, '  storeShared(pool + P_CALIBRATED, next);\n  return DONE;']],
    scenario: TWO,
    verdict: NOT_COUNTED,
  },
  {
    name: 'the calibration is counted first, and its choice follows',
    file: 'calibration.ts',
    edits: [
      seam('casShared', 'storeShared'),
      ['  const next =', '  const counted = (seen + (1 << CALIBRATION_SHIFT)) | 0;\n  const next ='],
      [
        CAS,
        '  if (casShared(pool + P_CALIBRATED, seen, counted) !== seen) return RETRY;\n  storeShared(pool + P_CALIBRATED, next);\n  return DONE;',
      ],
    ],
    scenario: TWO,
    verdict: NOT_WHOLE,
  },
  {
    name: 'a calibrator that loses says that it has published',
    file: 'calibration.ts',
    edits: [[CAS, '  casShared(pool + P_CALIBRATED, seen, next);\n  return DONE;']],
    scenario: TWO,
    verdict: NOT_COUNTED,
  },
];
