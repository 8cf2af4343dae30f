// When something that may still read or write a buffer has ended: for putAfter.

import { finished, type Stream } from 'node:stream';
import { show, typeError } from './errors.ts';

/** A promise, or a stream that was given the buffer. */
export type Outlasting = PromiseLike<unknown> | NodeJS.ReadableStream | NodeJS.WritableStream;

function nothing(): void {}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null)?.then === 'function';
}

function isStream(value: unknown): value is Stream {
  const { on, once } = (value ?? {}) as { on?: unknown; once?: unknown };
  return typeof on === 'function' && typeof once === 'function';
}

/**
 * Resolves when `what` has settled, finished, failed or closed; it does not reject with its error,
 * which is its owner's to handle.
 *
 * @throws ERR_SYNCPOOL_INVALID_OPTION if it is neither promise nor stream
 */
export function settledOrFinished(what: Outlasting): Promise<void> {
  // By way of Promise.resolve, for which a `then` that throws is a promise that rejects.
  if (isThenable(what)) return Promise.resolve(what).then(nothing, nothing);
  if (isStream(what)) {
    return new Promise((resolve) => {
      finished(what as NodeJS.WritableStream, () => resolve());
    });
  }
  throw typeError('ERR_SYNCPOOL_INVALID_OPTION', `putAfter waits for a promise or a stream, and got ${show(what)}`);
}
