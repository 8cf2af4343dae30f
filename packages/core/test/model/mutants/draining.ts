// Faults of draining, of giving memory back and of moving the limit.

import type { Mutant } from '../mutants.ts';
import { BROKEN, FALSE_EXHAUSTION, LOST_WAKE } from './verdicts.ts';

const TOO_MUCH = /^the low water/;
const EPOCHS = /^epochs: \d|epochs have ended/;
/** Two threads at the bytes of one block, however that shows first. */
const NOT_ALONE = /^conservation|^data race|^contents/;

const CLAIM = `  let claimed = claimTrim(deque, epoch);
  while (claimed === RETRY) claimed = claimTrim(deque, epoch);
  if (claimed === EMPTY) return 0;
`;

export const drainingMutants: readonly Mutant[] = [
  {
    name: 'everybody who hears of the end of an epoch trims every deque',
    file: 'trim.ts',
    edits: [[CLAIM, '']],
    scenario: 'of two that trim for the end of one epoch one trims a deque, and what is warm stays',
    verdict: TOO_MUCH,
  },
  {
    name: 'a trim that comes an epoch late takes a deque that was used since for one that was not',
    file: 'trim.ts',
    edits: [['  if (loadShared(cls + C_EPOCH) !== epoch) return 0;\n', '']],
    scenario: 'of two epochs that end one after the other each has its own trim, of what was cold in it',
    verdict: TOO_MUCH,
  },
  {
    name: 'a trim goes on when its owner has come down below the target',
    file: 'deque.ts',
    edits: [['if (due === 0 || due > sizeOf(seen)) return EMPTY;', 'if (due === 0) return EMPTY;']],
    scenario: 'a trim ends when its owner comes down below the target, or thieves pass it',
    verdict: BROKEN,
  },
  {
    name: 'a trim that thieves have passed sends home what is left',
    file: 'deque.ts',
    edits: [
      ['if (due === 0 || due > sizeOf(seen)) return EMPTY;', 'if (due === 0 || sizeOf(seen) === 0) return EMPTY;'],
      ['least(due, MAX_BATCH)', 'least(least(due, sizeOf(seen)), MAX_BATCH)'],
    ],
    scenario: 'a trim ends when thieves pass its target, and what is warm stays',
    verdict: TOO_MUCH,
  },
  {
    name: 'the owner notes what it has seen before its push, whatever thieves took since',
    file: 'deque.ts',
    edits: [['noteLow(cls, deque, sizeOf(before));', 'noteLow(cls, deque, sizeOf(seen));']],
    scenario: 'a trim and a thief share the cold blocks, and the trim stops where it would have without the thief',
    verdict: TOO_MUCH,
  },
  {
    name: 'the mark of the epoch before is not kept',
    file: 'epoch.ts',
    edits: [['    storeRacy(deque + D_LOW_BEFORE, word);\n', '']],
    scenario: 'no more is trimmed than what its owner left alone for an epoch, whatever it does meanwhile',
    verdict: TOO_MUCH,
  },
  {
    name: 'a period of the clock is counted by a store',
    file: 'epoch.ts',
    edits: [
      ['  if (casShared(cls + C_TICK, seen, tick) !== seen) return EMPTY;\n', '  storeShared(cls + C_TICK, tick);\n'],
      ['storeRacy } from', 'storeRacy, storeShared } from'],
    ],
    scenario: 'two timers of one period end one epoch, and who ends one by hand another',
    verdict: EPOCHS,
  },
  {
    name: 'an epoch is ended by a store',
    file: 'epoch.ts',
    edits: [
      [
        'export function endEpoch(cls: i32): i32 {\n  return (addShared(cls + C_EPOCH, 1) + 1) | 0;',
        'export function endEpoch(cls: i32): i32 {\n  const next = (loadShared(cls + C_EPOCH) + 1) | 0;\n  storeShared(cls + C_EPOCH, next);\n  return next;',
      ],
      ['storeRacy } from', 'storeRacy, storeShared } from'],
    ],
    scenario: 'two timers of one period end one epoch, and who ends one by hand another',
    verdict: EPOCHS,
  },
  {
    name: 'every period that is not the last one counts, one that is late too',
    file: 'epoch.ts',
    edits: [['return ahead > 0 || ahead < -MOST_LATE;', 'return ahead !== 0;']],
    scenario: 'a timer that comes a period late ends no epoch a second time',
    verdict: EPOCHS,
  },
  {
    name: 'an epoch and the last one that a deque was trimmed for are compared by 16 bits',
    file: 'epoch.ts',
    edits: [['if (((epoch - seen) | 0) <= 0) return EMPTY;', 'if (((epoch - seen) << 16) <= 0) return EMPTY;']],
    scenario: 'a deque that was not used for any number of epochs is trimmed as any other when it is used again',
    verdict: /^trimmed after an epoch more/,
  },
  {
    name: 'a purger believes the bits that it has seen set',
    file: 'reclaim.ts',
    edits: [
      ['  if (gather(row, cls, slab, words) === fresh) outcome', '  if (gather(row, cls, slab, words) > 0) outcome'],
    ],
    scenario: 'a slab whose memory is given back is its purger’s alone, whoever takes, cuts and puts meanwhile',
    verdict: NOT_ALONE,
  },
  {
    name: 'a slab is anybody’s before its blocks are nobody’s',
    file: 'reclaim.ts',
    edits: [
      ['  endRelease(slab, cls, loadPlain(cls + C_POOL));\n', ''],
      [
        '  for (let number = 0; number < fresh; number++) disown(slab, number);\n',
        '  endRelease(slab, cls, loadPlain(cls + C_POOL));\n  for (let number = 0; number < fresh; number++) disown(slab, number);\n',
      ],
    ],
    scenario: 'a slab whose memory is given back is its purger’s alone, whoever takes, cuts and puts meanwhile',
    verdict: NOT_ALONE,
  },
  {
    name: 'a purger wakes nobody at its end',
    file: 'reclaim.ts',
    edits: [['  wakePool(pool);\n  dropReleaser(row, pool);\n}', '  dropReleaser(row, pool);\n}']],
    scenario: 'a waiter that sleeps while a purger has the blocks is woken',
    verdict: LOST_WAKE,
  },
  {
    name: 'a purger is no releaser any more before it has woken those who found nothing',
    file: 'reclaim.ts',
    edits: [['  wakePool(pool);\n  dropReleaser(row, pool);\n}', '  dropReleaser(row, pool);\n  wakePool(pool);\n}']],
    scenario: 'nobody concludes while a purger has the only slab',
    bound: 3,
    verdict: FALSE_EXHAUSTION,
  },
  {
    name: 'a purger does not say that it has blocks',
    file: 'purge.ts',
    edits: [
      [
        '  if (casShared(pool + P_RELEASER, 0, loadPlain(row + R_OWNER)) === 0) return DONE;\n',
        '  if (loadShared(pool + P_RELEASER) === 0) return DONE;\n',
      ],
      [
        'import { addShared, casShared, imul, loadPlain,',
        'import { addShared, casShared, imul, loadPlain, loadShared,',
      ],
    ],
    scenario: 'nobody concludes while a purger has the only slab',
    verdict: FALSE_EXHAUSTION,
  },
  {
    name: 'a purger that was cut puts back what it owns, and forgets the slab that it had claimed',
    file: 'reclaim.ts',
    edits: [
      [
        '    if (word === purgingBy(loadPlain(row + R_OWNER))) completeRelease(slab);\n    else if (slabTagOf(word)',
        '    if (slabTagOf(word)',
      ],
    ],
    scenario: 'a purger that is cut anywhere finishes or undoes it when it goes on',
    verdict: BROKEN,
  },
  {
    name: 'a purger that was cut forgets the slabs that it had claimed before',
    file: 'reclaim.ts',
    edits: [['  endPurge(row);\n  wakePool(pool);', '  wakePool(pool);']],
    scenario: 'a purger of two slabs that is cut anywhere frees both, or undoes it, when it goes on',
    verdict: BROKEN,
  },
  {
    name: 'a purger notes the slab that it has claimed last',
    file: 'reclaim.ts',
    edits: [
      [
        '  if (loadPlain(row + R_CLAIMED_END) === 0) storePlain(row + R_CLAIMED_FROM, slab);',
        '  storePlain(row + R_CLAIMED_FROM, slab);',
      ],
    ],
    scenario:
      'two slabs whose memory is given back at once are their purger’s alone, whoever takes, cuts and puts meanwhile',
    verdict: BROKEN,
  },
  {
    name: 'a limit that goes up wakes those who wait for the first size',
    file: 'reclaim.ts',
    edits: [
      ['for (let id = first; id < end; id++) wakeClass(classAt(id));', 'if (first < end) wakeClass(classAt(first));'],
    ],
    scenario: 'a waiter for any size is woken when the limit of the pool goes up',
    verdict: LOST_WAKE,
  },
  {
    name: 'who finds every slab open does not ask since when',
    file: 'fresh.ts',
    edits: [['  if (lowOf(loadShared(H_FRONTIER)) !== low) return RETRY;\n', '']],
    scenario: 'of two that open the last slab neither is told that there is none with room',
    verdict: FALSE_EXHAUSTION,
  },
];
