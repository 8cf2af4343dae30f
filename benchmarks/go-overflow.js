// Claim: a hundred gets after a hundred puts of 1 KiB blocks take at most half of what they take in Go (its BenchmarkPoolOverflow): they
// stay in the magazine, which holds 128, while Go's pool keeps one item at hand and the others in a queue that thieves read.

import { KiB, MiB } from '@syncpool/core';
import { besideGo } from './lib/beside-go.js';
import { AT_ONCE } from './lib/shapes.js';

export const run = () =>
  besideGo({
    claim: 'a get and a put of a hundred in a row take at most half of what they take in Go',
    shape: 'overflow',
    theirs: 'Overflow',
    operation: `get + put, ${AT_ONCE} in a row`,
    targets: { 1: 0.5, 2: 0.5 },
    count: 2e4,
    per: AT_ONCE,
    blockSize: KiB,
    maxBytes: 64 * MiB,
  });
