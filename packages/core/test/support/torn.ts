// The torn-update probe: a thread makes the same change to two words again and again, and is cut. Is the change
// ever half done? For straight-line wasm it must not be, on any version of Node: the kernel's first law
// rests on that. For JavaScript it is, which shows that the probe can see it.

import { setTimeout } from 'node:timers/promises';
import vm from 'node:vm';
import asc from 'assemblyscript/asc';
import type { Runtime } from '@syncpool/core';
import { P_CUT, P_RESERVED } from '../../src/kernel/layout.ts';
import { wasm } from '../../src/host/wasm.ts';
import { SECOND, type Step, type TornJob, wholeStep, splitStep } from '../workers/torn.ts';
import { type Backend, makeRuntime } from './crew.ts';
import { kernelOf } from './invariants.ts';
import type { Xorshift } from './prng.ts';
import { nextMessage, spawn } from './worker.ts';

const LONGEST_LIFE_MS = 4;

/** One change of two words, with other atomics between them as in the kernel's steps. */
const SOURCE = `
export function step(): i32 {
  const before = atomic.add<i32>(0, 1);
  atomic.cmpxchg<i32>(8, before - 1, before);
  atomic.or<i32>(16, before);
  return atomic.add<i32>(${SECOND * 4}, 1);
}`;

/** The step, compiled as the kernel's are. */
export async function compileStep() {
  const { binary, error, stderr } = await asc.compileString(SOURCE, {
    optimizeLevel: 3,
    noAssert: true,
    runtime: 'stub',
    enable: ['threads'],
    disable: ['bulk-memory'],
    importMemory: true,
    sharedMemory: true,
    noExportMemory: true,
    initialMemory: 1,
    maximumMemory: 1,
  });
  if (error !== null || binary === null) throw new Error(`asc: ${error?.message}\n${stderr.toString()}`);
  return new wasm.Module(Buffer.from(binary));
}

export type Module = Awaited<ReturnType<typeof compileStep>>;

/** Fresh words for a probe, and what a thread needs to step on them. */
export function makeProbe(module: Module | undefined): { job: TornJob; isTorn: () => boolean } {
  const memory = new wasm.Memory({ initial: 1, maximum: 1, shared: true });
  const words = new Int32Array(memory.buffer);
  return { job: { memory, module }, isTorn: () => words[0] !== words[SECOND] };
}

/** A probe over the kernel's own step that cuts fresh blocks: bytes reserved and bytes cut agree after it. */
export function makeKernelProbe(backend: Backend): { job: TornJob; isTorn: () => boolean; runtime: Runtime } {
  const maxBytes = 64 * 2 ** 20;
  const runtime = makeRuntime(backend, { maxBytes: maxBytes + 2 ** 20, maxProcessors: 2, maxClasses: 1 });
  runtime.pool('p', { blockSize: 256, maxBytes });
  const kernel = kernelOf(runtime.token);
  const pool = kernel.poolAt(0);
  const isTorn = () => kernel.loadShared(pool + P_RESERVED) !== kernel.loadShared(pool + P_CUT);
  return { job: { token: runtime.token }, isTorn, runtime };
}

/** Lets a worker step until it is terminated at a random moment. */
export async function terminateOne(job: TornJob, random: Xorshift): Promise<void> {
  const worker = spawn('torn', job);
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  await nextMessage(worker);
  const life = random.below(LONGEST_LIFE_MS);
  if (life > 0) await setTimeout(life);
  void worker.terminate();
  await ended;
}

/** Lets this thread step until a vm timeout cuts it. */
export function cutOne(step: Step): void {
  try {
    vm.runInNewContext('for (;;) step()', { step }, { timeout: 1 });
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
  }
}

export const stepOf = (job: TornJob): Step => (job.module === undefined ? splitStep(job) : wholeStep(job));
