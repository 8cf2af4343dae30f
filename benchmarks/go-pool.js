// Claim: get + put of a 64 KiB block takes at most 0.4 of what Go's sync.Pool takes (its BenchmarkPool), at most half with two threads
// at once.
//
// Go's loop is as bare as ours; that of its own benchmark, with a question before each turn, gave the same. Go's pool holds pointers to buffers made once, as ours holds views: neither allocates. bytebufferpool, which counts the
// lengths of what it is given, is measured beside them.

import { KiB, MiB } from '@syncpool/core';
import { besideGo } from './lib/beside-go.js';
import { NO_BYTEBUFFERPOOL } from './lib/go.js';

export const run = () =>
  besideGo({
    claim: 'get + put of a 64 KiB block takes at most 0.4 of what Go takes, at most half with two threads at once',
    shape: 'pool',
    theirs: 'Pool',
    extra: ({ hasByteBufferPool }) => (hasByteBufferPool ? ['ByteBufferPool'] : []),
    skipped: ({ hasByteBufferPool }) => (hasByteBufferPool ? [] : [NO_BYTEBUFFERPOOL]),
    operation: 'get + put',
    targets: { 1: 0.4, 2: 0.5 },
    count: 2e6,
    blockSize: 64 * KiB,
    maxBytes: 128 * MiB,
  });
