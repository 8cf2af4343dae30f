// With the DOM library, what refuses or corrupts shared memory does not compile; a private copy does.

import { ByteBuffer, copyOut, createRuntime } from '@syncpool/core';

const pool = createRuntime().pool('bodies', { blockSize: 4096, maxBytes: 1 << 20 });
const buffer = pool.get();
const part = buffer.subarray(1, 2);
const array = pool.as(Float64Array).get();
const key = {} as CryptoKey;

fetch('', { method: 'POST', body: buffer }); // error: TS2769
fetch('', { method: 'POST', body: part }); // error: TS2769
new Response(buffer); // error: TS2345
new Response(part); // error: TS2345
new Request('', { body: buffer }); // error: TS2322
new Blob([buffer]); // error: TS2322
new Blob([part]); // error: TS2322
new File([buffer], 'name'); // error: TS2322
navigator.sendBeacon('', buffer); // error: TS2345
new XMLHttpRequest().send(buffer); // error: TS2345
new WebSocket('').send(buffer); // error: TS2345
crypto.subtle.digest('SHA-256', buffer); // error: TS2345
crypto.subtle.digest('SHA-256', part); // error: TS2345
crypto.subtle.encrypt('AES-CBC', key, buffer); // error: TS2345
crypto.subtle.importKey('raw', buffer, 'AES-CBC', true, []); // error: TS2769
crypto.subtle.sign('HMAC', key, part); // error: TS2345
crypto.getRandomValues(buffer); // error: TS2345
new CompressionStream('gzip').writable.getWriter().write(buffer); // error: TS2345
new FormData().set('name', buffer); // error: TS2769

new Response(array); // error: TS2345
new Blob([array.subarray(1)]); // error: TS2322
crypto.subtle.digest('SHA-256', array); // error: TS2345
new Response(array.slice(0, 10));
const content = new ByteBuffer(pool);
new Response(content); // error: TS2345
new Response(content.bytes()); // error: TS2345
new Blob([content.bytes()]); // error: TS2322

const own = copyOut(buffer, 10);
fetch('', { method: 'POST', body: own });
new Response(own);
new Request('', { body: own });
new Blob([own]);
crypto.subtle.digest('SHA-256', own);
crypto.subtle.importKey('raw', own, 'AES-CBC', true, []);
structuredClone(own, { transfer: [own.buffer] });
