// What a lease writes that nobody may find afterwards, and looking for it in all of a runtime's data memory.

import type { PooledBuffer, RuntimeToken } from '@syncpool/core';
import { blockAt, C_SIZE, C_UNITS, H_SLAB_COUNT, L_STATE, S_WORD, UNIT_BYTES } from '../../src/kernel/layout.ts';
import { FREE, IN_DEQUE, tagOf } from '../../src/kernel/line.ts';
import { SLAB_ACTIVE, freshOf, slabClassOf, slabTagOf } from '../../src/kernel/slab.ts';
import { dataOffsetOf } from '../../src/host/geometry.ts';
import { kernelOf } from './invariants.ts';

const SECRET = Buffer.from('known to one lease only. ');
const CHUNK = 64 * 1024;
const zeros = Buffer.alloc(CHUNK);

/** Writes it all over a buffer. */
export function keepSecret(buffer: PooledBuffer | Uint8Array): void {
  Buffer.prototype.fill.call(buffer, SECRET);
}

/** Whether the bytes are all zero. */
export function isBlank(bytes: Uint8Array): boolean {
  return firstByteIn(bytes) === -1;
}

/** Offset of the first byte that is not zero, -1 if there is none. */
function firstByteIn(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const length = Math.min(CHUNK, bytes.length - at);
    if (zeros.compare(bytes, at, at + length, 0, length) === 0) continue;
    return at + Uint8Array.prototype.findIndex.call(bytes.subarray(at), (byte) => byte !== 0);
  }
  return -1;
}

/** Offset in data memory of the first byte that is not zero, -1 if there is none. */
export function traceIn({ data }: RuntimeToken): number {
  return firstByteIn(new Uint8Array(data));
}

/** Offset in data memory of the first secret, -1 if there is none. */
export function secretIn({ data }: RuntimeToken): number {
  return Buffer.from(data).indexOf(SECRET);
}

/** Every block that is cut: the state in its line, and its bytes. */
function* blocksOf(token: RuntimeToken): Generator<{ readonly state: number; readonly bytes: Uint8Array }> {
  const kernel = kernelOf(token);
  for (let slab = 1; slab <= kernel.loadPlain(H_SLAB_COUNT); slab++) {
    const word = kernel.loadShared(kernel.slabAt(slab) + S_WORD);
    if (slabTagOf(word) !== SLAB_ACTIVE) continue;
    const cls = kernel.classAt(slabClassOf(word));
    const size = kernel.loadPlain(cls + C_SIZE);
    for (let number = 0; number < freshOf(word); number++) {
      const block = blockAt(slab, number);
      const offset = dataOffsetOf(block, kernel.loadPlain(cls + C_UNITS) * UNIT_BYTES);
      const state = kernel.loadPlain(kernel.lineAt(block) + L_STATE);
      yield { state, bytes: new Uint8Array(token.data, offset, size) };
    }
  }
}

/** How many blocks that are OWNED by that row and incarnation have bytes that are not zero. */
export function ownedWithBytes(token: RuntimeToken, owner: number): number {
  let count = 0;
  for (const { state, bytes } of blocksOf(token)) if (state === owner && !isBlank(bytes)) count += 1;
  return count;
}

/** How many free blocks, home or in deques, have bytes that are not zero. */
export function freeWithBytes(token: RuntimeToken): number {
  let count = 0;
  for (const { state, bytes } of blocksOf(token)) {
    if ((tagOf(state) === FREE || tagOf(state) === IN_DEQUE) && !isBlank(bytes)) count += 1;
  }
  return count;
}

/** Writes secrets into every block that a row owns: what its users have left. */
export function keepSecrets(token: RuntimeToken, owner: number): void {
  for (const { state, bytes } of blocksOf(token)) if (state === owner) keepSecret(bytes);
}
