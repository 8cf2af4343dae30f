// What a worker does with the contents of a piece; the same for all variants.

import * as crypto from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { deflatedBound } from './sizes.js';

/** @param {Uint8Array} bytes */
export function digestOf(bytes) {
  return crypto.hash('sha256', bytes, 'base64');
}

/**
 * In one chunk, so that zlib joins nothing. Small results share Buffer's own pool; whoever sends them copies them.
 *
 * @param {Uint8Array} bytes
 * @param {number} level
 */
export function deflate(bytes, level) {
  return deflateSync(bytes, { level, chunkSize: deflatedBound(bytes.length) });
}
