// ByteBuffers and streams: what is read is in, what is written comes out, and no block goes back while a stream reads it.

import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';
import { type BufferPool, ByteBuffer, KiB, MiB, type PooledBuffer, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BACKENDS, makeRuntime } from '../support/crew.ts';
import { pattern } from '../support/pattern.ts';
import { expectError } from '../support/refusal.ts';

/** A writable that holds each chunk, and looks at it only when told to go on. */
class Slow extends Writable {
  readonly seen: Buffer[] = [];
  #goOn: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#goOn = () => {
      this.seen.push(Buffer.from(chunk));
      done();
    };
  }

  /** Lets one chunk through; whether there was one. */
  step(): boolean {
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
    return goOn !== undefined;
  }

  /** Lets everything through until `settled`. */
  async drain<T>(settled: Promise<T>): Promise<T> {
    let isSettled = false;
    const end = () => {
      isSettled = true;
    };
    settled.then(end, end);
    while (!isSettled) {
      this.step();
      await new Promise(setImmediate);
    }
    return settled;
  }

  get content(): Buffer {
    return Buffer.concat(this.seen);
  }
}

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  let pool: BufferPool;
  let into: ByteBuffer;

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 4 * MiB, maxProcessors: 2, maxClasses: 4 });
    pool = runtime.pool('bytes', { sizes: [256, 1 * KiB, 4 * KiB], maxBytes: 64 * KiB });
    into = new ByteBuffer(pool);
  });
  afterEach(() => {
    into[Symbol.dispose]();
    expect(leased()).toBe(0);
    expect(runtime.audit().unaccounted).toBe(0);
    runtime.close();
  });

  const leased = () => pool.stats().totals.leased;

  /** Takes every block that can be had, fills it with other bytes and puts it: what is not kept is overwritten. */
  function overwriteWhatIsFree(): void {
    const free: PooledBuffer[] = [];
    for (const size of [4 * KiB, 1 * KiB, 256]) {
      try {
        for (;;) free.push(pool.get(size).fill(0xee) as PooledBuffer);
      } catch (error) {
        expectError(error, { code: 'ERR_SYNCPOOL_EXHAUSTED' });
      }
    }
    for (const buffer of free) pool.put(buffer);
  }

  async function rejection(promise: Promise<unknown>): Promise<unknown> {
    return promise.then(
      (value) => expect.unreachable(`resolved with ${String(value)}`),
      (error: unknown) => error,
    );
  }

  describe('readFrom', () => {
    test('reads streams and iterables to their end, and says how many bytes came', async () => {
      const chunks = [pattern(100), pattern(5000, 1), Buffer.alloc(0), pattern(9000, 2)];
      const wanted = Buffer.concat(chunks);
      async function* later() {
        yield* chunks;
      }
      const sources = [
        () => Readable.from(chunks),
        () => chunks,
        () => new Set(chunks),
        later,
        () => chunks.map(async (chunk) => chunk),
        () => new Blob(chunks).stream() as unknown as AsyncIterable<Uint8Array>,
      ];
      for (const source of sources) {
        into.write('before');
        expect(await into.readFrom(source())).toBe(wanted.length);
        expect(into.bytes().equals(Buffer.concat([Buffer.from('before'), wanted]))).toBe(true);
        into.reset();
      }
    });

    test('takes strings as UTF-8, and a file', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'syncpool-bytes-'));
      const file = join(folder, 'file');
      const text = 'Zo\u00eb \u65e5\u672c\u8a9e \u{1f41f}\n'.repeat(500);
      writeFileSync(file, text);
      const bytes = Buffer.byteLength(text);
      expect(await into.readFrom(createReadStream(file, { encoding: 'utf8', highWaterMark: 1001 }))).toBe(bytes);
      expect(await into.readFrom(createReadStream(file))).toBe(bytes);
      expect(into.toString()).toBe(text + text);
      rmSync(folder, { recursive: true });
    });

    test('keeps what came before the source failed', async () => {
      const failure = new Error('the source failed');
      async function* fails() {
        yield pattern(3000);
        throw failure;
      }
      const failing = [
        fails(),
        Readable.from(fails()),
        {
          *[Symbol.iterator]() {
            yield pattern(3000);
            throw failure;
          },
        },
      ];
      for (const source of failing) {
        expect(await rejection(into.readFrom(source))).toBe(failure);
        expect(into.bytes().equals(pattern(3000))).toBe(true);
        into.reset();
      }
    });

    test('closes the source when the pool is exhausted, and keeps what came', async () => {
      let isClosed = false;
      async function* endless() {
        try {
          for (let i = 0; ; i++) yield pattern(5000, i);
        } finally {
          isClosed = true;
        }
      }
      expectError(await rejection(into.readFrom(endless())), { code: 'ERR_SYNCPOOL_EXHAUSTED' });
      expect(isClosed).toBe(true);
      expect(into.length % 5000).toBe(0);
      expect(into.length).toBeGreaterThan(32 * KiB);
      expect(
        into
          .bytes()
          .subarray(-5000)
          .equals(pattern(5000, into.length / 5000 - 1)),
      ).toBe(true);
    });

    test('refuses chunks that are no bytes, and sources that are none', async () => {
      const chunks = ['fine', 1] as unknown as string[];
      expectError(await rejection(into.readFrom(chunks)), { code: 'ERR_SYNCPOOL_INVALID_OPTION', type: TypeError });
      expect(into.toString()).toBe('fine');
      for (const source of [undefined, null, 1, {}, 'text', new Uint8Array(3), Buffer.from('x'), () => []]) {
        const error = await rejection(into.readFrom(source as never));
        expectError(error, { code: 'ERR_SYNCPOOL_INVALID_OPTION', type: TypeError, names: ['source'] });
      }
      expect(into.toString()).toBe('fine');
    });

    test('ends with the buffer, whose blocks are back at once', async () => {
      const source = new PassThrough();
      const reading = into.readFrom(source);
      source.write(pattern(5000));
      while (into.length === 0) await new Promise(setImmediate);
      into[Symbol.dispose]();
      expect(leased()).toBe(0);
      source.write('more');
      expectError(await rejection(reading), { code: 'ERR_SYNCPOOL_NOT_HELD' });
      expect(source.destroyed).toBe(true);
    });
  });

  describe('writeTo', () => {
    test('writes all of it, in order, at the pace of the stream, and leaves no listener', async () => {
      into.write(pattern(30_000));
      const slow = new Slow({ highWaterMark: 5000 });
      const underWay: number[] = [];
      const step = slow.step.bind(slow);
      slow.step = () => {
        underWay.push(slow.writableLength);
        return step();
      };
      expect(await slow.drain(into.writeTo(slow))).toBe(30_000);
      expect(slow.content.equals(pattern(30_000))).toBe(true);
      // Two blocks exceed the mark, so there are never more.
      expect(Math.max(...underWay)).toBe(8 * KiB);
      expect(slow.eventNames()).toEqual([]);
      expect([slow.writableEnded, slow.errored]).toEqual([false, null]);
    });

    test('an empty one writes nothing', async () => {
      const slow = new Slow();
      expect(await into.writeTo(slow)).toBe(0);
      expect(slow.step()).toBe(false);
    });

    test('keeps its blocks for the stream when it is disposed of, and puts them after', async () => {
      for (const length of [200, 4 * KiB, 10_000]) {
        const short = new ByteBuffer(pool);
        short.write(pattern(length));
        const blocks = leased();
        const slow = new Slow();
        const writing = short.writeTo(slow);
        short[Symbol.dispose]();
        expect(short.length).toBe(0);
        expect(leased()).toBe(blocks);
        overwriteWhatIsFree();
        expect(await slow.drain(writing)).toBe(length);
        expect(slow.content.equals(pattern(length))).toBe(true);
        expect(leased()).toBe(0);
      }
    });

    test('writes what was there when it was called, whatever is written, grown and reset meanwhile', async () => {
      into.write(pattern(200));
      const first = new Slow();
      const second = new Slow();
      const writing = [into.writeTo(first)];
      into.write(pattern(40));
      writing.push(into.writeTo(second));
      into.write(pattern(3000)); // another block
      into.write(pattern(9000));
      into.reset();
      overwriteWhatIsFree();
      into.write('after the reset');
      expect(await first.drain(writing[0] as Promise<number>)).toBe(200);
      overwriteWhatIsFree();
      expect(await second.drain(writing[1] as Promise<number>)).toBe(240);
      expect(first.content.equals(pattern(200))).toBe(true);
      expect(second.content.equals(Buffer.concat([pattern(200), pattern(40)]))).toBe(true);
      expect(into.toString()).toBe('after the reset');
      expect(leased()).toBe(1);
    });

    test('begins in another block after a reset, while the one it had is read', async () => {
      into.write(pattern(200));
      const slow = new Slow();
      const writing = into.writeTo(slow);
      into.reset();
      expect(into.capacity).toBe(0);
      into.write(Buffer.alloc(200, 0xee));
      expect(await slow.drain(writing)).toBe(200);
      expect(slow.content.equals(pattern(200))).toBe(true);
      expect(leased()).toBe(1);
    });

    test('gives a transform copies, which may hand them on after it has called back', async () => {
      into.write(pattern(9000));
      const through = new PassThrough({ highWaterMark: MiB });
      expect(await into.writeTo(through)).toBe(9000);
      into.reset();
      into[Symbol.dispose]();
      overwriteWhatIsFree();
      through.end();
      expect(Buffer.concat(await through.toArray()).equals(pattern(9000))).toBe(true);
    });

    test('goes through zlib and into files', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'syncpool-bytes-'));
      const file = createWriteStream(join(folder, 'file'));
      const gzip = createGzip();
      into.write(pattern(50_000));
      const zipped = gzip.toArray();
      await Promise.all([into.writeTo(file), into.writeTo(gzip)]);
      file.end();
      gzip.end();
      await once(file, 'close');
      expect(readFileSync(join(folder, 'file')).equals(pattern(50_000))).toBe(true);
      expect(gunzipSync(Buffer.concat(await zipped)).equals(pattern(50_000))).toBe(true);
      rmSync(folder, { recursive: true });
    });

    test('rejects with the error of a stream that fails, and puts its blocks', async () => {
      const failure = new Error('the disk is full');
      let writes = 0;
      const failing = new Writable({
        highWaterMark: 1,
        write: (_chunk, _encoding, done) => {
          writes += 1;
          setImmediate(done, writes === 2 ? failure : null);
        },
      });
      into.write(pattern(30_000));
      const writing = into.writeTo(failing);
      into[Symbol.dispose]();
      expect(await rejection(writing)).toBe(failure);
      expect(writes).toBe(2);
      expect(leased()).toBe(0);
    });

    test('rejects when the stream is closed before it has taken all, also if it had been before', async () => {
      into.write(pattern(30_000));
      const blocks = leased();
      const slow = new Slow({ highWaterMark: 1 });
      const writing = into.writeTo(slow);
      await new Promise(setImmediate);
      slow.destroy();
      expect(await rejection(writing)).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
      expect(await rejection(into.writeTo(slow))).toMatchObject({ code: /ERR_STREAM_(DESTROYED|PREMATURE_CLOSE)/ });
      const ended = new Slow();
      ended.end();
      expect(await rejection(into.writeTo(ended))).toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });
      expect(leased()).toBe(blocks);
      expect(into.bytes().equals(pattern(30_000))).toBe(true);
    });

    test('a piece that is still read when another has failed keeps the memory', async () => {
      // The first chunk is under way, the others wait behind it: a destroy calls those back at once, and waits for the first.
      const failure = new Error('destroyed by its owner');
      let endRead: () => void = () => undefined;
      const busy = new Writable({
        highWaterMark: MiB,
        write: () => undefined,
        destroy: (error, done) => {
          endRead = () => done(error);
        },
      });
      into.write(pattern(10_000));
      const rejected = rejection(into.writeTo(busy));
      into[Symbol.dispose]();
      busy.destroy(failure);
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      expect(leased()).toBe(3);
      endRead();
      expect(await rejected).toBe(failure);
      expect(leased()).toBe(0);
    });

    test('every piece has to be called back for, in whatever order a stream does that', async () => {
      const callbacks: (() => void)[] = [];
      const unordered = new Slow();
      unordered.write = (_chunk: unknown, done: unknown) => callbacks.push(done as () => void) > 0;
      into.write(pattern(10_000));
      const writing = into.writeTo(unordered);
      into[Symbol.dispose]();
      for (const callBack of callbacks.reverse()) {
        for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
        expect(leased()).toBe(3);
        callBack();
      }
      expect(await writing).toBe(10_000);
      expect([callbacks.length, leased()]).toEqual([3, 0]);
    });

    test('rejects with what a stream throws', async () => {
      const failure = new Error('thrown by write');
      const throwing = new Slow();
      let writes = 0;
      throwing.write = () => {
        writes += 1;
        throw failure;
      };
      into.write(pattern(10_000));
      expect(await rejection(into.writeTo(throwing))).toBe(failure);
      expect(writes).toBe(1);
    });

    test('refuses what is no writable', async () => {
      into.write('x');
      for (const wrong of [undefined, null, 1, {}, [], { write() {} }, new Uint8Array(1)]) {
        const error = await rejection(into.writeTo(wrong as never));
        expectError(error, { code: 'ERR_SYNCPOOL_INVALID_OPTION', type: TypeError, names: ['writable'] });
      }
    });
  });

  describe('toWritable', () => {
    test('adds what is piped into it, and leaves the buffer to its owner', async () => {
      into.write('>');
      await pipeline(Readable.from([pattern(5000), pattern(7000, 1)]), into.toWritable());
      const writable = into.toWritable();
      writable.write('ff00', 'hex');
      writable.write('\u00e9', 'latin1');
      await new Promise<void>((done) => writable.end('\u00e9', done));
      const wanted = [Buffer.from('>'), pattern(5000), pattern(7000, 1), Buffer.from('ff00e9c3a9', 'hex')];
      expect(into.bytes().equals(Buffer.concat(wanted))).toBe(true);
      into.write('still open');
    });

    test('fails when the pool is exhausted, or the buffer has ended', async () => {
      const full = pipeline(Readable.from([pattern(40_000), pattern(40_000)]), into.toWritable());
      expectError(await rejection(full), { code: 'ERR_SYNCPOOL_EXHAUSTED' });
      expect(into.bytes().equals(pattern(40_000))).toBe(true);
      const late = into.toWritable();
      into[Symbol.dispose]();
      expectError(await rejection(pipeline(Readable.from([pattern(1)]), late)), { code: 'ERR_SYNCPOOL_NOT_HELD' });
    });
  });

  describe('an HTTP response', () => {
    const servers: http.Server[] = [];
    afterEach(async () => {
      for (const server of servers.splice(0)) await new Promise((closed) => server.close(closed));
    });

    async function ask(answer: http.RequestListener): Promise<http.IncomingMessage> {
      const server = http.createServer({ keepAlive: false }, answer);
      servers.push(server);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      const [response] = await once(http.get({ port, host: '127.0.0.1', agent: false }), 'response');
      return response as http.IncomingMessage;
    }

    test.each(['content-length', 'chunked'])('is what was written, %s', async (how) => {
      into.write(pattern(50_000));
      const response = await ask(async (_, answer) => {
        if (how === 'content-length') answer.setHeader('content-length', into.length);
        const writing = into.writeTo(answer);
        into[Symbol.dispose]();
        overwriteWhatIsFree();
        expect(await writing).toBe(50_000);
        answer.end();
      });
      expect(Buffer.concat(await response.toArray()).equals(pattern(50_000))).toBe(true);
      expect(leased()).toBe(0);
    });

    test('gives the blocks back when the client hangs up', async () => {
      const large = runtime.pool('large', { blockSize: MiB, maxBytes: 3 * MiB });
      const body = new ByteBuffer(large);
      for (let i = 0; i < 3; i++) body.write(Buffer.alloc(MiB, i));
      let writing: Promise<unknown> | undefined;
      const response = await ask((_, answer) => {
        // More than the sockets hold: it cannot be out before the client reads.
        writing = rejection(Promise.all(Array.from({ length: 5 }, () => body.writeTo(answer))));
        body[Symbol.dispose]();
      });
      response.on('error', () => undefined); // aborted, as it should be
      expect(large.stats().totals.leased).toBe(3);
      response.destroy();
      expect(await writing).toBeInstanceOf(Error);
      while (large.stats().totals.leased > 0) await new Promise(setImmediate);
    });
  });
});
