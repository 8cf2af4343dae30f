// The garbage collector at command, for what happens when it has found something.

import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MOST_ROUNDS = 200;

/** Collects once, the whole heap. */
export function collectOnce(): void {
  collect();
}

/** Collects until `isDone`: finalizers run some turns of the event loop after their collection. False if it never was. */
export async function collectUntil(isDone: () => boolean): Promise<boolean> {
  for (let round = 0; round < MOST_ROUNDS && !isDone(); round++) {
    collect();
    await setImmediate();
  }
  return isDone();
}

/** Collects often enough that every finalizer that has anything to do has run: a buffer made for the purpose is found. */
export async function collectAll(): Promise<void> {
  let found = false;
  const registry = new FinalizationRegistry(() => {
    found = true;
  });
  registry.register({}, 0);
  if (!(await collectUntil(() => found))) throw new Error('the garbage collector does not find what is garbage');
  for (let round = 0; round < 3; round++) {
    collect();
    await setImmediate();
  }
}

/** Counts which of the objects it is shown have been collected. (A WeakRef that is asked keeps its object for the turn.) */
export class Collected {
  count = 0;
  readonly #registry = new FinalizationRegistry(() => {
    this.count += 1;
  });

  show(object: object): void {
    this.#registry.register(object, 0);
  }
}
