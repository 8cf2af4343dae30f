// What never compiles, whatever the library: wrong use of the package itself.

import {
  ByteBuffer,
  createRuntime,
  estimatePool,
  type Message,
  ObjectPool,
  type PooledArray,
  type PooledBuffer,
  SyncPoolError,
} from '@syncpool/core';

const runtime = createRuntime();
const pool = runtime.pool('bodies', { blockSize: 4096, maxBytes: 1 << 20 });
const buffer = pool.get();

pool.put(Buffer.alloc(1)); // error: TS2345
pool.put(buffer.subarray(1)); // error: TS2345
pool.put(new Uint8Array(buffer.buffer)); // error: TS2345
pool.detach(buffer.slice(0, 1)); // error: TS2345
pool.adopt('1'); // error: TS2345
pool.adopt(1n); // error: TS2345
pool.adopt(new ArrayBuffer(1)); // error: TS2345
pool.tryAdopt(undefined); // error: TS2345
pool.adopt(buffer); // error: TS2345
pool.get('1'); // error: TS2345
pool.get(1, 2); // error: TS2554
pool.acquire(1, { timeout: 1 }); // error: TS2561
pool.acquire(1, { signal: 1 }); // error: TS2322
pool.acquire(1, 100); // error: TS2559
pool.acquireSync(1, { timeoutMs: 1 }); // error: TS2345
pool.putAfter(buffer, buffer); // error: TS2345
pool.putAfter({ end() {} }, buffer); // error: TS2322
pool.sizes.push(1); // error: TS2339
pool.name = 'other'; // error: TS2540
buffer.usedLength = 1; // error: TS2540
createRuntime({ kernel: 'js' }); // error: TS2322
createRuntime({ maxbytes: 1 }); // error: TS2561
runtime.pool('b', { size: 1 }); // error: TS2561
runtime.pool('b', { blockSize: 1, onExhausted: 'wait' }); // error: TS2322
runtime.kernel = 'atomics'; // error: TS2540
export const message: number = pool.detach(buffer); // error: TS2322
export const handle: Message = '1'; // error: TS2322
export const own: Buffer<ArrayBuffer> = buffer; // error: TS2322
export const parts: PooledBuffer = buffer.subarray(1); // error: TS2322
export const maybe: PooledBuffer = pool.tryAdopt(1); // error: TS2322
export const waited: PooledBuffer = pool.acquire(1); // error: TS2322
const content = new ByteBuffer(pool);
new ByteBuffer(); // error: TS2554
new ByteBuffer(runtime); // error: TS2740
new ByteBuffer(pool, '1'); // error: TS2345
content.write(1); // error: TS2345
content.write('x', 'utf9'); // error: TS2345
content.write(new Uint16Array(1)); // error: TS2345
content.writeUInt32LE(1n); // error: TS2345
content.writeBigUInt64LE(1); // error: TS2345
content.readFrom(1); // error: TS2345
content.readFrom([1]); // error: TS2345
content.writeTo(content); // error: TS2740
content.length = 0; // error: TS2540
content.view; // error: TS2339
export const heapBytes: Buffer<ArrayBuffer> = content.bytes(); // error: TS2322
pool.put(content.bytes()); // error: TS2345
pool.put(content); // error: TS2345
new SyncPoolError('ERR_OTHER', ''); // error: TS2345
new runtime.constructor(); // error: TS2351

new ObjectPool({ create: () => 1 }); // error: TS2322
new ObjectPool({}); // error: TS2741
new ObjectPool({ create: () => ({ id: 1 }), reset: (thing: { name: string }) => thing }); // error: TS2741
new ObjectPool({ create: () => ({ id: 1 }) }).put({}); // error: TS2741
new ObjectPool({ create: () => ({ id: 1 }) }).get(1); // error: TS2554
estimatePool({ concurrency: 1 }); // error: TS2741
estimatePool({ concurrency: { perSecond: 1 }, bytesPerRequest: 1 }); // error: TS2322
estimatePool({ concurrency: 1, bytesPerRequest: 1 }).options.maxBytes = 1; // error: TS2540

const floats = pool.as(Float64Array);
const array = floats.get();
pool.as(DataView); // error: TS2741
pool.as(Array); // error: TS2741
pool.as('Float64Array'); // error: TS2345
floats.put(new Float64Array(1)); // error: TS2345
floats.put(array.subarray(1)); // error: TS2345
floats.put(buffer); // error: TS2345
floats.put(pool.as(Float32Array).get()); // error: TS2345
floats.detach(array.slice()); // error: TS2345
pool.put(array); // error: TS2345
pool.as(BigInt64Array).get()[0] = 1; // error: TS2322
floats.get('1'); // error: TS2345
floats.lengths.push(1); // error: TS2339
array.usedLength = 1; // error: TS2540
export const ownFloats: Float64Array<ArrayBuffer> = array; // error: TS2322
export const partOfArray: PooledArray<Float64Array> = array.subarray(1); // error: TS2322
