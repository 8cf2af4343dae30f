// What compiles in every project: with and without the DOM library, for Node 20 and for the latest.

import { Buffer } from 'node:buffer';
import * as crypto from 'node:crypto';
import * as dgram from 'node:dgram';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as net from 'node:net';
import { pipeline, Readable, type Writable } from 'node:stream';
import * as v8 from 'node:v8';
import { MessageChannel, type MessagePort, parentPort, type Worker } from 'node:worker_threads';
import * as zlib from 'node:zlib';
import {
  attachRuntime,
  type BufferPool,
  type CalibrationStats,
  ByteBuffer,
  type ByteSource,
  copyOut,
  createRuntime,
  type ErrorCode,
  estimatePool,
  ExhaustedError,
  type Handle,
  type KernelName,
  KiB,
  type LengthBar,
  type Message,
  MiB,
  ObjectPool,
  type PooledArray,
  type PooledBuffer,
  type PoolStats,
  type Runtime,
  type RuntimeStats,
  type RuntimeToken,
  SyncPoolError,
  type TypedPool,
} from '@syncpool/core';
import { BoundedPool, FreelistPool, ShardedPool, type VariantBuffer, type VariantStats } from '@syncpool/core/variants';

export const runtime: Runtime = createRuntime({ name: 'a', maxBytes: 64 * MiB, maxProcessors: 4, kernel: 'wasm' });
export const kernel: KernelName = runtime.kernel;
export const token: RuntimeToken = runtime.token;
export const pool: BufferPool = runtime.pool('bodies', { sizes: [4 * KiB, 64 * KiB], maxBytes: 8 * MiB });
export const heap = attachRuntime(token).pool('heap', { blockSize: 256, maxBytes: MiB, onExhausted: 'heap' });

export const buffer: PooledBuffer = pool.get(1000);
export const asBuffer: Buffer = buffer;
export const asShared: Buffer<SharedArrayBuffer> = buffer;
export const part: Uint8Array<SharedArrayBuffer> = buffer.subarray(1, 2);
export const whole: SharedArrayBuffer = buffer.buffer;
export const used: number = buffer.usedLength;
pool.put(buffer);
buffer[Symbol.dispose]();
export const adaptive: BufferPool = runtime.pool('adaptive', { adaptive: true, maxBytes: MiB });
adaptive.put(adaptive.get(), 100);
export const calibration: CalibrationStats | undefined = adaptive.stats().calibration;
export const bars: readonly LengthBar[] | undefined = calibration?.histogram;
{
  using leased = pool.get(1);
  using only = heap.get();
  leased.set(only);
}

// Files.
fs.readSync(0, buffer, 0, 10, null);
fs.writeSync(1, buffer, 0, 10);
fs.read(0, buffer, 0, 10, 0, (error, count, into) => [error, count, into]);
fs.write(1, buffer, (error, count) => [error, count]);
fs.writeFileSync('file', buffer);
fs.readvSync(0, [buffer]);
fs.createWriteStream('file').end(buffer);
export async function file(handle: fs.promises.FileHandle): Promise<Buffer> {
  await fs.promises.writeFile('file', buffer);
  await handle.write(buffer, 0, 10);
  return (await handle.read(buffer, 0, 10)).buffer;
}

// Sockets.
export const socket = net.connect({ port: 1, onread: { buffer, callback: (count) => count > 0 } });
socket.write(buffer);
dgram.createSocket('udp4').send(buffer, 0, 10, 1);
http.createServer((request, response) => {
  request.once('end', () => response.end(buffer));
  response.write(buffer.subarray(1));
  pool.putAfter(response, buffer);
  pool.putAfter(request, buffer);
  pool.putAfter(Promise.resolve(1), buffer);
});

// Bytes to bytes.
crypto.createHash('sha256').update(buffer).digest();
crypto.createHmac('sha256', buffer).update(buffer);
crypto.createCipheriv('aes-128-cbc', buffer.subarray(0, 16), buffer.subarray(0, 16)).update(buffer);
crypto.randomFillSync(buffer);
crypto.randomFill(buffer, (error, into) => [error, into]);
crypto.timingSafeEqual(buffer, buffer);
zlib.deflateSync(buffer);
zlib.gunzip(buffer, (error, result) => [error, result]);
zlib.brotliCompress(buffer, (error, result) => [error, result]);
pipeline(Readable.from([buffer]), zlib.createGzip(), (error) => error);
v8.serialize(buffer);
new TextDecoder().decode(buffer);
new TextEncoder().encodeInto('text', buffer);
structuredClone(buffer);
Buffer.concat([buffer, buffer]);
Buffer.compare(buffer, Buffer.from('x'));
Buffer.from('x').copy(buffer);
new DataView(buffer.buffer, buffer.byteOffset).getInt8(0);

// For APIs that want memory of their own.
export const copied: Buffer<ArrayBuffer> = copyOut(buffer, 10);
export const copiedPart: Uint8Array<ArrayBuffer> = copyOut(part);

// From thread to thread.
export function send(port: MessagePort, worker: Worker): void {
  const message: Message = pool.detach(buffer, 10);
  port.postMessage(message);
  worker.postMessage({ message, token });
  parentPort?.postMessage(pool.detach(buffer));
  new MessageChannel().port1.postMessage(pool.detach(buffer));
  if (typeof message === 'number') {
    const handle: Handle = message;
    pool.discard(handle);
  } else {
    const memory: SharedArrayBuffer = message;
    pool.discard(memory);
  }
  const adopted: PooledBuffer = pool.adopt(message);
  const perhaps: PooledBuffer | undefined = pool.tryAdopt(message);
  const discarded: boolean = pool.discard(message);
  pool.put([adopted, perhaps, discarded][0] as PooledBuffer);
}

// Waiting, and what a call with a function gives back.
export async function wait(signal: AbortSignal): Promise<PooledBuffer[]> {
  const blocking: PooledBuffer = pool.acquireSync(1, 100);
  return [
    await pool.acquire(1, { signal, timeoutMs: 100 }),
    await pool.acquire(1, {}),
    await heap.acquire(),
    blocking,
    heap.acquireSync(),
  ];
}
export const result: number = pool.withBuffer(1, (leased) => leased.length);
export const later: Promise<string> = pool.withBuffer(1, async (leased) => leased.toString('hex'));
pool.prewarm(1, 2);

// Typed arrays.
export const floats: TypedPool<Float64Array<SharedArrayBuffer>> = pool.as(Float64Array);
export const array: PooledArray<Float64Array<SharedArrayBuffer>> = floats.get(100);
export const asFloats: Float64Array = array;
export const asSharedFloats: Float64Array<SharedArrayBuffer> = array;
export const partOfArray: Float64Array<SharedArrayBuffer> = array.subarray(1, array.usedLength);
export const ownFloats: Float64Array<ArrayBuffer> = array.slice(0, 10);
array[0] = (array[1] ?? 0) + Math.max(...array);
array.fill(1).sort();
fs.readSync(0, array, 0, 10, null);
floats.put(array);
floats.putAfter(Promise.resolve(), array);
{
  using leased = floats.get();
  leased.set([1, 2, 3]);
}
export const arrayMessage: Message = floats.detach(array, 10);
export const adoptedArray: PooledArray<Float64Array<SharedArrayBuffer>> = floats.adopt(arrayMessage);
export const perhapsArray: Float64Array | undefined = floats.tryAdopt(arrayMessage);
export const isDiscarded: boolean = floats.discard(arrayMessage);
export const sum: number = floats.withArray(10, (leased) => leased.reduce((a, b) => a + b));
export const lengths: readonly number[] = floats.lengths;
export const poolOfFloats: BufferPool = floats.pool;
export async function waitForArray(signal: AbortSignal): Promise<Float64Array[]> {
  return [await floats.acquire(1, { signal, timeoutMs: 100 }), await floats.acquire(), floats.acquireSync(1, 100)];
}
export const kinds = [
  pool.as(Int8Array).get() satisfies Int8Array<SharedArrayBuffer>,
  pool.as(Uint8Array).get() satisfies Uint8Array<SharedArrayBuffer>,
  pool.as(Uint8ClampedArray).get() satisfies Uint8ClampedArray<SharedArrayBuffer>,
  pool.as(Int16Array).get() satisfies Int16Array<SharedArrayBuffer>,
  pool.as(Uint16Array).get() satisfies Uint16Array<SharedArrayBuffer>,
  pool.as(Int32Array).get() satisfies Int32Array<SharedArrayBuffer>,
  pool.as(Uint32Array).get() satisfies Uint32Array<SharedArrayBuffer>,
  pool.as(Float32Array).get() satisfies Float32Array<SharedArrayBuffer>,
];
export const bigints: bigint | undefined = pool.as(BigInt64Array).get()[0] ?? pool.as(BigUint64Array).get()[0];

// Content that grows.
export const content: ByteBuffer = new ByteBuffer(pool, 1000);
export const added: number = content.write(buffer) + content.write('text') + content.write('ff', 'hex');
export const grown: number = content.writeUInt32LE(1) + content.writeBigInt64BE(1n) + content.writeDoubleLE(1.5);
export const sized: number = content.length + content.capacity;
export const bytes: Buffer<SharedArrayBuffer> = content.bytes();
export const text: string = content.toString('latin1');
export const writable: Writable = content.toWritable();
export const sources: ByteSource[] = [Readable.from([]), ['a', buffer], process.stdin, [Promise.resolve('a')]];
export async function flow(request: http.IncomingMessage, response: http.ServerResponse): Promise<number> {
  using into = new ByteBuffer(heap);
  for (const source of sources) await into.readFrom(source);
  return (await into.readFrom(request)) + (await into.writeTo(response)) + (await into.writeTo(socket));
}
export const one: Message = content.detach();
export const several: Message[] = content.detachAll();
content.reset();
content[Symbol.dispose]();

// What is told.
export const stats: PoolStats = pool.stats();
export const rate: number = stats.totals.missRate + (stats.classes[0]?.leased ?? 0);
export const all: RuntimeStats = runtime.stats();
export const objects = new ObjectPool({ create: () => new Map<string, number>(), reset: (map) => map.clear() });
objects.put(objects.get().set('a', 1));
export const held: Promise<number> = objects.withObject(async (map) => map.size);
export const objectRate: number = objects.stats().totals.missRate + objects.drain().objects;
const { options } = estimatePool({
  concurrency: { perSecond: 1, holdMs: 1 },
  bytesPerRequest: [1, { bytes: 2, weight: 3 }],
});
runtime.pool('estimated', options);
export const sizes: readonly number[] = pool.sizes;
export function codeOf(error: unknown): ErrorCode | undefined {
  if (error instanceof ExhaustedError && error.leased + error.stashed > error.limit) return 'ERR_SYNCPOOL_EXHAUSTED';
  return error instanceof SyncPoolError ? error.code : undefined;
}

/** A shared pool and the variants have the shape in common by which they are exchanged. */
interface Swappable<B extends Buffer> {
  get(size?: number): B;
  put(buffer: B): void;
  stats(): {
    readonly name: string;
    readonly totals: Pick<VariantStats['totals'], 'gets' | 'puts' | 'leased' | 'retained'>;
  };
}

export function swaps(pool: BufferPool): Swappable<PooledBuffer> {
  return pool;
}

export function variants(): Swappable<VariantBuffer>[] {
  const first = new BoundedPool({ blockSize: 4 * KiB, maxBytes: MiB, lockTimeoutMs: 100 });
  return [
    first,
    new BoundedPool(first.token),
    new ShardedPool({ blockSize: 256, maxBytes: MiB }),
    new FreelistPool({ blockSize: KiB, maxBytes: MiB, name: 'list' }),
  ];
}
