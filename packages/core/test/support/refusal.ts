// How a refusal is tested: its code, its class, what its message names, and that nothing has changed.

import { SyncPoolError, type BufferPool, type ErrorCode, type Runtime } from '@syncpool/core';
import { expect } from 'vitest';
import { digestOf } from './control-words.ts';

export interface Refusal {
  readonly code: ErrorCode;
  /** SyncPoolError unless said. */
  readonly type?: typeof TypeError | typeof RangeError;
  /** What the message must name: the thing, the value, the limit. */
  readonly names?: readonly string[];
}

/** Checks an error that was thrown somewhere. */
export function expectError(error: unknown, { code, type, names = [] }: Refusal): void {
  expect(error).toBeInstanceOf(type ?? SyncPoolError);
  expect(error).toMatchObject({ code });
  for (const name of names) expect((error as Error).message).toContain(name);
}

function thrownBy(what: () => unknown): unknown {
  try {
    const result = what();
    throw new Error(`not refused: ${String(result)}`);
  } catch (error) {
    return error;
  }
}

/** `what` throws the refusal, and not one word of control memory has changed. */
export function expectRefusal(
  runtime: Runtime,
  pools: readonly BufferPool[],
  what: () => unknown,
  refusal: Refusal,
): void {
  const before = { stats: pools.map((pool) => pool.stats()), digest: digestOf(runtime) };
  const error = thrownBy(what);
  expectError(error, refusal);
  expect({ stats: pools.map((pool) => pool.stats()), digest: digestOf(runtime) }).toEqual(before);
}

/** As `expectRefusal`, where there is no runtime whose state could change. */
export function expectThrow(what: () => unknown, refusal: Refusal): void {
  expectError(thrownBy(what), refusal);
}
