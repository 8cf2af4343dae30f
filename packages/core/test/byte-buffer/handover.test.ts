// A ByteBuffer's content in another thread: one message for what fits a block, a list for what does not.

import { once } from 'node:events';
import { Writable } from 'node:stream';
import { type BufferPool, ByteBuffer, KiB, type Message, MiB, type PooledBuffer, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BACKENDS, makeRuntime } from '../support/crew.ts';
import { pattern } from '../support/pattern.ts';
import { expectError, expectRefusal } from '../support/refusal.ts';
import { nextMessage, spawn } from '../support/worker.ts';

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  let pool: BufferPool;

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 2 * MiB, maxProcessors: 2, maxClasses: 4 });
    pool = runtime.pool('bytes', { sizes: [256, 1 * KiB, 4 * KiB], maxBytes: 128 * KiB });
  });
  afterEach(() => {
    expect(counts()).toEqual({ leased: 0, detached: 0 });
    expect(runtime.audit().unaccounted).toBe(0);
    runtime.close();
  });

  function counts(): { leased: number; detached: number } {
    const { classes } = pool.stats();
    const sum = (of: 'leased' | 'detached') => classes.reduce((total, one) => total + one[of], 0);
    return { leased: sum('leased'), detached: sum('detached') };
  }

  function adoptAll(messages: readonly Message[]): Buffer {
    return Buffer.concat(
      messages.map((message) => {
        const buffer = pool.adopt(message);
        const content = Buffer.from(buffer.subarray(0, buffer.usedLength));
        pool.put(buffer);
        return content;
      }),
    );
  }

  test.each([0, 1, 256, 257, 4 * KiB])('%i bytes are one message', (length) => {
    const into = new ByteBuffer(pool);
    into.write(pattern(length));
    expect(adoptAll([into.detach()]).equals(pattern(length))).toBe(true);
  });

  test('larger content is a list of messages, and detach says so', () => {
    const into = new ByteBuffer(pool);
    into.write(pattern(4093));
    into.writeDoubleBE(0);
    into.write(pattern(9_000));
    const wanted = Buffer.from(into.bytes());
    expectRefusal(runtime, [pool], () => into.detach(), {
      code: 'ERR_SYNCPOOL_INVALID_SIZE',
      type: RangeError,
      names: ['13101 bytes', '4 blocks', '4096', '"bytes"', 'detachAll'],
    });
    const messages = into.detachAll();
    expect(messages).toHaveLength(4);
    expect(adoptAll(messages).equals(wanted)).toBe(true);
  });

  test('a list of one for what fits, and of none for nothing, whose blocks go back', () => {
    const into = new ByteBuffer(pool);
    into.write('fits');
    expect(adoptAll(into.detachAll()).toString()).toBe('fits');
    const empty = new ByteBuffer(pool);
    empty.write(pattern(10_000));
    empty.reset();
    expect(empty.detachAll()).toEqual([]);
  });

  test('a hand-over that is refused in the middle is undone', () => {
    const into = new ByteBuffer(pool);
    into.write(pattern(10_000));
    const failure = Object.assign(new Error('no more'), { code: 'ERR_SYNCPOOL_EXHAUSTED' });
    const detach = pool.detach.bind(pool);
    let left = 2;
    Object.assign(pool, {
      detach: (buffer: PooledBuffer, used: number) => {
        if (left-- === 0) throw failure;
        return detach(buffer, used);
      },
    });
    expect(() => into.detachAll()).toThrow(failure);
    expect(counts()).toEqual({ leased: 3, detached: 0 });
    expect(into.bytes().equals(pattern(10_000))).toBe(true);
    into.write(pattern(5_000));
    expect(into.bytes().equals(Buffer.concat([pattern(10_000), pattern(5_000)]))).toBe(true);
    left = 0;
    expect(() => into.detachAll()).toThrow(failure);
    left = 4;
    expect(adoptAll(into.detachAll()).equals(Buffer.concat([pattern(10_000), pattern(5_000)]))).toBe(true);
  });

  test('another thread sees the content, and sends its own', async () => {
    const worker = spawn('byte-buffer', { runtime: runtime.name });
    const ended = once(worker, 'exit');
    try {
      const small = new ByteBuffer(pool);
      small.write('written here, read there');
      small.writeUInt32LE(0xcafe);
      const large = new ByteBuffer(pool);
      large.write(pattern(30_000));
      const wanted = [Buffer.from(small.bytes()), Buffer.from(large.bytes())];
      worker.postMessage([[small.detach()], large.detachAll()]);
      const { seen, messages } = (await nextMessage(worker)) as { seen: Uint8Array[]; messages: Message[] };
      expect(seen.map((one, i) => wanted[i]?.equals(one))).toEqual([true, true]);
      expect(adoptAll(messages).equals(pattern(20_000, 5))).toBe(true);
      await ended;
    } finally {
      await worker.terminate();
    }
  });

  test('a block that a stream reads is not handed over', async () => {
    const into = new ByteBuffer(pool);
    into.write('under way');
    let consume: () => void = () => undefined;
    const slow = new Writable({
      write: (_chunk, _encoding, done) => {
        consume = done;
      },
    });
    const writing = into.writeTo(slow);
    const before = pool.stats();
    for (const call of [() => into.detach(), () => into.detachAll()]) {
      try {
        call();
        expect.unreachable();
      } catch (error) {
        expectError(error, { code: 'ERR_SYNCPOOL_BUSY', names: ['1 writeTo', '"bytes"'] });
      }
    }
    expect(pool.stats()).toEqual(before);
    consume();
    expect(await writing).toBe(9);
    expect(adoptAll([into.detach()]).toString()).toBe('under way');
  });
});
