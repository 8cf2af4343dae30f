// Histories of a deque, and whether they are linearizable: whether its operations, each taking effect at one moment
// between its first and its last shared operation, are those of a deque that only one thread uses at a
// time. The check tries every order that keeps apart what did not overlap (Wing and Gong 1993), which is cheap for
// the few operations of a scenario.

import { EMPTY, FULL, RETRY } from '../../src/kernel/outcome.ts';
import type { Words } from './memory.ts';

interface Call {
  readonly kind: 'push' | 'pop' | 'steal';
  readonly result: number;
  /** Pushed, popped or stolen, oldest first. */
  readonly blocks: readonly number[];
  readonly want?: number;
}

interface Operation extends Call {
  readonly thread: number;
  readonly from: number;
  readonly to: number;
}

export class History {
  readonly #operations: Operation[] = [];
  #time = 0;

  /** Runs a step. It begins at its first shared operation, and ends when its thread has the result. */
  *note(thread: number, step: Words, describe: (result: number) => Call): Words {
    let from = 0;
    for (;;) {
      const { done, value } = step.next();
      if (done) {
        this.add({ ...describe(value), thread, from, to: this.#tick() });
        return value;
      }
      yield;
      if (from === 0) from = this.#tick();
    }
  }

  add(operation: Operation): void {
    this.#operations.push(operation);
  }

  #tick(): number {
    this.#time += 1;
    return this.#time;
  }

  /** Throws unless the operations are linearizable as those of a deque of `slots` slots that held `initial`. */
  check(slots: number, initial: readonly number[] = []): void {
    const contended = new Set(this.#operations.filter((one) => isContended(one, this.#operations)));
    if (isLinearizable(this.#operations, { contended, slots }, initial)) return;
    const lines = this.#operations.map(
      ({ thread, kind, blocks, result, from, to }) =>
        `thread ${thread} ${kind} [${blocks}] = ${result} (${from}-${to})`,
    );
    throw new Error(`not linearizable:\n${lines.join('\n')}`);
  }
}

/**
 * Whether another thread was in the way: of a push a consumer that may not have handed its slot back, of the others
 * whoever may have moved the word.
 */
function isContended(operation: Operation, all: readonly Operation[]): boolean {
  return all.some((other) => {
    const isInTheWay = operation.kind !== 'push' || other.kind !== 'push';
    return isInTheWay && other.thread !== operation.thread && other.from < operation.to && operation.from < other.to;
  });
}

interface Rules {
  readonly contended: ReadonlySet<Operation>;
  readonly slots: number;
}

function isLinearizable(rest: readonly Operation[], rules: Rules, deque: readonly number[]): boolean {
  if (rest.length === 0) return true;
  const firstEnd = Math.min(...rest.map(({ to }) => to));
  return rest.some((operation) => {
    if (operation.from > firstEnd) return false;
    const after = apply(operation, rules, deque);
    return (
      after !== undefined &&
      isLinearizable(
        rest.filter((one) => one !== operation),
        rules,
        after,
      )
    );
  });
}

/** The deque after an operation that took effect as it reported, undefined if it cannot have. */
function apply(operation: Operation, rules: Rules, deque: readonly number[]): readonly number[] | undefined {
  const { kind, result, blocks, want = 0 } = operation;
  const isContended = rules.contended.has(operation);
  if (kind === 'push') {
    const fits = deque.length + blocks.length <= rules.slots;
    if (result === FULL) return !fits || isContended ? deque : undefined;
    return fits ? [...deque, ...blocks] : undefined;
  }
  if (result === RETRY) return isContended ? deque : undefined;
  if (result === EMPTY) return deque.length === 0 ? deque : undefined;
  const count = Math.min(want, kind === 'pop' ? deque.length : (deque.length + 1) >> 1);
  const from = kind === 'pop' ? deque.length - count : 0;
  if (count === 0 || String(deque.slice(from, from + count)) !== String(blocks)) return undefined;
  return [...deque.slice(0, from), ...deque.slice(from + count)];
}
