// Adopts the lists of messages that it gets, tells what was in them, and sends content of its own.

import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, ByteBuffer, type Message } from '@syncpool/core';
import { pattern } from '../support/pattern.ts';

const runtime = attachRuntime(workerData.runtime);
const pool = runtime.pool('bytes');
if (parentPort === null) throw new Error('not in a worker');

const [lists] = (await once(parentPort, 'message')) as [Message[][]];
const seen = lists.map((messages) => {
  const content = new ByteBuffer(pool);
  for (const message of messages) {
    const buffer = pool.adopt(message);
    content.write(buffer.subarray(0, buffer.usedLength));
    pool.put(buffer);
  }
  const copy = Uint8Array.from(content.bytes());
  content[Symbol.dispose]();
  return copy;
});
const own = new ByteBuffer(pool);
own.write(pattern(20_000, 5));
parentPort.postMessage({ seen, messages: own.detachAll() });
runtime.leave();
