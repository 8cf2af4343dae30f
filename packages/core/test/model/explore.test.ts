// The explorer itself, on tiny programs with known bugs and known numbers of outcomes.

import { expect, test } from 'vitest';
import { Xorshift } from '../support/prng.ts';
import type { Body, Program } from './execution.ts';
import { explore, replay, shrink } from './explore.ts';
import { ModelMemory, type Words } from './memory.ts';
import { explorePct } from './pct.ts';

const X = 64;
const Y = 128;

/** A program over words X and Y; each thread notes what it has read. */
function program(
  threads: readonly ((memory: ModelMemory, saw: number[]) => Body)[],
  check: (memory: ModelMemory, saw: readonly (readonly number[])[]) => void = () => {},
  more: Partial<Program> = {},
): Program {
  const memory = new ModelMemory(256, threads.length);
  memory.seal();
  let saw: number[][] = [];
  return {
    memory,
    start: () => {
      saw = threads.map(() => []);
      return threads.map((thread, i) => thread(memory, saw[i] as number[]));
    },
    check: () => check(memory, saw),
    ...more,
  };
}

/** Every outcome of a program: what the threads saw, and memory, or that they wait for ever. */
function outcomesOf(
  threads: readonly ((memory: ModelMemory, saw: number[]) => Body)[],
  options: { bound: number; sleepSets?: boolean },
): { outcomes: Set<string>; schedules: number } {
  const outcomes = new Set<string>();
  let stuck = '';
  const explored = program(
    threads,
    (memory, saw) => {
      outcomes.add(`${JSON.stringify(saw)} ${memory.peek(X)} ${memory.peek(Y)} ${stuck}`);
      stuck = '';
    },
    {
      stuck: (which) => {
        stuck = `stuck ${which.join()}`;
      },
    },
  );
  const report = explore(explored, options);
  expect(report.failure).toBeUndefined();
  expect(report.complete).toBe(true);
  return { outcomes, schedules: report.schedules };
}

function* loseUpdate(memory: ModelMemory): Body {
  const seen = yield* memory.loadShared(X);
  yield* memory.storeShared(X, seen + 1);
}

const lostUpdate = () =>
  program([loseUpdate, loseUpdate], (memory) => {
    if (memory.peek(X) !== 2) throw new Error(`an update was lost: ${memory.peek(X)}`);
  });

test('a lost update needs one preemption, and is found with one', () => {
  expect(explore(lostUpdate(), { bound: 0 })).toMatchObject({ complete: true, failure: undefined });
  const report = explore(lostUpdate(), { bound: 1 });
  expect(report.failure).toMatchObject({ message: 'an update was lost: 1', preemptions: 1 });
});

test('a bug that needs two preemptions is not found with one', () => {
  function* twice(memory: ModelMemory): Body {
    const first = yield* memory.loadShared(X);
    yield* memory.storeShared(Y, first);
    const second = yield* memory.loadShared(X);
    if (second === 1 && first === 0) yield* memory.storeShared(Y, 100);
  }
  function* between(memory: ModelMemory): Body {
    if ((yield* memory.loadShared(Y)) === 100) return;
    yield* memory.storeShared(X, 1);
    yield* memory.storeShared(X, 2);
  }
  const bad = () =>
    program([twice, between], (memory) => {
      if (memory.peek(Y) === 100) throw new Error('seen in between');
    });
  expect(explore(bad(), { bound: 1 }).failure).toBeUndefined();
  expect(explore(bad(), { bound: 2 }).failure).toMatchObject({ preemptions: 2 });
});

test('a failure is replayed by its string, and a string of something else is refused', () => {
  const { failure } = explore(lostUpdate(), { bound: 2 });
  const again = replay(lostUpdate(), failure?.replay ?? '');
  expect(again).toEqual(failure);
  expect(again?.trace.length).toBeGreaterThan(3);
  expect(replay(lostUpdate(), 'bound=2 deaths=0 sleep=0')).toBeUndefined();
  expect(replay(lostUpdate(), 'bound=2 deaths=0 sleep=0 0:3/9')?.message).toMatch(/does not belong/);
});

test('a failing schedule shrinks to the fewest preemptions', () => {
  function* busy(memory: ModelMemory): Body {
    for (let i = 0; i < 3; i++) yield* memory.loadShared(Y);
    yield* loseUpdate(memory);
    for (let i = 0; i < 3; i++) yield* memory.loadShared(Y);
  }
  const make = () =>
    program([busy, busy, busy], (memory) => {
      if (memory.peek(X) !== 3) throw new Error(`an update was lost: ${memory.peek(X)}`);
    });
  const found = explorePct(make(), { seed: 5, schedules: 500 }).failure;
  if (found === undefined) throw new Error('no failure to shrink');
  const small = shrink(make(), found);
  expect(small.preemptions).toBe(1);
  expect(replay(make(), small.replay)?.message).toBe(small.message);
  // Without a search from below, dropping choices alone gets there too.
  expect(shrink(make(), found, 0).preemptions).toBeLessThanOrEqual(found.preemptions);
});

test('a seed of random schedules finds the lost update, and the same seed finds the same', () => {
  const first = explorePct(lostUpdate(), { seed: 7, schedules: 200 });
  expect(first.failure?.message).toBe('an update was lost: 1');
  expect(explorePct(lostUpdate(), { seed: 7, schedules: 200 })).toEqual(first);
});

test('two increments have as many schedules as operations can be interleaved', () => {
  // Two threads of two operations each: 4! / (2! * 2!).
  const { schedules } = outcomesOf([loseUpdate, loseUpdate], { bound: Number.POSITIVE_INFINITY, sleepSets: false });
  expect(schedules).toBe(6);
});

test('sleep sets leave out schedules of operations that commute', () => {
  function* other(memory: ModelMemory): Body {
    yield* memory.storeShared(Y, 1);
    yield* memory.storeShared(Y, 2);
  }
  const all = outcomesOf([loseUpdate, other], { bound: Number.POSITIVE_INFINITY, sleepSets: false });
  const some = outcomesOf([loseUpdate, other], { bound: Number.POSITIVE_INFINITY });
  expect(all.schedules).toBe(6);
  expect(some.schedules).toBe(1);
  expect(some.outcomes).toEqual(all.outcomes);
});

/** A thread of random operations over two words, racy loads and waits among them. */
function randomThread(seed: number, length: number): (memory: ModelMemory, saw: number[]) => Body {
  return function* (memory, saw) {
    const random = new Xorshift(seed);
    for (let i = 0; i < length; i++) {
      const at = random.below(2) === 0 ? X : Y;
      const operations: (() => Words)[] = [
        () => memory.loadShared(at),
        () => memory.storeShared(at, 1 + random.below(2)),
        () => memory.addShared(at, 1),
        () => memory.casShared(at, 0, 3),
        () => memory.loadRacy(at),
        () => memory.loadRacy(at),
        () => memory.waitShared(at, 0, 1000),
        () => memory.notifyShared(at),
      ];
      saw.push(yield* random.pick(operations)());
    }
  };
}

test('sleep sets reach every outcome that all schedules reach, with racy loads and waits', () => {
  let pruned = 0;
  for (let seed = 1; seed <= 150; seed++) {
    const shape = seed % 3 === 0 ? [2, 2, 2] : [3, 4];
    const threads = shape.map((length, i) => randomThread(seed * 977 + i * 131, length));
    const all = outcomesOf(threads, { bound: Number.POSITIVE_INFINITY, sleepSets: false });
    const some = outcomesOf(threads, { bound: Number.POSITIVE_INFINITY });
    expect([...some.outcomes].sort(), `seed ${seed}`).toEqual([...all.outcomes].sort());
    pruned += all.schedules - some.schedules;
  }
  expect(pruned).toBeGreaterThan(1000);
});

function* sleepUnless(memory: ModelMemory): Body {
  while ((yield* memory.loadShared(X)) === 0) yield* memory.waitShared(X, 0, 1000);
}

test('a wake that comes before the sleep is lost, and a store that comes before it is not', () => {
  function* forgetful(memory: ModelMemory): Body {
    yield* memory.notifyShared(X);
    yield* memory.storeShared(X, 1);
  }
  function* right(memory: ModelMemory): Body {
    yield* memory.storeShared(X, 1);
    yield* memory.notifyShared(X);
  }
  expect(explore(program([sleepUnless, forgetful]), { bound: 2 }).failure?.message).toMatch(/a wake was lost/);
  expect(explore(program([sleepUnless, right]), { bound: 3 })).toMatchObject({ complete: true, failure: undefined });
});

test('a value that moves without a notify wakes nobody', () => {
  function* silent(memory: ModelMemory): Body {
    yield* memory.storeShared(X, 1);
  }
  expect(explore(program([sleepUnless, silent]), { bound: 1 }).failure?.message).toMatch(/a wake was lost/);
});

test('a nap outlasts a step of everybody else', () => {
  function* napper(memory: ModelMemory): Body {
    if ((yield* memory.loadShared(X)) === 1) {
      yield* memory.waitShared(128, 0, 1);
      if ((yield* memory.loadShared(X)) === 1) throw new Error('the step is still under way');
    }
  }
  function* step(memory: ModelMemory): Words {
    yield* memory.storeShared(X, 1);
    yield* memory.loadShared(Y);
    yield* memory.storeShared(X, 2);
    return 0;
  }
  function* worker(memory: ModelMemory): Body {
    yield* memory.atStep(step(memory));
  }
  expect(explore(program([napper, worker]), { bound: 3 })).toMatchObject({ complete: true, failure: undefined });
});

test('a thread that dies or is cut touches nothing else, and its value is lost', () => {
  const seen = new Set<string>();
  const make = (reborn?: (memory: ModelMemory) => Body): Program => {
    const memory = new ModelMemory(256, 2);
    memory.seal();
    function* add(): Words {
      return yield* memory.addShared(X, 1);
    }
    function* mortal(): Body {
      yield* memory.atStep(add());
      yield* memory.atStep(add());
      memory.storePlain(Y, 1);
    }
    function* reader(): Body {
      yield* memory.loadShared(X);
    }
    return {
      memory,
      start: () => [mortal(), reader()],
      check: () => {
        seen.add(`${memory.peek(X)} ${memory.peek(Y)}`);
      },
      mortality: { threads: [0], insideSteps: false, reborn: () => reborn?.(memory) },
    };
  };
  expect(explore(make(), { bound: 2, deaths: 1 })).toMatchObject({ complete: true, failure: undefined });
  expect([...seen].sort()).toEqual(['0 0', '1 0', '2 0', '2 1']);
  seen.clear();
  explore(
    make(function* (memory) {
      yield* memory.addShared(X, 10);
    }),
    { bound: 2, deaths: 1 },
  );
  expect([...seen].sort()).toEqual(['10 0', '11 0', '12 0', '2 1']);
});
