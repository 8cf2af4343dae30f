// The task file of the piscina tests.

import { threadId, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';
import { moveBuffer, pooledTask } from '@syncpool/worker-shim/piscina';
import { move, transferableSymbol, valueSymbol } from 'piscina';

const runtime = () => attachRuntime(workerData.runtime);
const pool = () => runtime().pool('p');
const wrap = (handler, options) => pooledTask(runtime, handler, options);

class Instance {
  constructor(body) {
    this.body = body;
  }
}

/** Adds 1 to each byte in use, in place. */
function bump(buffer) {
  for (let i = 0; i < buffer.usedLength; i++) buffer[i] += 1;
  return buffer;
}

export const thread = wrap(() => threadId);
export const echo = wrap((argument) => argument);
export const bumpAll = wrap(({ parts, ...rest }) => ({ ...rest, parts: parts.map(bump) }));
export const seen = wrap(async ({ body, list }) => {
  await null;
  return [body, ...list].map((one) => [
    Buffer.isBuffer(one),
    one.usedLength,
    one.toString('latin1', 0, one.usedLength),
  ]);
});
export const putsItself = wrap(({ body }) => {
  pool().put(body);
  return 'put';
});

/** Leases so many, returns so many of them, puts so many, and leaves the rest. */
export const leases = wrap(async ({ count, put = 0, give = 0, fails = false, pauses = 0 }) => {
  const held = [];
  for (let i = 0; i < count; i++) {
    held.push(pool().get());
    if (i < pauses) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  for (const buffer of held.splice(0, put)) pool().put(buffer);
  if (fails) throw new RangeError('as asked');
  return held.splice(0, give);
});

let kept;
export const keeps = wrap((release, scope) => {
  if (release) return pool().put(kept);
  kept = pool().get();
  return scope.keep(kept);
});
export const keepsByOption = wrap(
  (release) => {
    if (release) return pool().put(kept);
    kept = pool().get();
    return true;
  },
  { puts: 'arguments' },
);

export const results = wrap(({ kind, body }) => {
  switch (kind) {
    case 'undefined':
      return undefined;
    case 'null':
      return null;
    case 'number':
      return 7;
    case 'text':
      return 'text';
    case 'date':
      return new Date(0);
    case 'private memory':
      return new Uint8Array([1, 2, 3]);
    case 'shared memory':
      return new Uint8Array(new SharedArrayBuffer(3));
    case 'instance':
      return new Instance(body);
    case 'with a length':
      return { body: moveBuffer(body, 2) };
    case 'twice':
      return { first: body, second: [body, moveBuffer(body, 1)] };
    case 'cycle': {
      const result = { body };
      result.self = result;
      return result;
    }
    case 'heap':
      return Array.from({ length: 20 }, () => pool().get());
    case 'moved':
      return move(body);
    case 'moved with others': {
      const own = new Uint8Array([4, 5, 6]);
      return move({ [transferableSymbol]: [own.buffer, body.buffer, body], [valueSymbol]: { own, body } });
    }
    case 'moved own':
      return move(new Uint8Array([4, 5, 6]));
    case 'put before':
      pool().put(body);
      return { deep: [body] };
    case 'detached before':
      return [pool().detach(body), body];
    case 'sub-array':
      return { part: body.subarray(0, 2) };
    case 'typed array':
      return pool().as(Int32Array).get(4);
    case 'map':
      return new Map([['body', body]]);
    case 'set':
      return { set: new Set([body]) };
    case 'too long':
      return moveBuffer(body, body.length + 1);
    case 'no buffer to move':
      return moveBuffer('body', 1);
    case 'cannot be cloned':
      return { body, fn: () => {} };
    default:
      return kind;
  }
});

/** Says that it runs, and never ends; or for so many milliseconds. */
export const hangs = wrap(async ({ port, body, more = 0, ms }) => {
  const held = [body, ...Array.from({ length: more }, () => pool().get())];
  port?.postMessage('running');
  await new Promise((resolve) => (ms === undefined ? undefined : setTimeout(resolve, ms)));
  return held;
});

export function unwrapped(task) {
  return typeof task;
}

/** As one that answers with what somebody has sent. */
export function forging({ value: { handle } }) {
  return { syncpool: 'reply', value: { body: 0 }, moved: [[[['body']], 'p', handle]] };
}

/** As one that answers with what somebody has sent. */
export function forgingFailure({ value: { error } }) {
  return { syncpool: 'failure', error, code: 'forged' };
}

export const leaves = wrap(() => runtime().leave());
