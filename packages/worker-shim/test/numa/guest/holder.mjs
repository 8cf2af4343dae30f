// A worker of small-blocks.mjs and repinned.mjs: holds blocks of a page each, and says where they are.
import { readlinkSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { attachRuntime, MiB } from '@syncpool/core';
import { answer } from './crew.mjs';
import { nodesOf } from './pages.mjs';

const runtime = attachRuntime();
let held = [];

answer({
  ids() {
    return { thread: threadId, tid: Number(readlinkSync('/proc/thread-self').split('/').at(-1)) };
  },
  lease(pool, count) {
    for (let i = 0; i < count; i += 1) held.push(runtime.pool(pool).get());
  },
  /** Writes all that it holds. How many of those pages each node has, and which mebibytes of the runtime's memory they lie in. */
  write() {
    for (const block of held) block.fill(1);
    const slabs = new Set(held.map(({ byteOffset }) => Math.floor(byteOffset / MiB)));
    return { nodes: nodesOf(held), slabs: [...slabs].sort((a, b) => a - b) };
  },
  put(pool) {
    for (const block of held) runtime.pool(pool).put(block);
    held = [];
  },
  drain(pool) {
    return runtime.pool(pool).drain().returnedBytes;
  },
});
