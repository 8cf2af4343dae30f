// ByteBuffer: bytes that become more, in blocks of a pool. What bytes.Buffer is in Go, and valyala/bytebufferpool's ByteBuffer.

import type { Writable } from 'node:stream';
import { NumberWriter } from './byte-buffer-numbers.ts';
import {
  type ByteSource,
  checkBytes,
  checkSource,
  checkWritable,
  writableInto,
  writePieces,
} from './byte-buffer-streams.ts';
import { sharedMemoryError, sharedView } from './buffer.ts';
import { rangeError, show, typeError } from './errors.ts';
import type { Message } from './handover.ts';

/** Up to so many characters a loop is faster than a call (docs/decisions/0007). */
const FEW = 16;
/** Bytes that a UTF-16 code unit becomes in UTF-8, at most. */
const MOST_UTF8 = 3;

/** Writes `text` at `at` if it is ASCII; whether it was. */
function putAscii(view: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    view[at + i] = code;
  }
  return true;
}

function isUtf8(encoding: BufferEncoding | undefined): boolean {
  return encoding === undefined || encoding === 'utf8' || encoding === 'utf-8';
}

function checkEncoding(encoding: unknown): void {
  if (typeof encoding === 'string' && Buffer.isEncoding(encoding)) return;
  throw typeError('ERR_SYNCPOOL_INVALID_OPTION', `encoding must be one that Buffer knows, and is ${show(encoding)}`);
}

/**
 * A buffer that grows as it is written, over a pool's size classes. Bytes are added at its end; content up to the largest
 * class lies in one block, larger content in several. One thread's; it goes to another by `detach`.
 *
 * Every block goes back to the pool once, by `[Symbol.dispose]()` (so by `using`), or leaves with `detach`. A call that throws
 * has changed nothing.
 */
export class ByteBuffer extends NumberWriter {
  /**
   * Adds bytes, or a string as Buffer.from would encode it.
   *
   * @param encoding of a string; 'utf8' is the default and the fast one
   * @returns how many bytes were added
   * @throws ERR_SYNCPOOL_INVALID_OPTION, ERR_SYNCPOOL_EXHAUSTED, ERR_SYNCPOOL_CLOSED; ERR_SYNCPOOL_NOT_HELD after detach and dispose
   */
  write(content: Uint8Array | string, encoding?: BufferEncoding): number {
    if (typeof content !== 'string') return this.#append(content);
    if (isUtf8(encoding)) return this.#appendText(content);
    checkEncoding(encoding);
    return this.#append(Buffer.from(content, encoding));
  }

  #append(bytes: Uint8Array): number {
    checkBytes(bytes);
    const { view, at } = this;
    const count = bytes.length;
    if (view === undefined || count > this.end - at) {
      this.appendSlow(bytes);
      return count;
    }
    view.set(bytes, at);
    this.at = at + count;
    return count;
  }

  #appendText(text: string): number {
    const { view, at } = this;
    if (view === undefined || text.length * MOST_UTF8 > this.end - at) return this.#appendTextSlow(text);
    const count = text.length <= FEW && putAscii(view, at, text) ? text.length : view.write(text, at);
    this.at = at + count;
    return count;
  }

  /** Text that may not fit. The exact length is counted first. */
  #appendTextSlow(text: string): number {
    this.checkOpen();
    const count = Buffer.byteLength(text);
    if (count === 0) return 0;
    if (count > this.end - this.at) {
      // Over several blocks as bytes: a character may lie across two of them.
      if (!this.staysWhole(count)) return this.#append(Buffer.from(text));
      this.grow(count);
    }
    this.view?.write(text, this.at);
    this.at += count;
    return count;
  }

  /**
   * The content, as one Buffer. Up to the largest class it is the memory itself, to be used before the next call that writes,
   * resets, detaches or disposes; larger content is copied, each time, to a SharedArrayBuffer of its own.
   *
   * @throws ERR_SYNCPOOL_NOT_HELD after detach and dispose
   */
  bytes(): Buffer<SharedArrayBuffer> {
    this.checkOpen();
    if (this.view !== undefined && this.earlier.length === 0) return this.view.subarray(0, this.at);
    const whole = sharedView(new SharedArrayBuffer(this.length));
    let at = 0;
    for (const { view, used } of this.parts) at += view.copy(whole, at, 0, used);
    return whole;
  }

  /**
   * The content as a string.
   *
   * @throws ERR_SYNCPOOL_INVALID_OPTION; ERR_SYNCPOOL_NOT_HELD after detach and dispose
   */
  override toString(encoding: BufferEncoding = 'utf8'): string {
    checkEncoding(encoding);
    return this.bytes().toString(encoding);
  }

  /** As a pooled buffer's: fetch and Response would make text of the bytes. */
  [Symbol.toPrimitive](hint: string): string | number {
    if (hint === 'string') throw sharedMemoryError('byte buffer', 'copyOut(content.bytes())', 'content.toString()');
    return hint === 'number' ? Number.NaN : this.toString();
  }

  /**
   * Ends the buffer and names its block for another thread: a message of the pool, whose `adopt` gives a buffer with the content
   * in its first `usedLength` bytes.
   *
   * @throws ERR_SYNCPOOL_INVALID_SIZE for content above the largest class, which is in several blocks: see `detachAll`;
   * ERR_SYNCPOOL_BUSY while `writeTo` is under way; ERR_SYNCPOOL_NOT_HELD, ERR_SYNCPOOL_CLOSED, ERR_SYNCPOOL_EXHAUSTED
   */
  detach(): Message {
    this.checkOpen();
    if (this.earlier.length > 0) {
      throw rangeError(
        'ERR_SYNCPOOL_INVALID_SIZE',
        `the content of ${this.length} bytes is in ${this.parts.length} blocks, because the largest class of pool ${show(this.pool.name)} is ${this.largest}: detachAll() gives a message for each`,
      );
    }
    // Nothing is a message too.
    if (this.view === undefined) this.grow(1);
    const [message] = this.handOver([{ view: this.view as NonNullable<typeof this.view>, used: this.at }]);
    return message as Message;
  }

  /**
   * Ends the buffer and gives a message for each of its blocks, in order; none if it is empty. The content is what their used
   * lengths say, one after another.
   *
   * @throws as `detach`, but for ERR_SYNCPOOL_INVALID_SIZE
   */
  detachAll(): Message[] {
    return this.handOver(this.parts);
  }

  /**
   * Adds what the source gives until it ends: bytes, and strings as UTF-8. If the source fails, or the pool is exhausted, what has
   * come until then stays, as Go's ReadFrom has it, and `length` says how much that is; a source that could give more is closed.
   *
   * @returns how many bytes were added
   * @throws the source's error; as `write`
   */
  async readFrom(source: ByteSource): Promise<number> {
    checkSource(source);
    this.checkOpen();
    let count = 0;
    for await (const chunk of source) count += this.write(chunk);
    return count;
  }

  /**
   * Writes the content as it is now, at the stream's pace; does not end the stream. Until the stream has called back for all of it,
   * or has closed, its memory is kept: from `reset` and `[Symbol.dispose]()`, which may be called meanwhile, and from what is
   * written meanwhile. A transform, which may hand its chunks on to others, is given copies.
   *
   * @returns how many bytes were written
   * @throws the stream's error, ERR_STREAM_PREMATURE_CLOSE, ERR_SYNCPOOL_INVALID_OPTION; ERR_SYNCPOOL_NOT_HELD after detach and dispose
   */
  async writeTo(writable: NodeJS.WritableStream): Promise<number> {
    checkWritable(writable);
    this.checkOpen();
    const count = this.length;
    await this.keepFor((parts) =>
      writePieces(
        writable,
        parts.map(({ view, used }) => view.subarray(0, used)),
      ),
    );
    return count;
  }

  /**
   * A Writable that adds what it is given. It fails with what `write` throws, and leaves the buffer to its owner when it ends.
   *
   * @throws ERR_SYNCPOOL_NOT_HELD after detach and dispose
   */
  toWritable(): Writable {
    this.checkOpen();
    return writableInto(this);
  }
}
