// Sockets and HTTP over blocks: what is sent from a block arrives, and what arrives can land in one.

import * as dgram from 'node:dgram';
import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import { Readable } from 'node:stream';
import { buffer as collected } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { PooledBuffer } from '@syncpool/core';
import { afterEach, expect, test } from 'vitest';
import { pattern } from '../support/pattern.ts';
import { blank, filledPart, PART_AT, pool } from './pooled.ts';

const LENGTH = 50_000;

const servers: net.Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((closed) => server.close(closed));
});

/** Listens until the test ends; the port. */
async function listen(server: net.Server): Promise<number> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as net.AddressInfo).port;
}

test('net: write sends a block and its parts in order, and the other end gets every byte', async () => {
  const { whole, part } = filledPart(LENGTH);
  const port = await listen(
    net.createServer((socket) => {
      socket.write(part.subarray(0, 9));
      socket.write(part.subarray(9, 40_000));
      socket.end(part.subarray(40_000));
    }),
  );
  const received = await collected(net.connect(port, '127.0.0.1'));
  expect(received.equals(pattern(LENGTH))).toBe(true);
  pool.put(whole);
});

test.each([
  ['a block', (block: PooledBuffer) => block],
  ['a part of a block', (block: PooledBuffer) => block.subarray(PART_AT, PART_AT + 1000)],
])('net: onread receives straight into %s', async (_, target) => {
  const port = await listen(net.createServer((socket) => socket.end(pattern(LENGTH))));
  const block = blank(4096);
  const into = target(block);
  const seen: Buffer[] = [];
  const callback = (count: number, buffer: Uint8Array) => {
    expect(buffer).toBe(into);
    seen.push(Buffer.from(into.subarray(0, count))); // a copy: the next read overwrites it
    return true;
  };
  const socket = net.connect({ port, host: '127.0.0.1', onread: { buffer: into, callback } });
  await once(socket, 'close');
  expect(seen.every((chunk) => chunk.length <= into.length)).toBe(true);
  expect(Buffer.concat(seen).equals(pattern(LENGTH))).toBe(true);
  const outside = [...block].filter((_, i) => i < into.byteOffset - block.byteOffset);
  expect(outside.every((byte) => byte === 0xee)).toBe(true);
  pool.put(block);
});

test('net: a socket in a pipeline of blocks', async () => {
  const { whole, part } = filledPart(LENGTH, 3);
  const port = await listen(net.createServer((socket) => pipeline(Readable.from([part, whole]), socket)));
  const received = await collected(net.connect(port, '127.0.0.1'));
  expect(received.equals(Buffer.concat([part, whole]))).toBe(true);
  pool.put(whole);
});

test('dgram: a datagram is sent from a block, by offset, and from several parts', async () => {
  const { whole, part } = filledPart(1000, 4);
  const receiver = dgram.createSocket('udp4');
  const sender = dgram.createSocket('udp4');
  await once(receiver.bind(0, '127.0.0.1'), 'listening');
  const { port } = receiver.address();
  const datagrams: [Buffer, () => void][] = [
    [pattern(1000, 4), () => sender.send(part, port, '127.0.0.1')],
    [pattern(1000, 4).subarray(0, 700), () => sender.send(whole, PART_AT, 700, port, '127.0.0.1')],
    [pattern(1000, 4), () => sender.send([part.subarray(0, 9), part.subarray(9)], port, '127.0.0.1')],
  ];
  for (const [wanted, send] of datagrams) {
    const arrived = once(receiver, 'message');
    send();
    expect(wanted.equals((await arrived)[0])).toBe(true);
  }
  receiver.close();
  sender.close();
  pool.put(whole);
});

function writeAll(to: http.OutgoingMessage, parts: Buffer[]): http.OutgoingMessage {
  for (const part of parts) to.write(part);
  return to;
}

/** Each way to give a body to a request or a response. */
const BODIES: [string, (to: http.OutgoingMessage, part: Buffer) => unknown][] = [
  ['end', (to, part) => to.end(part)],
  ['write and end', (to, part) => writeAll(to, [part.subarray(0, 9)]).end(part.subarray(9))],
  ['several writes', (to, part) => writeAll(to, [part.subarray(0, 9), part.subarray(9, 99), part.subarray(99)]).end()],
  ['a pipeline', (to, part) => pipeline(Readable.from([part.subarray(0, 9), part.subarray(9)]), to)],
];

test.each(BODIES)('http: bodies go both ways from blocks, and land in blocks: %s', async (_, send) => {
  const asked = filledPart(LENGTH, 5);
  const answer = filledPart(LENGTH, 6);
  const landed = blank(PART_AT + LENGTH);
  const server = http.createServer(async (request, response) => {
    let at = PART_AT;
    for await (const chunk of request) at += chunk.copy(landed, at);
    expect(at).toBe(PART_AT + LENGTH);
    send(response, answer.part);
  });
  const port = await listen(server);
  const request = http.request({ port, host: '127.0.0.1', method: 'POST', agent: false });
  send(request, asked.part);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  expect((await collected(response)).equals(pattern(LENGTH, 6))).toBe(true);
  expect(landed.subarray(PART_AT, PART_AT + LENGTH).equals(pattern(LENGTH, 5))).toBe(true);
  expect(landed.subarray(0, PART_AT).every((byte) => byte === 0xee)).toBe(true);
  for (const block of [asked.whole, answer.whole, landed]) pool.put(block);
});
