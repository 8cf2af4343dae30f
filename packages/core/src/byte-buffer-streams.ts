// From a ByteBuffer into a stream, for as long as the stream reads its memory, and from anything into a ByteBuffer.

import { finished, Writable } from 'node:stream';
import { isUint8Array } from 'node:util/types';
import { show, typeError } from './errors.ts';
import { invalid } from './options.ts';

/** What `readFrom` reads: a stream of Node's or the Web's, or what else gives bytes and strings one after another. */
export type ByteSource =
  | NodeJS.ReadableStream
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string | PromiseLike<Uint8Array | string>>;

/** Refuses what gives nothing, and strings and views, which would give single characters and numbers. */
export function checkSource(source: unknown): void {
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = Object(source ?? {}) as Record<symbol, unknown>;
  const isIterable = typeof later === 'function' || typeof now === 'function';
  if (isIterable && typeof source === 'object' && !ArrayBuffer.isView(source)) return;
  throw invalid('source', source, 'a readable stream or an iterable of bytes and strings', false);
}

export function checkWritable(writable: unknown): void {
  const { write, on } = (writable ?? {}) as { write?: unknown; on?: unknown };
  if (typeof write === 'function' && typeof on === 'function') return;
  throw typeError('ERR_SYNCPOOL_INVALID_OPTION', `writable must be a writable stream, and is ${show(writable)}`);
}

/** Whether a stream may hand the very chunk on that it was given, after its callback: PassThrough does, and any transform may. */
function handsOn(writable: object): boolean {
  return typeof (writable as { _transform?: unknown })._transform === 'function';
}

/** How a write ended. */
type Outcome = Error | undefined;

/**
 * Writes the pieces, at the stream's pace, and does not end it. Settles when no piece is read any more: each has been called
 * back for, or the stream has closed.
 *
 * @throws the stream's error; ERR_STREAM_PREMATURE_CLOSE if it closed before all was written
 */
export async function writePieces(writable: NodeJS.WritableStream, pieces: readonly Uint8Array[]): Promise<void> {
  const outcomes: Promise<Outcome>[] = [];
  let stopWatching = (): void => undefined;
  // It also hears the stream's error, or a stream without listeners would throw it at the process.
  const closed = new Promise<Outcome>((resolve) => {
    stopWatching = finished(writable, { readable: false }, (error) => resolve(error ?? undefined));
  });
  let outcome: Outcome;
  for (const piece of pieces) {
    const { promise, flows } = writePiece(writable, handsOn(writable) ? Buffer.from(piece) : piece);
    outcomes.push(promise);
    if (flows) continue;
    outcome = await Promise.race([promise, closed]);
    if (outcome !== undefined) break;
  }
  const all = Promise.all(outcomes).then((ended) => ended.find((error) => error !== undefined));
  outcome = (await Promise.race([all, closed])) ?? outcome;
  // A stream that fails is left with the listener: its 'error' may still be to come.
  if (outcome !== undefined) throw outcome;
  stopWatching();
}

/** Writes one piece: how it ends, and whether the stream wants more at once. */
function writePiece(writable: NodeJS.WritableStream, piece: Uint8Array): { promise: Promise<Outcome>; flows: boolean } {
  let end: (outcome: Outcome) => void = () => undefined;
  const promise = new Promise<Outcome>((resolve) => {
    end = resolve;
  });
  try {
    return { promise, flows: writable.write(piece, (error) => end(error ?? undefined)) };
  } catch (error) {
    end(error instanceof Error ? error : new Error('the stream threw', { cause: error }));
    return { promise, flows: false };
  }
}

/** What a Writable needs of a ByteBuffer. */
interface Sink {
  write(chunk: Uint8Array | string, encoding?: BufferEncoding): number;
}

/** A Writable that adds what it is given. Its memory is the chunk's own until it returns: nothing is waited for. */
export function writableInto(sink: Sink): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: Uint8Array | string, encoding, done) {
      try {
        if (typeof chunk === 'string') sink.write(chunk, encoding);
        else sink.write(chunk);
      } catch (error) {
        done(error as Error);
        return;
      }
      done();
    },
  });
}

/** A chunk of bytes, as `write` takes it. */
export function checkBytes(value: unknown): asserts value is Uint8Array {
  if (!isUint8Array(value)) throw invalid('bytes', value, 'a string, a Buffer or another Uint8Array', false);
}
