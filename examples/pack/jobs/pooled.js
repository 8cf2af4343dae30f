// Pooled buffers: a file is read straight into a block, the block's message posted, the answer's block adopted and put.

import { createRuntime } from '@syncpool/core';
import { BLOCK_BYTES, deflatedBound, MiB } from '../sizes.js';

/** Slabs are whole MiB: what blocks that do not divide one leave over, and a slab begun per pool. */
const SLACK = 1.25;

/**
 * @param {Pick<import('../args.js').Settings, 'blocks' | 'threads' | 'kernel'>} settings
 */
export function openPooled({ blocks, threads, kernel }) {
  const outputBytes = deflatedBound(BLOCK_BYTES);
  const runtime = createRuntime({
    name: 'pack',
    maxBytes: Math.ceil((blocks * (BLOCK_BYTES + outputBytes) * SLACK) / MiB + 2) * MiB,
    maxProcessors: threads + 1,
    kernel,
  });
  const inputs = runtime.pool('inputs', { blockSize: BLOCK_BYTES, maxBytes: blocks * BLOCK_BYTES });
  const outputs = runtime.pool('outputs', { blockSize: outputBytes, maxBytes: blocks * (outputBytes + 64) });
  return {
    /** @type {'pooled'} */
    name: 'pooled',

    /** Waits when all blocks are in use: maxBytes slows the reader down, and fails nothing. @type {import('../job.js').Room} */
    room: (length, signal) => inputs.acquire(Math.max(1, length), { signal }),

    /** @param {import('@syncpool/core').PooledBuffer} buffer */
    drop: (buffer) => inputs.put(buffer),

    /** @param {import('@syncpool/core').PooledBuffer} buffer @param {number} length */
    message: (buffer, length) => inputs.detach(buffer, length),

    /** Nothing is transferred: a message is a number. */
    transferList: () => undefined,

    /** @template T @param {import('@syncpool/core').Message} message @param {(bytes: Uint8Array) => T} use */
    withOutput(message, use) {
      const output = outputs.adopt(message);
      const result = use(output.subarray(0, output.usedLength));
      outputs.put(output);
      return result;
    },

    stats: () => ({ kernel: runtime.kernel, inputs: inputs.stats(), outputs: outputs.stats() }),

    close: () => runtime.close(),
  };
}
