// What the tests share: a service in this process, requests to it, and bodies.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { Service } from '../service.js';
import { KiB, MiB } from '../sizes.js';

export const LIMIT = 1024 * KiB;

/** Bytes that gzip makes nothing of (xorshift32). @param {number} length */
export function noise(length, seed = 1) {
  const bytes = Buffer.alloc(length);
  let state = seed | 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}

/** A service that is closed after the test. @param {import('node:test').TestContext} t @param {object} [settings] */
export async function open(t, settings = {}) {
  const service = new Service({
    port: 0,
    threads: 2,
    limitBytes: LIMIT,
    poolBytes: 16 * MiB,
    level: 6,
    kernel: undefined,
    ...settings,
  });
  t.after(() => service.close());
  return { service, port: await service.listen() };
}

/**
 * @param {number} port
 * @param {Buffer | undefined} body
 * @param {{ method?: string, path?: string, headers?: object, isChunked?: boolean }} [how]
 */
export async function send(port, body, { method = 'POST', path = '/gzip', headers = {}, isChunked = false } = {}) {
  const length = body !== undefined && !isChunked ? { 'content-length': body.length } : {};
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers: { ...length, ...headers }, agent: false });
  const answered = once(outgoing, 'response');
  // A server that has answered early may close before it has read all.
  outgoing.on('error', () => {});
  if (headers.expect === '100-continue') {
    outgoing.flushHeaders();
    await Promise.race([once(outgoing, 'continue'), answered]);
  }
  if (isChunked && body !== undefined)
    for (let at = 0; at < body.length; at += 50_000) outgoing.write(body.subarray(at, at + 50_000));
  outgoing.end(isChunked ? undefined : body);
  const [response] = await answered;
  return { status: response.statusCode, headers: response.headers, content: await buffer(response) };
}

/** Buffers in use and under way, by pool. @param {Service} service */
export function inUse(service) {
  return service.stats().pools.map(({ leased, detached }) => leased + detached);
}

/** Longer than a busy machine takes, shorter than the tests' time limit: that would leave the loop running, and the process. */
const LONGEST_MS = 50_000;

/** Looks until it holds. @param {() => boolean} holds */
export async function until(holds) {
  const end = Date.now() + LONGEST_MS;
  while (!holds()) {
    assert.ok(Date.now() < end, `never came true: ${holds}`);
    await sleep(2);
  }
}

/** @param {Service} service */
export async function expectNothingHeld(service) {
  await until(() => inUse(service).every((count) => count === 0));
  assert.deepEqual(inUse(service), [0, 0]);
}
