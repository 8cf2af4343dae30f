// What scenarios are put together from.

import type { Body } from './execution.ts';
import type { Stage } from './stage.ts';

/** Runs one after another. */
export function* each(...bodies: (() => Generator<void, unknown, void>)[]): Body {
  for (const body of bodies) yield* body();
}

/** There are blocks enough for these threads, wherever they are: none of them may have concluded that there is none. */
export function neverExhausted(...threads: number[]): (stage: Stage) => void {
  return (stage) => {
    const thread = threads.find((one) => stage.exhausted[one] !== 0);
    if (thread !== undefined) throw new Error(`false exhaustion: thread ${thread} found nothing`);
  };
}

/** Cuts blocks of a class and sends them home: what thread 0 does before the others start. */
export function* atHome(stage: Stage, count: number, id = 0): Body {
  yield* stage.cut(0, count, id);
  yield* stage.home(0, count);
}

/** Cuts blocks into the hands of thread 0. */
export function* held(stage: Stage, count: number): Body {
  yield* stage.cut(0, count);
}
