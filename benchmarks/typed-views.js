// Claim: get + put of a typed array costs at most twice what get + put of a buffer of the same pool does, and ten million
// pairs of it run without one scavenge. What `new Float64Array` costs is printed beside it, and a program with six kinds.

import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { do_not_optimize, measure } from 'mitata';
import { alternate, line, ratio, verdict } from './lib/report.js';

const SIZE = 64 * KiB;
const LENGTH = SIZE / 8;
const PAIRS = 1000;
const ROUNDS = 9;
const GARBAGE_PAIRS = 1e7;

const runtime = createRuntime({ maxBytes: 256 * MiB, maxProcessors: 16 });
const pool = runtime.pool('numbers', { blockSize: SIZE, maxBytes: 64 * MiB });
const floats = pool.as(Float64Array);

function buffers() {
  let seen = 0;
  for (let i = 0; i < PAIRS; i++) {
    const buffer = pool.get(SIZE);
    seen ^= buffer.length;
    pool.put(buffer);
  }
  do_not_optimize(seen);
}

function arrays() {
  let seen = 0;
  for (let i = 0; i < PAIRS; i++) {
    const array = floats.get(LENGTH);
    seen ^= array.length;
    floats.put(array);
  }
  do_not_optimize(seen);
}

function allocated() {
  let seen = 0;
  for (let i = 0; i < PAIRS; i++) seen ^= new Float64Array(LENGTH).length;
  do_not_optimize(seen);
}

async function scavengesIn(fn, pairs) {
  let scavenges = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) scavenges += 1;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  for (let i = 0; i < pairs / PAIRS; i++) fn();
  // Entries arrive on the event loop.
  await sleep(50);
  observer.disconnect();
  return scavenges;
}

/** Makes the program one that uses six kinds, each in a pool of its own: V8 then knows arrays of no kind in particular. */
function useSixKinds() {
  for (const type of [Float64Array, Float32Array, Int32Array, Uint16Array, Int8Array, BigInt64Array]) {
    const typed = runtime.pool(type.name, { blockSize: SIZE, maxBytes: 16 * MiB }).as(type);
    for (let i = 0; i < 1e5; i++) typed.put(typed.get(1));
  }
}

export async function run() {
  const nanoseconds = (fn) => async () => (await measure(fn, { min_cpu_time: 2e8 })).p50 / PAIRS;
  const values = await alternate(
    {
      'buffer get + put': nanoseconds(buffers),
      'Float64Array get + put': nanoseconds(arrays),
      'new Float64Array(8192)': nanoseconds(allocated),
    },
    ROUNDS,
  );
  const scavenges = await scavengesIn(arrays, GARBAGE_PAIRS);
  useSixKinds();
  const later = await alternate(
    { 'buffer, six kinds in use': nanoseconds(buffers), 'Float64Array, six kinds in use': nanoseconds(arrays) },
    ROUNDS,
  );
  Object.assign(values, later, { scavenges: [scavenges] });
  for (const [name, rounds] of Object.entries(values)) if (name !== 'scavenges') console.log(line(name, rounds));
  const [bufferNs, arrayNs] = Object.values(values);
  return {
    values,
    verdicts: [
      verdict('Float64Array over buffer', ratio(arrayNs, bufferNs), { most: 2 }),
      verdict(`scavenges in ${GARBAGE_PAIRS.toExponential(0)} pairs`, scavenges, { most: 0 }),
    ],
  };
}
