// Requests that are right, wrong, and broken off: each gets its status, and no block stays behind.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { expectNothingHeld, inUse, LIMIT, noise, open, send, until } from './support.js';

const MINUTE = { timeout: 60_000 };

test('bodies of any length up to the limit come back compressed, announced or in chunks', MINUTE, async (t) => {
  const { service, port } = await open(t);
  for (const length of [0, 1, 4096, 4097, 65_536, 200_000, LIMIT - 1, LIMIT]) {
    for (const isChunked of [false, true]) {
      for (const body of [noise(length, length), Buffer.alloc(length, 'text ')]) {
        const { status, headers, content } = await send(port, body, {
          isChunked,
          headers: { 'content-type': 'text/x' },
        });
        assert.deepEqual([status, headers['content-encoding'], headers['content-type']], [200, 'gzip', 'text/x']);
        assert.equal(Number(headers['content-length']), content.length);
        assert.ok(gunzipSync(content).equals(body), `${length} bytes, chunked: ${isChunked}`);
      }
    }
  }
  await expectNothingHeld(service);
  assert.equal(service.stats().tasks.gzip.leaked, 0);
});

test('a body of no announced length and none at all is an empty one', MINUTE, async (t) => {
  const { port } = await open(t);
  const { status, content } = await send(port, undefined);
  assert.deepEqual([status, gunzipSync(content).length], [200, 0]);
});

for (const isChunked of [false, true]) {
  for (const length of [LIMIT + 1, 8 * LIMIT]) {
    test(`${length} bytes are too large${isChunked ? ', in chunks' : ''}`, MINUTE, async (t) => {
      const { service, port } = await open(t);
      const { status, headers, content } = await send(port, noise(length), { isChunked });
      assert.deepEqual(
        [status, headers.connection, String(content)],
        [413, 'close', `a body has ${LIMIT} bytes at most\n`],
      );
      await expectNothingHeld(service);
      assert.equal((await send(port, Buffer.from('next'))).status, 200);
    });
  }
}

test('what is announced as too large is refused before it is sent', MINUTE, async (t) => {
  const { service, port } = await open(t);
  const refused = await send(port, noise(2 * LIMIT), { headers: { expect: '100-continue' } });
  assert.equal(refused.status, 413);
  const body = noise(LIMIT);
  const taken = await send(port, body, { headers: { expect: '100-continue' } });
  assert.ok(gunzipSync(taken.content).equals(body));
  await expectNothingHeld(service);
});

for (const [method, path, status, allow] of [
  ['GET', '/gzip', 405, 'POST'],
  ['HEAD', '/gzip', 405, 'POST'],
  ['PUT', '/gzip', 405, 'POST'],
  ['POST', '/stats', 405, 'GET'],
  ['GET', '/', 404],
  ['POST', '/gzip/more', 404],
  ['POST', '//', 400],
]) {
  test(`${method} ${path}: ${status}`, MINUTE, async (t) => {
    const { port } = await open(t);
    const { status: got, headers, content } = await send(port, undefined, { method, path });
    assert.deepEqual([got, headers.allow], [status, allow]);
    assert.equal(content.length > 0, method !== 'HEAD');
  });
}

for (const [what, text, status] of [
  ['no HTTP at all', 'nonsense\r\n\r\n', 400],
  ['a length that is no number', 'POST /gzip HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n', 400],
  ['a negative length', 'POST /gzip HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 400],
  [
    'both a length and chunks',
    'POST /gzip HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    400,
  ],
  ['a broken chunk', 'POST /gzip HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
  ['a header that is too long', `POST /gzip HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
]) {
  test(`${what}: ${status}`, MINUTE, async (t) => {
    const { service, port } = await open(t);
    const socket = connect(port, '127.0.0.1');
    socket.write(text);
    let answer = '';
    socket.setEncoding('latin1').on('data', (data) => {
      answer += data;
    });
    await once(socket, 'close');
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
    await expectNothingHeld(service);
  });
}

test('a client that goes away while it sends: its block goes back', MINUTE, async (t) => {
  const { service, port } = await open(t);
  for (const head of ['Content-Length: 100000', 'Transfer-Encoding: chunked']) {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /gzip HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n${head.startsWith('T') ? '5\r\nfirst\r\n' : 'first'}`,
    );
    await until(() => inUse(service)[0] === 1);
    socket.destroy();
    await expectNothingHeld(service);
  }
});

test(
  'a client that goes away while it waits for its answer, or does not read it: the block goes back',
  MINUTE,
  async (t) => {
    // More than the system keeps for a client that does not read: so the answers' blocks stay in use.
    const length = 12 * LIMIT;
    const { service, port } = await open(t, { limitBytes: length, poolBytes: 4 * length });
    const sockets = Array.from({ length: 3 }, () => connect(port, '127.0.0.1').pause());
    t.after(() => {
      for (const socket of sockets) socket.destroy();
    });
    const body = noise(length);
    for (const socket of sockets) {
      socket.on('error', () => {});
      socket.write(`POST /gzip HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`);
      socket.write(body);
    }
    await until(() => inUse(service)[1] > 0);
    for (const socket of sockets) socket.destroy();
    await until(() => service.stats().underWay === 0);
    await expectNothingHeld(service);
  },
);

test('clients wait for a block when all are in use, and all are answered', MINUTE, async (t) => {
  const { service, port } = await open(t, { poolBytes: 8 * 1024 * 1024 });
  const bodies = Array.from({ length: 40 }, (_, i) => noise(LIMIT, i + 1));
  const answers = await Promise.all(bodies.map((body, i) => send(port, body, { isChunked: i % 2 === 0 })));
  for (const [i, { status, content }] of answers.entries()) {
    assert.equal(status, 200);
    assert.ok(gunzipSync(content).equals(bodies[i]));
  }
  await expectNothingHeld(service);
});

test('stats are JSON', MINUTE, async (t) => {
  const { port } = await open(t);
  await send(port, Buffer.from('x'));
  const { status, content } = await send(port, undefined, { method: 'GET', path: '/stats' });
  const { answered, pools, tasks, rss } = JSON.parse(String(content));
  assert.equal(status, 200);
  assert.deepEqual(answered, { 200: 1 });
  assert.deepEqual(
    pools.map(({ name, leased }) => [name, leased]),
    [
      ['bodies', 0],
      ['answers', 0],
    ],
  );
  assert.deepEqual(tasks.gzip, { runs: 1, failed: 0, leaked: 0, reclaimed: 0 });
  assert.ok(rss > 0);
});
