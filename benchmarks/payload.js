// Claim: a payload of 1 MiB goes to a worker of piscina and comes back as an answer at least twice as fast in a pooled buffer as in one
// that is made for the message and transferred, and 6 times as fast as a clone.
//
// Time, CPU of the whole process and collections in both threads are of the same tasks, one after another, to a worker that sleeps between
// them as piscina's do. The answer is written over the payload, which suits clones and transfers: one of its own would be one more for them.
// Allocation is the growth of both threads' heaps and array buffers over a few tasks, without a collection in between.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { PooledPiscina } from '@syncpool/worker-shim/piscina';
import { Piscina } from 'piscina';
import { allocatedBytes, collect, watchCollections } from './lib/heap.js';
import { alternate, line, median, ratio, verdict } from './lib/report.js';
import { CLONE, FLOOR, POOLED, TRANSFER, variantsOf } from './payload.variants.js';

const SIZES = [KiB, 16 * KiB, 64 * KiB, 256 * KiB, MiB, 4 * MiB];
const ROUNDS = 5;

/** What is measured of a task, and in what. */
const KINDS = { time: 'us', CPU: 'us', collecting: 'us', allocated: 'KiB' };

const here = { allocatedBytes, collect, collectedMs: watchCollections() };

/** Both threads' sum. `piscina` runs by name what the worker has of the same. */
async function both(piscina, name) {
  const [mine, its] = [await here[name](), await piscina.run(undefined, { name })];
  return mine + its;
}

/** Fewer of the larger: a round of each takes some tens of milliseconds. */
function tasksOf(size) {
  return Math.max(32, Math.min(512, (64 * MiB) / size));
}

async function send(variant, count) {
  for (let i = 0; i < count; i++) await variant(i & 127);
}

/** Microseconds per task. */
async function measure(piscina, variant, count) {
  await both(piscina, 'collect');
  const collected = await both(piscina, 'collectedMs');
  const cpu = process.cpuUsage();
  const began = performance.now();
  await send(variant, count);
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const collecting = (await both(piscina, 'collectedMs')) - collected;
  return { time: (ms * 1e3) / count, CPU: (user + system) / count, collecting: (collecting * 1e3) / count };
}

/** KiB per task. So few tasks that as a rule no collection falls between. */
async function measureAllocated(piscina, variant, size) {
  const count = Math.max(2, Math.min(16, (8 * MiB) / size));
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    await both(piscina, 'collect');
    const first = await both(piscina, 'allocatedBytes');
    const before = await both(piscina, 'allocatedBytes');
    await send(variant, count);
    const after = await both(piscina, 'allocatedBytes');
    rounds.push((after - before - (before - first)) / count / KiB);
  }
  return rounds;
}

/** By variant: rounds of each of KINDS. */
async function measureSize(size, threads) {
  const { piscina } = threads;
  const variants = variantsOf(size, threads);
  const contenders = {};
  for (const [name, variant] of Object.entries(variants)) {
    await send(variant, tasksOf(size));
    contenders[name] = () => measure(piscina, variant, tasksOf(size));
  }
  const figures = {};
  for (const [name, rounds] of Object.entries(await alternate(contenders, ROUNDS))) {
    figures[name] = { allocated: await measureAllocated(piscina, variants[name], size) };
    for (const kind of ['time', 'CPU', 'collecting']) figures[name][kind] = rounds.map((round) => round[kind]);
  }
  return figures;
}

function printSize(size, figures) {
  console.log(`  ${size / KiB} KiB there and back: time; CPU, time spent collecting, and memory allocated`);
  for (const [name, { time, CPU, collecting, allocated }] of Object.entries(figures)) {
    const rest = [CPU, collecting, allocated].map((rounds) => median(rounds).toFixed(1).padStart(7));
    console.log(`${line(name, time, 'us')}; ${rest[0]} us, ${rest[1]} us, ${rest[2]} KiB`);
  }
}

/** One curve for each of KINDS. `bySize`: what measureSize has given. */
function curves(bySize) {
  const names = Object.keys(bySize[0]);
  const x = { name: 'payload, bytes', values: SIZES };
  return Object.entries(KINDS).map(([kind, unit]) => ({
    name: `${kind} per task`,
    x,
    unit,
    lines: Object.fromEntries(names.map((name) => [name, bySize.map((figures) => median(figures[name][kind]))])),
  }));
}

export async function run() {
  const runtime = createRuntime({ maxBytes: 128 * MiB, maxProcessors: 4 });
  const pool = runtime.pool('payloads', { sizes: SIZES, maxBytes: 64 * MiB });
  const filename = new URL('payload.worker.js', import.meta.url).href;
  const piscina = new Piscina({ filename, minThreads: 1, maxThreads: 1 });
  const threads = { piscina, pooledPiscina: new PooledPiscina(piscina, runtime), pool };
  const bySize = [];
  const values = {};
  for (const size of SIZES) {
    const figures = await measureSize(size, threads);
    printSize(size, figures);
    bySize.push(figures);
    for (const [name, { time }] of Object.entries(figures)) values[`${size / KiB} KiB, ${name}`] = time;
  }
  await piscina.destroy();
  runtime.close();
  const over = (a, b) => ratio(values[`1024 KiB, ${a}`], values[`1024 KiB, ${b}`]);
  return {
    claim:
      'A payload of 1 MiB comes back from a worker twice as fast as with a transfer list, and 6 times as fast as a clone',
    values,
    unit: 'us',
    series: curves(bySize),
    verdicts: [
      verdict('1 MiB, transfer list over pooled handle', over(TRANSFER, POOLED), { least: 2 }),
      verdict('1 MiB, clone over pooled handle', over(CLONE, POOLED), { least: 6 }),
      verdict('1 MiB, pooled handle over the floor', over(POOLED, FLOOR), { most: 1.5 }),
    ],
  };
}
