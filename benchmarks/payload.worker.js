// The worker's side of payload.js: a task for each variant.

import { attachRuntime } from '@syncpool/core';
import { pooledTask } from '@syncpool/worker-shim/piscina';
import { move } from 'piscina';
import { allocatedBytes, collect, watchCollections } from './lib/heap.js';
import { answer as answerClone } from './lib/touch.js?clone';
import { answer as answerPooled } from './lib/touch.js?pooled';
import { answer as answerShared } from './lib/touch.js?shared';
import { answer as answerTask } from './lib/touch.js?task';
import { answer as answerTransferred } from './lib/touch.js?transferred';

export const collectedMs = watchCollections();

export { allocatedBytes, collect };

export function clone(payload) {
  answerClone(payload);
  return payload;
}

export function transfer(payload) {
  answerTransferred(payload);
  return move(payload);
}

/** The caller has the memory too. */
export function share(memory) {
  answerShared(new Uint8Array(memory));
}

export function adopt(message) {
  const pool = attachRuntime().pool('payloads');
  const buffer = pool.adopt(message);
  answerPooled(buffer);
  return pool.detach(buffer);
}

export const task = pooledTask(attachRuntime, (buffer) => {
  answerTask(buffer);
  return buffer;
});
