// A worker of steals.mjs.
import { threadId } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';
import { answer } from './crew.mjs';

const pool = attachRuntime().pool('steals');
const held = [];

function ownStats() {
  const { retained, freshBlocks, stolenByDistance } = pool
    .stats()
    .classes[0].processors.find(({ thread }) => thread === threadId);
  return { retained, freshBlocks, stolenByDistance };
}

answer({
  lease(count) {
    for (let i = 0; i < count; i += 1) held.push(pool.get());
    return ownStats();
  },
  put(count) {
    for (const buffer of held.splice(0, count)) pool.put(buffer);
    return ownStats();
  },
});
