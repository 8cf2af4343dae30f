// Without the DOM library, fetch and Response take shared memory as far as the types can tell: hence the error at run time.

import { copyOut, createRuntime } from '@syncpool/core';

const pool = createRuntime().pool('bodies', { blockSize: 4096, maxBytes: 1 << 20 });
const buffer = pool.get();
const part = buffer.subarray(1, 2);

fetch('', { method: 'POST', body: buffer });
fetch('', { method: 'POST', body: part });
new Response(buffer);
new Response(part);
new Request('', { body: buffer });
fetch('', { method: 'POST', body: copyOut(buffer, 10) });
new Response(copyOut(buffer, 10));
