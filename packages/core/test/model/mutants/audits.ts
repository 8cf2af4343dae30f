// Faults of audits, and of what they rest on.

import type { Mutant } from '../mutants.ts';
import { BROKEN, CONSERVATION, LIMIT } from './verdicts.ts';

const WORKER = 'an audit takes nothing from a thread that pushes and pops, takes and sends home';

export const auditMutants: readonly Mutant[] = [
  {
    name: 'an audit does not ask whether others are inside',
    file: 'look.ts',
    edits: [['tagOf(loadShared(other + R_WORD)) === ROW_LIVE', 'false']],
    scenario: 'an audit takes nothing from a releaser, and gives no byte back twice',
    verdict: LIMIT,
  },
  {
    name: 'an audit does not ask whether others were inside meanwhile',
    file: 'mend.ts',
    edits: [
      [
        'return activities() === before ? sendCondemnedHome(row, count) : RETRY;',
        'return sendCondemnedHome(row, count);',
      ],
    ],
    scenario: WORKER,
    verdict: BROKEN,
  },
  {
    name: 'slots are handed back whoever was inside meanwhile',
    file: 'mend.ts',
    edits: [
      [
        'return activities() === before ? vacateCondemned(row, ring, count) : RETRY;',
        'return vacateCondemned(row, ring, count);',
      ],
    ],
    scenario: 'an audit takes nothing from a thief and its victim',
    verdict: BROKEN,
  },
  {
    name: 'an audit takes what its owner left behind without a CAS',
    file: 'mend.ts',
    edits: [
      [
        'return seize(row, classAt(slabClassOf(word)), block, state) === DONE ? 1 : 0;',
        'sendHome(row, block);\n  return 0;',
      ],
    ],
    scenario: 'an audit and an heir take each block of the dead once',
    verdict: BROKEN,
  },
  {
    name: 'the activity of a row begins anew with each thread',
    file: 'row.ts',
    edits: [['(loadShared(row + R_ACTIVITY) + 1) & ~1', '0']],
    scenario: 'an audit sees a thread that has just attached to the row of one that died inside',
    verdict: BROKEN,
  },
  {
    name: 'a thread that was cut inside and comes back is outside',
    file: 'activity.ts',
    edits: [['(loadPlain(row + R_ACTIVITY) + 1) | 1', '(loadPlain(row + R_ACTIVITY) + 1) | 0']],
    scenario: 'an auditor that is cut anywhere loses nothing',
    verdict: CONSERVATION,
  },
  {
    name: 'accounts are set to what a look saw',
    file: 'accounts.ts',
    edits: [
      ['addShared(pool + P_CUT, cut);', 'storeShared(pool + P_CUT, (loadShared(pool + P_CUT) + cut) | 0);'],
      [
        'addShared(pool + P_RESERVED, reserved);',
        'storeShared(pool + P_RESERVED, (loadShared(pool + P_RESERVED) + reserved) | 0);',
      ],
      ["import { addShared } from './word.ts';", "import { loadShared, storeShared } from './word.ts';"],
    ],
    scenario: 'two audits correct the accounts once, while another thread cuts at the limit',
    bound: 2,
    verdict: LIMIT,
  },
  {
    name: 'accounts are corrected by two auditors at once',
    file: 'balance.ts',
    edits: [['if (activities() !== before || !isSettled) return RETRY;', 'if (!isSettled) return RETRY;']],
    scenario: 'two audits correct the accounts once, while another thread cuts at the limit',
    bound: 2,
    verdict: LIMIT,
  },
  {
    name: 'the accounts are corrected before the run is finished whose bytes those are',
    file: 'balance.ts',
    edits: [['const cls = classOfGap(gap);', 'const cls = gap < 0 ? classOfGap(gap) : 0;']],
    scenario: 'the run of a thread that dies inside cutRun is finished by an audit, others below it or not',
    verdict: CONSERVATION,
  },
  {
    name: 'a block that is in no deque although it says so is left',
    file: 'mend.ts',
    edits: [['return tag === IN_DEQUE && !isInDeque(state, slabClassOf(word), block);', 'return false;']],
    scenario: 'what a thief loses that dies inside steal is given back, its slots too',
    verdict: CONSERVATION,
  },
  {
    name: 'a block that a thread has left behind is left',
    file: 'mend.ts',
    edits: [['if (tagOf(state) !== OWNED) return 0;', 'if (tagOf(state) <= OWNED) return 0;']],
    scenario:
      'what a thread owns and does not hold, because it was cut inside a step, comes back by an audit once it has left',
    verdict: CONSERVATION,
  },
  {
    name: 'a thread that dies while it claims a row keeps it',
    file: 'row.ts',
    edits: [['casShared(row + R_CLAIMANT, claimant, 0)', 'casShared(row + R_CLAIMANT, claimant, claimant)']],
    scenario: 'an heir that dies inside a step leaves the row, and what was on it, to the next',
    verdict: CONSERVATION,
  },
  {
    name: 'slots of the dead are never handed back',
    file: 'mend.ts',
    edits: [['place >= sizeOf(headTail) && loadUnowned', 'place > loadPlain(H_RING_SLOTS) && loadUnowned']],
    scenario: 'what a thief loses that dies inside steal is given back, its slots too',
    verdict: CONSERVATION,
  },
  {
    name: 'a recoverer notes that it recovers after its claim',
    file: 'row.ts',
    edits: [
      [
        '  storePlain(row + R_RECOVERING, loadPlain(row + R_RECOVERING) | RECOVERS_ROWS);\n  const mine',
        '  const mine',
      ],
      [
        'return casShared(dead + R_WORD, seen, mine) === seen ? DONE : RETRY;',
        'if (casShared(dead + R_WORD, seen, mine) !== seen) return RETRY;\n  storePlain(row + R_RECOVERING, loadPlain(row + R_RECOVERING) | RECOVERS_ROWS);\n  return DONE;',
      ],
    ],
    scenario: 'a recoverer that is cut inside a step goes on with the recovery at its next slow path',
    verdict: CONSERVATION,
  },
];
