// The piscina workers' file. Piscina `require`s it first, so it has no top-level await.

import { gzipSync } from 'node:zlib';
import { attachRuntime } from '@syncpool/core';
import { moveBuffer, pooledTask } from '@syncpool/worker-shim/piscina';
import { gzippedBound } from './sizes.js';

const WAIT_MS = 10_000;
const runtime = () => attachRuntime('http-gzip');

/**
 * Compresses the body from its block, and copies the result into a block of the answers' pool: zlib writes to no memory but its own.
 * The body's block is put by the wrapper when this has returned, which is when zlib has done with it.
 *
 * @param {{ body: import('@syncpool/core').PooledBuffer, level: number }} task
 */
export const gzip = pooledTask(runtime, ({ body, level }) => {
  const bytes = body.subarray(0, body.usedLength);
  const zipped = gzipSync(bytes, { level, chunkSize: Math.max(gzippedBound(bytes.length), 64) });
  // Waits while all are under way to clients; the main thread puts them, and needs no worker for that.
  const answer = runtime().pool('answers').acquireSync(zipped.length, WAIT_MS);
  answer.set(zipped);
  return moveBuffer(answer, zipped.length);
});
