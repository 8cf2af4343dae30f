// The lists of the variants, the shipped sources, under every schedule within a bound: every block is in exactly one place, who holds one has it alone
// (its content is a plain word, under the race detector), nobody sleeps for ever. And faults that such lists have had, each found.

import { describe, expect, test } from 'vitest';
import type { Body, Program } from './execution.ts';
import { explore, type Report } from './explore.ts';
import { instrument, type Patch, VARIANTS } from './instrument.ts';
import { ModelMemory } from './memory.ts';

const BLOCKS = 2;
/** Where things are, in words: the list, as the pools have it, the blocks' next, and a word of content for each. */
const LIST = 16;
const HEAD = LIST + 1;
const NEXT = 32;
const CONTENT = 48;
const INDEX_BITS = 2;
/** One look, so that both ways to a lock are gone; a sleep that no time limit ends in the model. */
const LOOKS = 1;
const MS = 1000;

type Call = (...args: (number | undefined)[]) => Generator<void, number, void>;

/** A list as a scenario uses it. */
interface List {
  readonly take: () => Generator<void, number, void>;
  readonly give: (block: number) => Generator<void, unknown, void>;
}

const LISTS = {
  locked: (kernel: Record<string, unknown>): List => ({
    take: () => (kernel.takeLocked as Call)(undefined, LIST, NEXT, LOOKS, MS),
    give: (block) => (kernel.giveLocked as Call)(undefined, LIST, NEXT, block, LOOKS, MS),
  }),
  tagged: (kernel: Record<string, unknown>): List => ({
    take: () => (kernel.takeTagged as Call)(undefined, HEAD, NEXT, INDEX_BITS),
    give: (block) => (kernel.giveTagged as Call)(undefined, HEAD, NEXT, INDEX_BITS, block),
  }),
};
type Name = keyof typeof LISTS;

/** What a thread does: 't' takes a block, 'g' gives back the one it has had longest, if it has one. */
type Script = string;

/** One execution: the list, and who has what. */
class Table {
  readonly memory: ModelMemory;
  readonly #list: List;
  #hands: number[][] = [];

  constructor(memory: ModelMemory, list: List) {
    this.memory = memory;
    this.#list = list;
  }

  start(scripts: readonly Script[]): Body[] {
    this.#hands = scripts.map(() => []);
    return scripts.map((script, thread) => this.#run(script, this.#hands[thread] as number[], thread));
  }

  *#run(script: Script, hand: number[], thread: number): Body {
    for (const action of script) {
      if (action === 't') {
        const block = yield* this.#list.take();
        if (block <= 0) continue;
        this.memory.storePlain(4 * (CONTENT + block), thread + 1);
        hand.push(block);
      } else {
        const block = hand.shift();
        if (block === undefined) continue;
        if (this.memory.loadPlain(4 * (CONTENT + block)) !== thread + 1)
          throw new Error(`written over: block ${block}`);
        yield* this.#list.give(block);
      }
    }
  }

  #inList(): number[] {
    const found: number[] = [];
    const mask = (1 << INDEX_BITS) - 1;
    let block = this.memory.peek(4 * HEAD) & mask;
    while (block !== 0 && found.length <= BLOCKS) {
      found.push(block);
      block = this.memory.peek(4 * (NEXT + block)) & mask;
    }
    return found;
  }

  /** Each block is in the list or in a hand, once; `lost` of them may be in neither. */
  check(lost: number): void {
    const places = [...this.#inList(), ...this.#hands.flat()].sort();
    const isDoubled = new Set(places).size < places.length;
    if (isDoubled || places.length < BLOCKS - lost) throw new Error(`blocks ${places.join()} of ${BLOCKS}`);
  }
}

async function programOf(name: Name, scripts: readonly Script[], patch?: Patch, lost = 0): Promise<Program> {
  const bind = await instrument({ indexBits: 2 }, patch, VARIANTS);
  const memory = new ModelMemory(4096, scripts.length);
  for (let block = BLOCKS; block >= 1; block--) {
    memory.poke(4 * (NEXT + block), memory.peek(4 * HEAD));
    memory.poke(4 * HEAD, block);
  }
  memory.seal();
  const table = new Table(memory, LISTS[name](bind(memory.operations())));
  return { memory, start: () => table.start(scripts), check: () => table.check(lost) };
}

function told(what: string, report: Report): Report {
  console.log(`${report.schedules} schedules: ${what}`);
  return report;
}

describe.each(['locked', 'tagged'] as const)('a %s list', (name) => {
  test.each(['tg ttg', 'ttgg tgtg', 'tg tg ttg'])('of two blocks among threads that do %s', async (text) => {
    const threads = text.split(' ');
    const report = explore(await programOf(name, threads), { bound: threads.length === 2 ? 4 : 3 });
    expect(told(`${name}, ${text}`, report)).toMatchObject({ complete: true, failure: undefined });
  });
});

test('a thread that dies anywhere in a tagged list loses one block at most, and stops nobody', async () => {
  const program = await programOf('tagged', ['tg', 'ttgg'], undefined, 1);
  const mortality = { threads: [0], insideSteps: true, reborn: () => undefined };
  const report = explore({ ...program, mortality }, { bound: 3, deaths: 1 });
  expect(told('tagged, a death', report)).toMatchObject({ complete: true, failure: undefined });
});

test('a thread that dies in a locked list leaves others asleep for ever: what the time limit is for', async () => {
  const program = await programOf('locked', ['tg', 'ttgg'], undefined, 1);
  const mortality = { threads: [0], insideSteps: true, reborn: () => undefined };
  expect(explore({ ...program, mortality }, { bound: 2, deaths: 1 }).failure?.message).toMatch(/waits for ever/);
});

/** Faults: a text of a source that occurs once, what it becomes, and what is seen then. */
const FAULTS: readonly [what: string, name: Name, file: string, from: string, to: string, seen: RegExp][] = [
  [
    'a tag that stays',
    'tagged',
    'tagged-list.ts',
    '(head >>> indexBits) + 1)',
    '(head >>> indexBits) + 0)',
    /^blocks /,
  ],
  [
    'a pop that trusts an old look',
    'tagged',
    'tagged-list.ts',
    'if (seen === head) return block;',
    'return block;',
    /^data race|^blocks/,
  ],
  [
    'a push that does not link',
    'tagged',
    'tagged-list.ts',
    'storeShared(words, next + block, blockOf(head, indexBits));',
    '',
    /^blocks/,
  ],
  [
    'an unlock that wakes nobody',
    'locked',
    'mutex.ts',
    'notifyShared(words, at, 1);',
    'notifyShared(words, at, 0);',
    /waits for ever/,
  ],
  [
    'a sleeper that takes the lock as its only user',
    'locked',
    'mutex.ts',
    'exchangeShared(words, at, CONTENDED) !== FREE',
    '(casShared(words, at, FREE, LOCKED) && exchangeShared(words, at, CONTENDED)) !== FREE',
    /waits for ever/,
  ],
  [
    'a sleep that does not compare',
    'locked',
    'mutex.ts',
    'waitShared(words, at, CONTENDED, ms) !== 0',
    'waitShared(words, at, loadShared(words, at), ms) !== 0',
    /waits for ever/,
  ],
  [
    'a look that does not swap',
    'locked',
    'mutex.ts',
    '=== FREE && casShared(words, at, FREE, LOCKED) === FREE)',
    '=== FREE)',
    /^data race|^blocks|waits/,
  ],
];

test.each(FAULTS)('%s is found', async (_what, name, file, from, to, seen) => {
  const patch: Patch = (at, text) => {
    if (at !== file) return text;
    if (text.split(from).length !== 2) throw new Error(`${file} does not have once: ${from}`);
    return text.replace(from, () => to);
  };
  const program = await programOf(name, ['tgtg', 'ttgg', 'tg'], patch);
  expect(explore(program, { bound: 3 }).failure?.message).toMatch(seen);
});
