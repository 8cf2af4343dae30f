// How payload.js passes a payload to the worker and gets the answer, by variant: functions that send one and check what comes back.

import { Piscina } from 'piscina';
import * as cloned from './lib/touch.js?clone';
import * as pooled from './lib/touch.js?pooled';
import * as shared from './lib/touch.js?shared';
import * as task from './lib/touch.js?task';
import * as transferred from './lib/touch.js?transferred';

export const CLONE = 'clone';
export const TRANSFER = 'transfer list';
export const SAME = 'transfer list, back and forth';
export const SHARED = 'a SharedArrayBuffer per message';
export const FLOOR = 'floor: one SharedArrayBuffer';
export const POOLED = 'pooled handle';
export const TASK = 'PooledPiscina';

function overShared(piscina, memoryOf) {
  return async (value) => {
    const memory = memoryOf();
    const view = new Uint8Array(memory);
    shared.fill(view, value);
    await piscina.run(memory, { name: 'share' });
    shared.check(view, value);
  };
}

function overTransferred(piscina, payloadOf) {
  return async (value) => {
    const payload = payloadOf();
    transferred.fill(payload, value);
    const answer = await piscina.run(Piscina.move(payload), { name: 'transfer' });
    transferred.check(answer, value);
    return answer;
  };
}

function overPooled(pool, size, touch, answerTo) {
  return async (value) => {
    const buffer = pool.get(size);
    touch.fill(buffer, value);
    const answer = await answerTo(buffer);
    touch.check(answer, value);
    pool.put(answer);
  };
}

export function variantsOf(size, { piscina, pooledPiscina, pool }) {
  const source = new Uint8Array(size);
  const one = new SharedArrayBuffer(size);
  let last = Buffer.allocUnsafeSlow(size);
  const backAndForth = overTransferred(piscina, () => last);
  return {
    [CLONE]: async (value) => {
      cloned.fill(source, value);
      cloned.check(await piscina.run(source, { name: 'clone' }), value);
    },
    // Of what can be transferred the cheapest: its memory is not cleared first.
    [TRANSFER]: overTransferred(piscina, () => Buffer.allocUnsafeSlow(size)),
    // A pool of one, by hand: there is never more than one message under way.
    [SAME]: async (value) => {
      last = await backAndForth(value);
    },
    [SHARED]: overShared(piscina, () => new SharedArrayBuffer(size)),
    [FLOOR]: overShared(piscina, () => one),
    [POOLED]: overPooled(pool, size, pooled, async (buffer) =>
      pool.adopt(await piscina.run(pool.detach(buffer), { name: 'adopt' })),
    ),
    [TASK]: overPooled(pool, size, task, (buffer) => pooledPiscina.run(buffer, { name: 'task' })),
  };
}
