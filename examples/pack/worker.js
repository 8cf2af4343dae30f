// The piscina workers' file: a handler for each variant. Piscina `require`s it first, so it has no top-level await.

import { attachRuntime } from '@syncpool/core';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { deflate, digestOf } from './work.js';

/**
 * @template Item
 * @typedef {{ level: number, inputs: Item[] }} Task what is posted to a worker
 */

/**
 * @template Item
 * @typedef {{ digests: string[], outputs: Item[] }} Answer sha256 of each input, and each input deflated
 */

/** @type {{ inputs: import('@syncpool/core').BufferPool, outputs: import('@syncpool/core').BufferPool } | undefined} */
let pools;

function openPools() {
  const runtime = attachRuntime('pack');
  pools = { inputs: runtime.pool('inputs'), outputs: runtime.pool('outputs') };
  return pools;
}

/**
 * Adopts each input, works from its block, and puts it back itself: the main thread steals it from here when
 * it next needs one. The output goes into a block of the other pool, and its message into the answer.
 *
 * @param {Task<import('@syncpool/core').Message>} task
 * @returns {Answer<import('@syncpool/core').Message>}
 */
export function pooled({ level, inputs: messages }) {
  const { inputs, outputs } = pools ?? openPools();
  /** @type {Answer<import('@syncpool/core').Message>} */
  const answer = { digests: [], outputs: [] };
  for (const message of messages) {
    const input = inputs.adopt(message);
    const bytes = input.subarray(0, input.usedLength);
    answer.digests.push(digestOf(bytes));
    const deflated = deflate(bytes, level);
    inputs.put(input);
    // Blocks the thread until the main thread has put one; plan.js says why it will.
    const output = outputs.acquireSync(deflated.length);
    output.set(deflated);
    answer.outputs.push(outputs.detach(output, deflated.length));
  }
  return answer;
}

/**
 * An ArrayBuffer per output, transferred. Only a result that lies in Buffer's own pool has to be copied for that.
 *
 * @param {Task<Uint8Array>} task
 */
export function transfer({ level, inputs }) {
  /** @type {Answer<Uint8Array>} */
  const answer = { digests: [], outputs: [] };
  for (const bytes of inputs) {
    answer.digests.push(digestOf(bytes));
    const deflated = deflate(bytes, level);
    answer.outputs.push(deflated.buffer.byteLength === Buffer.poolSize ? ownCopy(deflated) : deflated);
  }
  return move({
    [transferableSymbol]: answer.outputs.map((output) => output.buffer),
    [valueSymbol]: answer,
  });
}

/**
 * Outputs are cloned into the answer. A clone takes a view's whole ArrayBuffer along, so each output gets one of its size.
 *
 * @param {Task<Uint8Array>} task
 * @returns {Answer<Uint8Array>}
 */
export function clone({ level, inputs }) {
  return {
    digests: inputs.map(digestOf),
    outputs: inputs.map((bytes) => ownCopy(deflate(bytes, level))),
  };
}

/** @param {Uint8Array} bytes */
function ownCopy(bytes) {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
