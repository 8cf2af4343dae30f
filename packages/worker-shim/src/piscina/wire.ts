// What PooledPiscina posts in place of a task, and a pooled task in place of its result.

import type { Moved } from './cargo.ts';

export interface Order {
  readonly syncpool: 'order';
  /** Also what tells an order from a task that looks like one: no text that somebody sent becomes shared memory. */
  readonly slip: SharedArrayBuffer;
  readonly value: unknown;
  readonly moved: readonly Moved[];
}

export interface Reply {
  readonly syncpool: 'reply';
  readonly value: unknown;
  readonly moved: readonly Moved[];
}

/** In place of an error with a code, which a structured clone of the error would lose. */
export interface Failure {
  readonly syncpool: 'failure';
  readonly error: Error;
  readonly code: string;
}

function kindOf(message: unknown): unknown {
  return (message as { syncpool?: unknown } | null | undefined)?.syncpool;
}

export function isOrder(task: unknown): task is Order {
  return kindOf(task) === 'order' && (task as Partial<Order>).slip instanceof SharedArrayBuffer;
}

export function isFailure(result: unknown): result is Failure {
  return kindOf(result) === 'failure' && (result as Partial<Failure>).error instanceof Error;
}

export function isReply(result: unknown): result is Reply {
  return kindOf(result) === 'reply';
}

/** A buffer that is the whole of a value is not posted beside its message. */
export function postedOf(value: unknown, moved: readonly Moved[]): unknown {
  return moved.some(([paths]) => paths.some((path) => path.length === 0)) ? null : value;
}
