// Seeded faults: one for each way in which pools like this have failed. Each is a change of the shipped
// source, passes a single thread's test, and breaks an oracle of the scenario that is named with it.
//
// One classic is missing, because it is none here: a thread that steals from itself claims by the same CAS as any
// thief, and a rescan does so on purpose.

import type { Patch } from './instrument.ts';

export interface Mutant {
  readonly name: string;
  /** In the kernel's folder. */
  readonly file: string;
  /** Exact texts, each of which occurs once, and what they become. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  /** The name of the scenario that kills it. */
  readonly scenario: string;
  /** Preemptions that it takes, if more than the scenario has in the ordinary run. */
  readonly bound?: number;
  /** What the oracle says. */
  readonly verdict: RegExp;
}

/** Applies a mutant. Throws if the source no longer has what it changes. */
export function patchOf({ name, file, edits }: Mutant): Patch {
  return (at, text) => {
    if (at !== file) return text;
    return edits.reduce((changed, [from, to]) => {
      if (changed.split(from).length !== 2) throw new Error(`mutant '${name}': ${file} does not have once: ${from}`);
      return changed.replace(from, () => to);
    }, text);
  };
}

const CONSERVATION = /^conservation/;
/** Where blocks are, or whose words are: both are broken, and which shows first is a matter of the schedule. */
const BROKEN = /^conservation|^data race|^not linearizable/;
const RACE = /^data race/;
const FALSE_EXHAUSTION = /^false exhaustion/;
const LOST_WAKE = /a wake was lost/;

export const MUTANTS: readonly Mutant[] = [
  // ---- the deque
  {
    name: 'publish before write',
    file: 'deque.ts',
    edits: [
      ['  addShared(deque + D_HEAD_TAIL, count << HEAD_SHIFT);\n', ''],
      [
        '  fill(row, ring, head, first, 0, count, state);',
        '  addShared(deque + D_HEAD_TAIL, count << HEAD_SHIFT);\n  fill(row, ring, head, first, 0, count, state);',
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
      [
        'const count = least((size + 1) >> 1, want);',
        'const count = 1;\n  const early = loadRacy(slotAt(ring, tailOf(seen)));',
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
      ['  addShared(deque + D_HEAD', '  raiseBit(cls, index);\n  addShared(deque + D_HEAD'],
    ],
    scenario: 'the hint is set whenever a deque has blocks and nobody is at it',
    verdict: /no hint/,
  },
  // ---- slabs
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
  // ---- lines and messages
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
  // ---- waiting and exhaustion
  {
    name: 'lost wake: a push wakes nobody',
    file: 'deque.ts',
    edits: [['  wakeIfWaiting(cls);\n', '']],
    scenario: 'a waiter is woken by a put into a deque',
    verdict: LOST_WAKE,
  },
  {
    name: 'a home wakes before it publishes',
    file: 'slab.ts',
    edits: [
      ['  wakeIfWaiting(cls);\n  return DONE;', '  return DONE;'],
      ['  homeOne(cls, row, 0, count, first);', '  wakeIfWaiting(cls);\n  homeOne(cls, row, 0, count, first);'],
    ],
    scenario: 'a waiter is woken by a block that comes home',
    verdict: LOST_WAKE,
  },
  {
    name: 'a publisher notifies and leaves the word as it is',
    file: 'wait.ts',
    edits: [
      [
        'if (casShared(cls + C_WAIT, seen, (seen + 1) | 0) === seen) notifyShared(cls + C_WAIT);',
        'notifyShared(cls + C_WAIT);',
      ],
    ],
    scenario: 'a waiter is woken by a put into a deque',
    verdict: LOST_WAKE,
  },
  {
    name: 'notify one',
    file: 'wait.ts',
    edits: [['notifyShared(cls + C_WAIT);', 'notifyShared(cls + C_WAIT, 1);']],
    scenario: 'two waiters get the two blocks of two puts',
    verdict: LOST_WAKE,
  },
  {
    name: 'a waiter announces itself after its rescan',
    file: 'acquire.ts',
    edits: [
      ['    prepareWait(row, cls);\n', ''],
      [
        '    let result = rescan(row, cls, want);\n',
        '    let result = rescan(row, cls, want);\n    prepareWait(row, cls);\n',
      ],
    ],
    scenario: 'a waiter is woken by a put into a deque',
    verdict: LOST_WAKE,
  },
  {
    name: 'concluded without a look at the ticket',
    file: 'acquire.ts',
    edits: [['return loadShared(cls + C_WAIT) === loadPlain(row + R_TICKET);', 'return true;']],
    scenario: 'a get that goes by old hints finds what moves from a slab to a deque and back',
    bound: 3,
    verdict: FALSE_EXHAUSTION,
  },
  {
    name: 'concluded while a releaser has blocks gathered',
    file: 'acquire.ts',
    edits: [['  if (loadShared(loadPlain(cls + C_POOL) + P_RELEASER) !== 0) return false;\n', '']],
    scenario:
      'nobody concludes for a class while a releaser has its blocks gathered, even with nothing to release itself',
    verdict: FALSE_EXHAUSTION,
  },
  // ---- releases
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
  // ---- recovery
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
        '  if (casShared(dead + R_WORD, seen, recoveringBy(loadPlain(row + R_INDEX), incarnationOf(seen))) !== seen)\n    return RETRY;',
        '  storeShared(dead + R_WORD, recoveringBy(loadPlain(row + R_INDEX), incarnationOf(seen)));',
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
        'if (casShared(row + R_WORD, seen, packLive(incarnation)) !== seen) return RETRY;',
        'storeShared(row + R_WORD, packLive(incarnation));',
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
    edits: [['      completeReleases(owner);\n', '']],
    scenario: 'a releaser dies anywhere in its release, and its blocks and its slab are everybody’s again',
    verdict: CONSERVATION,
  },
  {
    name: 'the dead stay releaser of the pool',
    file: 'recover.ts',
    edits: [['      expelReleasers(owner);\n', '']],
    scenario: 'a releaser dies anywhere in its release, and its blocks and its slab are everybody’s again',
    verdict: CONSERVATION,
  },
  {
    name: 'recovery wakes nobody when it expels a releaser',
    file: 'recover.ts',
    edits: [
      [
        'if (expelReleaser(poolAt(pool), owner) === DONE) wakePool(poolAt(pool));',
        'expelReleaser(poolAt(pool), owner);',
      ],
    ],
    scenario: 'a waiter for the bytes of a releaser that died gets them',
    verdict: LOST_WAKE,
  },
  {
    name: 'recovery drains the deques and trusts that the dead held nothing else',
    file: 'recover.ts',
    edits: [['blocks = blocks + sweepStates(row, owner);', '']],
    scenario: 'a thread dies while it steals, and the block is its victim’s or goes home',
    verdict: CONSERVATION,
  },
  {
    name: 'an entry of the pool table stays with the dead',
    file: 'recover.ts',
    edits: [['      giveUpEntries(owner);\n', '']],
    scenario: 'a thread dies while it makes a pool, and the entry is free again',
    verdict: CONSERVATION,
  },
];
