// What is written in byte-buffer.js, and into what. Imported once for each contender, under another URL each time: V8 must not
// learn from one contender's calls what it then does with another's.

import { ByteBuffer, KiB } from '@syncpool/core';
import { ChainBuffer } from './chain-buffer.js';

const CHUNK = Buffer.alloc(100, 'chunk');
/** Lines of a header or table: shorter and longer ones, one with characters of two bytes. */
const LINES = [
  'content-type: text/html\r\n',
  'etag: "5d8c72a5edda8d6a5b1f3f2c9"\r\n',
  'name: Zo\u00eb\r\n',
  'x: 1\r\n',
];

/** Chunks in an array, put together at the end. */
class Chunks {
  #chunks = [];

  writeUInt32LE(value) {
    const chunk = Buffer.allocUnsafe(4);
    chunk.writeUInt32LE(value);
    this.#chunks.push(chunk);
  }

  write(content) {
    // A chunk of a stream is nobody else's; what a caller goes on using would have to be copied here.
    this.#chunks.push(typeof content === 'string' ? Buffer.from(content) : content);
  }

  bytes() {
    return Buffer.concat(this.#chunks);
  }

  async writeTo(writable) {
    await new Promise((done) => writable.write(this.bytes(), done));
  }

  [Symbol.dispose]() {}
}

/** A Buffer of twice the size whenever it is full. */
class Growing {
  #buffer = Buffer.allocUnsafe(KiB);
  #at = 0;

  #room(bytes) {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }

  writeUInt32LE(value) {
    this.#room(4);
    this.#at = this.#buffer.writeUInt32LE(value, this.#at);
  }

  write(content) {
    if (typeof content !== 'string') {
      this.#room(content.length);
      this.#buffer.set(content, this.#at);
      this.#at += content.length;
      return;
    }
    this.#room(3 * content.length);
    this.#at += this.#buffer.write(content, this.#at);
  }

  bytes() {
    return this.#buffer.subarray(0, this.#at);
  }

  async writeTo(writable) {
    await new Promise((done) => writable.write(this.bytes(), done));
  }

  [Symbol.dispose]() {}
}

export const MAKERS = {
  ByteBuffer: (pool) => new ByteBuffer(pool),
  chain: (pool) => new ChainBuffer(pool),
  'Buffer.concat': () => new Chunks(),
  'growing Buffer': () => new Growing(),
};

export const PATTERNS = {
  numbers: (into, bytes) => {
    for (let i = 0; i < bytes; i += 4) into.writeUInt32LE(i);
  },
  chunks: (into, bytes) => {
    for (let i = 0; i < bytes; i += CHUNK.length) into.write(CHUNK);
  },
  lines: (into, bytes) => {
    for (let i = 0, n = 0; i < bytes; n++) {
      const text = LINES[n & 3];
      into.write(text);
      i += text.length;
    }
  },
};

/** Writes `count` contents, one after another. */
export async function writeContents({ make, pool, write, bytes, count, sink }) {
  let seen = 0;
  for (let i = 0; i < count; i++) {
    const into = make(pool);
    write(into, bytes);
    if (sink === undefined) seen ^= into.bytes().length;
    else await into.writeTo(sink);
    into[Symbol.dispose]();
  }
  return seen;
}
