// Claim: a thread that puts 67 blocks and gets 100 waits no longer for them than in Go (its BenchmarkPoolStarvation), though Go's pool gives
// nothing for the 33 that are missing, and ours takes them from the slabs.

import { KiB, MiB } from '@syncpool/core';
import { besideGo } from './lib/beside-go.js';
import { AT_ONCE } from './lib/shapes.js';

export const run = () =>
  besideGo({
    claim: 'a get of a thread that gets 100 for each 67 it puts takes at most as long as in Go',
    shape: 'starvation',
    theirs: 'Starvation',
    operation: 'get, with 0.67 puts',
    targets: { 1: 1, 2: 1 },
    count: 1e4,
    per: AT_ONCE,
    blockSize: KiB,
    maxBytes: 64 * MiB,
  });
