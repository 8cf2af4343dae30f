// Buffers that a pool with onExhausted: 'heap' serves when it has no block: a SharedArrayBuffer of
// its own each, with a trailer behind the bytes so that it can be handed over like a block. Its
// words are not control memory: nobody but the two ends of one hand-over touches them.

import { SyncPoolError } from './errors.ts';

const TRAILER_BYTES = 16;
const MARK = 0x53504842; // "SPHB"
const HELD = 1;
const SENT = 2;
/** Words of the trailer: the mark, who may hold it, the used length, the id of its class. */
const MARK_WORD = 0;
const STATE_WORD = 1;
const USED_WORD = 2;
const CLASS_WORD = 3;

function trailerOf(memory: SharedArrayBuffer): Int32Array | undefined {
  const at = memory.byteLength - TRAILER_BYTES;
  if (at < 0 || at % 4 !== 0) return undefined;
  const trailer = new Int32Array(memory, at, TRAILER_BYTES / 4);
  return trailer[MARK_WORD] === MARK ? trailer : undefined;
}

/** What the memory is made for. */
interface HeapClass {
  readonly id: number;
  readonly size: number;
}

function bytesFor({ size }: HeapClass): number {
  return Math.ceil(size / 4) * 4 + TRAILER_BYTES;
}

/** Memory for one buffer of a class. */
export function allocateHeap(made: HeapClass): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bytesFor(made));
  const trailer = new Int32Array(memory, memory.byteLength - TRAILER_BYTES, TRAILER_BYTES / 4);
  trailer[MARK_WORD] = MARK;
  trailer[STATE_WORD] = HELD;
  trailer[CLASS_WORD] = made.id;
  return memory;
}

/** Whether the memory was made for buffers of that class. */
export function fitsHeap(memory: SharedArrayBuffer, wanted: HeapClass): boolean {
  return trailerOf(memory)?.[CLASS_WORD] === wanted.id && memory.byteLength === bytesFor(wanted);
}

/** Lets whoever adopts the memory first have it. */
export function sendHeap(memory: SharedArrayBuffer, used: number): void {
  const trailer = trailerOf(memory);
  if (trailer === undefined)
    throw new SyncPoolError('ERR_SYNCPOOL_FOREIGN_BUFFER', 'the memory was not made by a pool');
  trailer[USED_WORD] = used;
  Atomics.store(trailer, STATE_WORD, SENT);
}

/** Takes sent memory, once: its used length, or undefined if it is not to be had. */
export function receiveHeap(memory: SharedArrayBuffer): number | undefined {
  const trailer = trailerOf(memory);
  if (trailer === undefined || Atomics.compareExchange(trailer, STATE_WORD, SENT, HELD) !== SENT) return undefined;
  return trailer[USED_WORD];
}
