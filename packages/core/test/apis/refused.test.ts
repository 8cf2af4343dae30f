// APIs that want memory of their own. They refuse a block, or would corrupt it and are kept from it; copyOut serves them all.

import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer as collected } from 'node:stream/consumers';
import { MessageChannel } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { copyOut } from '@syncpool/core';
import { describe, expect, test } from 'vitest';
import { pattern } from '../support/pattern.ts';
import { filled, filledPart, pool } from './pooled.ts';

const LENGTH = 3000;
const NODE = Number(process.versions.node.split('.')[0]);

const whole = filled(4096);
const { part } = filledPart(LENGTH);
const VIEWS: [string, Buffer][] = [
  ['a buffer', whole],
  ['a sub-array', part],
  ['a sub-array of one', part.subarray(7)],
  ['a slice', whole.slice(5, 800)],
];

/** The body that a server sees of a fetch. */
async function fetched(body: Buffer): Promise<Uint8Array> {
  const server = createServer(async (request, response) => response.end(await collected(request)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
    return new Uint8Array(await response.arrayBuffer());
  } finally {
    server.close();
  }
}

/** Each way in which undici takes a body: the bytes it made of it. */
const BODIES: [string, (body: Buffer) => Promise<Uint8Array>][] = [
  ['Response', async (body) => new Uint8Array(await new Response(body).arrayBuffer())],
  [
    'Request',
    async (body) => new Uint8Array(await new Request('http://localhost', { method: 'POST', body }).arrayBuffer()),
  ],
  ['fetch', fetched],
];

describe.each(BODIES)('%s', (_, take) => {
  test.each(VIEWS)('refuses %s and never corrupts it', async (_, view) => {
    // undici of Node 20 and 22 refuses shared memory by itself. Later ones make text of it, which the guard refuses.
    const refusal =
      NODE >= 24
        ? { name: 'TypeError', code: 'ERR_SYNCPOOL_SHARED_MEMORY', message: expect.stringContaining('copyOut') }
        : { name: 'TypeError', message: expect.stringContaining('SharedArrayBuffer is not allowed') };
    await expect(take(view)).rejects.toMatchObject(refusal);
  });

  test.each(VIEWS)('takes a copy of %s', async (_, view) => {
    expect(Buffer.compare(await take(copyOut(view)), view)).toBe(0);
  });
});

describe.each(VIEWS)('%s', (_, view) => {
  test('is not turned into a string by accident, only by toString', () => {
    const guard = expect.objectContaining({ name: 'TypeError', code: 'ERR_SYNCPOOL_SHARED_MEMORY' });
    expect(() => `${view}`).toThrow(guard);
    expect(() => String(view)).toThrow(guard);
    expect(() => new FormData().append('name', view)).toThrow(guard);
    expect(() => ({})[view as unknown as string]).toThrow(guard);
    expect(view.toString('latin1')).toBe(copyOut(view).toString('latin1'));
    expect(Number(view)).toBeNaN();
    // As with any Buffer: an addition makes text, visibly so.
    expect(['', view].reduce((sum, one) => ((sum as string) + one) as string)).toBe(copyOut(view).toString());
  });

  test('is refused by WebCrypto, which takes a copy', async () => {
    await expect(crypto.subtle.digest('SHA-256', view)).rejects.toThrow(TypeError);
    await expect(crypto.subtle.importKey('raw', view.subarray(0, 16), 'AES-CBC', false, [])).rejects.toThrow(TypeError);
    const digest = await crypto.subtle.digest('SHA-256', copyOut(view));
    expect(Buffer.from(digest).equals(Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(view))))).toBe(
      true,
    );
  });

  test('is refused by transfer lists, which take a copy', () => {
    const { port1, port2 } = new MessageChannel();
    const transferred = [view.buffer as unknown as ArrayBuffer];
    expect(() => port1.postMessage(view, transferred)).toThrow(/transferList/);
    expect(() => structuredClone(view, { transfer: transferred })).toThrow(/transferList/);
    port1.close();
    port2.close();
    const copy = copyOut(view);
    const moved = structuredClone(copy, { transfer: [copy.buffer] });
    expect(Buffer.compare(moved, view)).toBe(0);
    expect(copy.length).toBe(0);
  });

  test('is compressed right or refused by CompressionStream, which takes a copy', async () => {
    if (NODE >= 24) await expect(compressed(view)).rejects.toThrow(TypeError);
    else expect(Buffer.compare(gunzipSync(await compressed(view)), view)).toBe(0);
    expect(Buffer.compare(gunzipSync(await compressed(copyOut(view))), view)).toBe(0);
  });

  test('goes into a body as a Blob or a stream unharmed', async () => {
    expect(Buffer.compare(new Uint8Array(await new Response(new Blob([view])).arrayBuffer()), view)).toBe(0);
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(view);
        controller.close();
      },
    });
    expect(Buffer.compare(new Uint8Array(await new Response(stream).arrayBuffer()), view)).toBe(0);
  });
});

async function compressed(view: Buffer): Promise<Buffer> {
  const { readable, writable } = new CompressionStream('gzip');
  const writer = writable.getWriter();
  const [chunks] = await Promise.all([new Response(readable).arrayBuffer(), writer.write(view), writer.close()]);
  return Buffer.from(chunks);
}

describe('copyOut', () => {
  test('copies the first bytes into memory of its own', () => {
    const copy = copyOut(whole, 10);
    expect([...copy]).toEqual([...pattern(10)]);
    expect(copy.buffer).toBeInstanceOf(ArrayBuffer);
    expect(copy.buffer.byteLength).toBe(10);
    copy.fill(0);
    expect([...whole.subarray(0, 10)]).toEqual([...pattern(10)]);
    expect(copyOut(whole, 0).length).toBe(0);
    expect(copyOut(whole).equals(whole)).toBe(true);
    expect(copyOut(new Uint8Array(part.buffer, part.byteOffset, 5)).equals(part.subarray(0, 5))).toBe(true);
  });

  test.each([-1, 4097, 1.5, Number.NaN, '1', null])('refuses %s as a length', (length) => {
    const refusal = expect.objectContaining({ code: 'ERR_SYNCPOOL_INVALID_OPTION' });
    expect(() => copyOut(whole, length as number)).toThrow(refusal);
  });
});

test('nothing of the above changed or lost the blocks', () => {
  expect(whole.subarray(0, 4096).equals(pattern(4096))).toBe(true);
  expect(part.equals(pattern(LENGTH))).toBe(true);
  pool.put(whole);
});
