// putAfter and withBuffer: a block goes back when nothing reads or writes it any more, however that ends.

import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';
import { attachRuntime, KiB, MiB, type PooledBuffer } from '@syncpool/core';
import { afterEach, describe, expect, test } from 'vitest';
import { pattern } from '../support/pattern.ts';
import { filled, pool } from './pooled.ts';

/** One block larger than the send and receive buffers of a socket together: the next get can only be of the same one. */
const ONE = 16 * MiB;
const single = attachRuntime().pool('single', { blockSize: ONE, maxBytes: ONE });
/** So few blocks that the requests below wait for those of others. */
const scarce = attachRuntime().pool('scarce', { blockSize: 256 * KiB, maxBytes: 1 * MiB });

const leased = () =>
  attachRuntime()
    .stats()
    .pools.reduce((sum, one) => sum + one.totals.leased, 0);

const servers: http.Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((closed) => server.close(closed));
  expect(leased()).toBe(0);
});

/** Serves until the test ends, one connection per request; the port. */
async function serve(answer: http.RequestListener): Promise<number> {
  const server = http.createServer({ keepAlive: false }, answer);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function ask(port: number, path = '/'): Promise<http.IncomingMessage> {
  const request = http.get({ port, path, host: '127.0.0.1', agent: false });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return response;
}

/** Reads a body in small pieces, letting everybody else run in between. */
async function readSlowly(response: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(chunk);
    await new Promise(setImmediate);
  }
  return Buffer.concat(chunks);
}

describe('a server that answers from blocks', () => {
  test('control: a block put right after res.end sends bytes of its next lease', async () => {
    const port = await serve((_, response) => {
      const first = single.get().fill(0xaa) as PooledBuffer;
      response.end(first);
      single.put(first);
      const second = single.get().fill(0xbb) as PooledBuffer;
      response.once('close', () => single.put(second));
    });
    const body = await readSlowly(await ask(port));
    expect(body.length).toBe(ONE);
    expect(body.includes(0xbb)).toBe(true);
  });

  test('with putAfter the block is not to be had before the response is out, and every byte is right', async () => {
    let put: Promise<void> | undefined;
    const port = await serve((_, response) => {
      const first = single.get().fill(0xaa) as PooledBuffer;
      response.end(first);
      put = single.putAfter(response, first);
      expect(() => single.get()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED' }));
    });
    const response = await ask(port);
    // The headers are here, the body cannot be out: it fits into no socket.
    expect(() => single.get()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXHAUSTED' }));
    const body = await readSlowly(response);
    expect(body.equals(Buffer.alloc(ONE, 0xaa))).toBe(true);
    await put;
    single.put(single.get());
  });

  test('serves many slow clients at once from few blocks, every byte right', async () => {
    const puts: Promise<void>[] = [];
    const port = await serve(async (request, response) => {
      const salt = Number(request.url?.slice(1));
      const block = await scarce.acquire(1);
      block.set(pattern(block.length, salt));
      response.end(block);
      puts.push(scarce.putAfter(response, block));
    });
    const salts = Array.from({ length: 24 }, (_, i) => i);
    const bodies = await Promise.all(salts.map(async (salt) => readSlowly(await ask(port, `/${salt}`))));
    for (const salt of salts) expect(bodies[salt]?.equals(pattern(256 * KiB, salt)), `/${salt}`).toBe(true);
    await Promise.all(puts);
    expect(puts.length).toBe(24);
  });

  test('gets the block back when the client hangs up in the middle', async () => {
    const ended = new Promise<void>((resolve) => {
      serve((_, response) => {
        const block = single.get();
        response.end(block);
        resolve(single.putAfter(response, block));
      }).then(async (port) => {
        const response = await ask(port);
        response.on('error', () => undefined); // aborted, as it should be
        response.destroy();
      });
    });
    await ended;
    single.put(single.get());
  });
});

describe('putAfter', () => {
  test('waits for a file to be written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'syncpool-put-'));
    const block = filled(64 * KiB, 1);
    const stream = createWriteStream(join(folder, 'file'));
    stream.end(block);
    await pool.putAfter(stream, block);
    expect(stream.writableFinished).toBe(true);
    expect(readFileSync(join(folder, 'file')).equals(pattern(64 * KiB, 1))).toBe(true);
    rmSync(folder, { recursive: true });
  });

  test('waits for both ends of a transform', async () => {
    const block = filled(64 * KiB, 2);
    const gzip = createGzip();
    gzip.end(block);
    let isPut = false;
    const put = pool.putAfter(gzip, block).then(() => {
      isPut = true;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of gzip) {
      expect(isPut).toBe(false);
      chunks.push(chunk);
    }
    await put;
    expect(gunzipSync(Buffer.concat(chunks)).equals(pattern(64 * KiB, 2))).toBe(true);
  });

  test('puts after a stream that fails, whose error stays its owner’s', async () => {
    const block = pool.get(1);
    const failure = new Error('the disk is full');
    const stream = new Writable({ write: (_chunk, _encoding, done) => setImmediate(done, failure) });
    const failed = expect(finished(stream)).rejects.toBe(failure);
    stream.write(block);
    await pool.putAfter(stream, block);
    await failed;
    expect(() => pool.put(block)).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_DOUBLE_PUT' }));
  });

  test('puts after a stream that is destroyed, and at once if it was destroyed before', async () => {
    const stream = new PassThrough();
    const [first, second] = [pool.get(1), pool.get(1)];
    const put = pool.putAfter(stream, first);
    stream.destroy();
    await put;
    await pool.putAfter(stream, second);
  });

  test('puts after a promise, resolved or rejected, and does not reject itself', async () => {
    for (const settle of ['resolve', 'reject'] as const) {
      const block = pool.get(1);
      const deferred: { resolve?: (value: unknown) => void; reject?: (reason: unknown) => void } = {};
      const promise = new Promise((resolve, reject) => Object.assign(deferred, { resolve, reject }));
      const put = pool.putAfter(promise, block);
      await new Promise(setImmediate);
      expect(leased()).toBe(1);
      deferred[settle]?.(new Error('the reason'));
      await expect(put).resolves.toBeUndefined();
      expect(leased()).toBe(0);
      if (settle === 'reject') await expect(promise).rejects.toThrow('the reason');
    }
  });

  test('refuses what it cannot wait for, and leaves the buffer leased', async () => {
    const block = pool.get(1);
    for (const what of [undefined, null, 1, 'x', {}, () => 1, block]) {
      const refused = pool.putAfter(what as never, block);
      await expect(refused).rejects.toMatchObject({ code: 'ERR_SYNCPOOL_INVALID_OPTION' });
    }
    expect(leased()).toBe(1);
    pool.put(block);
  });

  test('refuses a buffer that is not held, without waiting, and says so when it was put meanwhile', async () => {
    const block = pool.get(1);
    const never = new Promise(() => undefined);
    await expect(pool.putAfter(never, block.subarray(1) as PooledBuffer)).rejects.toMatchObject({
      code: 'ERR_SYNCPOOL_FOREIGN_BUFFER',
    });
    const put = pool.putAfter(Promise.resolve(), block);
    pool.put(block);
    await expect(put).rejects.toMatchObject({ code: 'ERR_SYNCPOOL_DOUBLE_PUT' });
    await expect(pool.putAfter(never, block)).rejects.toMatchObject({ code: 'ERR_SYNCPOOL_DOUBLE_PUT' });
  });
});

/** What is no promise of the language. Named so that nobody takes it for a slip. */
function thenable(waits: PromiseLike<unknown>['then']): PromiseLike<unknown> {
  const name = 'then';
  return { [name]: waits };
}

describe('withBuffer', () => {
  test('puts after a function that returns, whose value it gives', () => {
    const given = pool.withBuffer(1000, (buffer) => {
      expect(leased()).toBe(1);
      return buffer.length;
    });
    expect(given).toBe(4 * KiB);
    expect(leased()).toBe(0);
  });

  test('puts after a function that throws, and throws the same', () => {
    const failure = new Error('in the function');
    const call = () =>
      pool.withBuffer(1, () => {
        throw failure;
      });
    expect(call).toThrow(failure);
    expect(leased()).toBe(0);
  });

  test.each(['resolves', 'rejects'])('puts after a promise that %s, before its caller goes on', async (how) => {
    const steps: string[] = [];
    const call = pool.withBuffer(1, async (buffer) => {
      await new Promise(setImmediate);
      steps.push(`leased ${leased()}`);
      if (how === 'rejects') throw new Error('in the function');
      return buffer.length;
    });
    steps.push(`called ${leased()}`);
    if (how === 'rejects') await expect(call).rejects.toThrow('in the function');
    else expect(await call).toBe(4 * KiB);
    expect(steps).toEqual(['called 1', 'leased 1']);
    expect(leased()).toBe(0);
  });

  test('waits for what is no promise of the language too, asks it once, and puts though its `then` throws', async () => {
    let asked = 0;
    const lazy = thenable((...settled) => {
      asked += 1;
      return new Promise((resolve) => setImmediate(resolve, leased())).then(...settled);
    });
    expect(await pool.withBuffer(1, () => lazy)).toBe(1);
    expect([asked, leased()]).toEqual([1, 0]);
    const broken = thenable(() => {
      throw new Error('in then');
    });
    await expect(pool.withBuffer(1, () => broken)).rejects.toThrow('in then');
    await pool.putAfter(broken, pool.get(1));
    expect(leased()).toBe(0);
  });

  test('leaves a buffer alone that the function put or detached itself', () => {
    pool.withBuffer(1, (buffer) => pool.put(buffer));
    const message = pool.withBuffer(1, (buffer) => pool.detach(buffer));
    expect(pool.discard(message)).toBe(true);
    expect(leased()).toBe(0);
  });
});
