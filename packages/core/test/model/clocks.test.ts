// The race detector, and what a racy load may return.

import { expect, test } from 'vitest';
import type { Body } from './execution.ts';
import { explore, type Report } from './explore.ts';
import { ModelMemory } from './memory.ts';

const DATA = 64;
const FLAG = 128;
const OTHER = 192;

type Code = (memory: ModelMemory) => Body;

function run(threads: readonly Code[], bound = 3): Report {
  const memory = new ModelMemory(256, threads.length);
  memory.seal();
  return explore({ memory, start: () => threads.map((thread) => thread(memory)), check: () => {} }, { bound });
}

function* publish(memory: ModelMemory): Body {
  memory.storePlain(DATA, 1);
  yield* memory.storeShared(FLAG, 1);
}

test('a plain word handed over by a shared one is no race', () => {
  function* receive(memory: ModelMemory): Body {
    if ((yield* memory.loadShared(FLAG)) === 1) memory.loadPlain(DATA);
  }
  expect(run([publish, receive])).toMatchObject({ complete: true, failure: undefined });
});

test('a plain word published before it is written is a race', () => {
  function* early(memory: ModelMemory): Body {
    yield* memory.storeShared(FLAG, 1);
    memory.storePlain(DATA, 1);
  }
  function* receive(memory: ModelMemory): Body {
    if ((yield* memory.loadShared(FLAG)) === 1) memory.loadPlain(DATA);
  }
  expect(run([early, receive]).failure?.message).toMatch(/data race at 64/);
});

/** A plain store, then `hand`; the other thread comes after it in time, loads the flag and reads the data. */
function handedOverBy(hand: (memory: ModelMemory) => Body): Report {
  let isDone = false;
  function* gives(memory: ModelMemory): Body {
    isDone = false;
    memory.storePlain(DATA, 1);
    yield* hand(memory);
    isDone = true;
  }
  function* receives(memory: ModelMemory): Body {
    yield* memory.loadShared(OTHER);
    const wasDone = isDone;
    yield* memory.loadShared(FLAG);
    if (wasDone) memory.loadPlain(DATA);
  }
  return run([gives, receives]);
}

test('a load hands nothing over, a store does', () => {
  const load = handedOverBy(function* (memory) {
    yield* memory.loadShared(FLAG);
  });
  expect(load.failure?.message).toMatch(/data race at 64/);
  const store = handedOverBy(function* (memory) {
    yield* memory.storeShared(FLAG, 1);
  });
  expect(store).toMatchObject({ complete: true, failure: undefined });
});

test('a compare-exchange that fails hands nothing over, one that succeeds does', () => {
  const attempt = (expected: number) =>
    handedOverBy(function* (memory) {
      yield* memory.casShared(FLAG, expected, 2);
    });
  expect(attempt(7).failure?.message).toMatch(/data race at 64/);
  expect(attempt(0)).toMatchObject({ complete: true, failure: undefined });
});

test('a store forgets what the word knew before, a read-modify-write keeps it', () => {
  const overwritten = (how: (memory: ModelMemory) => Body) => {
    function* overwrite(memory: ModelMemory): Body {
      // As an oracle reads it: only the order in time, no synchronisation.
      yield* memory.loadShared(OTHER);
      if (memory.peek(FLAG) === 1) yield* how(memory);
    }
    function* receive(memory: ModelMemory): Body {
      if ((yield* memory.loadShared(FLAG)) === 2) memory.loadPlain(DATA);
    }
    return run([publish, overwrite, receive]);
  };
  const store = overwritten(function* (memory) {
    yield* memory.storeShared(FLAG, 2);
  });
  expect(store.failure?.message).toMatch(/data race at 64/);
  const update = overwritten(function* (memory) {
    yield* memory.addShared(FLAG, 1);
  });
  expect(update).toMatchObject({ complete: true, failure: undefined });
});

test('a shared access that meets a plain one is a race too', () => {
  function* plain(memory: ModelMemory): Body {
    memory.storePlain(DATA, 1);
    yield* memory.loadShared(OTHER);
  }
  function* shared(memory: ModelMemory): Body {
    yield* memory.loadShared(DATA);
  }
  expect(run([plain, shared]).failure?.message).toMatch(/data race at 64/);
});

/** Every list of values that the reader may see, racily, while another thread stores 1 and 2 into a word. */
function seenBy(reader: (memory: ModelMemory, saw: number[]) => Body, writer: Code): Set<string> {
  const memory = new ModelMemory(256, 2);
  memory.seal();
  const outcomes = new Set<string>();
  let saw: number[] = [];
  const start = () => {
    saw = [];
    return [reader(memory, saw), writer(memory)];
  };
  const check = () => {
    outcomes.add(saw.join());
  };
  expect(explore({ memory, start, check }, { bound: Number.POSITIVE_INFINITY }).complete).toBe(true);
  return outcomes;
}

function* storesTwice(memory: ModelMemory): Body {
  yield* memory.storeRacy(DATA, 1);
  yield* memory.storeRacy(DATA, 2);
  yield* memory.storeShared(FLAG, 1);
}

test('a racy load may return any value since the reader synchronised, and in any order', () => {
  const outcomes = seenBy(function* (memory, saw) {
    saw.push(yield* memory.loadRacy(DATA), yield* memory.loadRacy(DATA));
  }, storesTwice);
  expect([...outcomes].sort()).toEqual(['0,0', '0,1', '0,2', '1,0', '1,1', '1,2', '2,0', '2,1', '2,2']);
});

test('a racy load does not return what was overwritten before the reader synchronised with the writer', () => {
  const outcomes = seenBy(function* (memory, saw) {
    const flag = yield* memory.loadShared(FLAG);
    saw.push(flag, yield* memory.loadRacy(DATA));
  }, storesTwice);
  expect([...outcomes].sort()).toEqual(['0,0', '0,1', '0,2', '1,2']);
});
