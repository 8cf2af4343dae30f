// The two kernels behind one face. A backend is chosen when the runtime is created, travels with
// its token, and is never swapped.

import { bind as bindAtomics } from '../generated/bind-atomics.js';
import { bind as bindWasm } from '../generated/bind-wasm.js';
import { bytes } from '../generated/kernel-wasm.js';
import type { KernelName } from '../runtime-options.ts';
import { type CompiledModule, type SharedMemory, wasm } from './wasm.ts';

/** Steps, drivers and the seam, bound to one control memory. */
export type Kernel = typeof import('../kernel/index.ts');

/** Control memory in the form that a backend shares between threads. */
export type Control =
  | { readonly kernel: 'wasm'; readonly memory: SharedMemory; readonly module: CompiledModule }
  | { readonly kernel: 'atomics'; readonly memory: SharedArrayBuffer };

/** A kernel ready for one thread, with control memory as words and as float64 counters. */
export interface Bound {
  readonly kernel: Kernel;
  /** Whether a thread is never cut inside a step: then nothing is ever lost. */
  readonly hasWholeSteps: boolean;
  readonly words: Int32Array;
  readonly counters: Float64Array;
}

let compiled: CompiledModule | undefined;

/** Makes zeroed control memory of `bytes` bytes, a multiple of 64 KiB. */
export function createControl(kernel: KernelName, controlBytes: number): Control {
  if (kernel === 'atomics') {
    // Growable though it never grows: such memory is page aligned, and not counted as the process's array buffers.
    return { kernel, memory: new SharedArrayBuffer(controlBytes, { maxByteLength: controlBytes }) };
  }
  compiled ??= new wasm.Module(Buffer.from(bytes, 'base64'));
  const pages = controlBytes / 65536;
  return { kernel, memory: new wasm.Memory({ initial: pages, maximum: pages, shared: true }), module: compiled };
}

/** The bytes behind a control memory. */
export function bufferOf(control: Control): SharedArrayBuffer {
  return control.kernel === 'wasm' ? control.memory.buffer : control.memory;
}

type Drivers = typeof import('../kernel/drivers.ts');
type Driver = (row: number, ...rest: number[]) => unknown;

/**
 * Which drivers move blocks or bytes, or look whether others do. Those that are listed as false change nothing that has a
 * place, or are the brackets themselves.
 */
const MOVES = {
  acquireBatch: true,
  acquireOrConclude: true,
  balance: true,
  beginPurge: true,
  beginRecovery: false,
  blocksInDeques: false,
  claimedFrom: false,
  closeAll: false,
  cutFresh: true,
  emptyDeques: true,
  endPurge: true,
  enterKernel: false,
  exitKernel: false,
  forgetNode: false,
  freeRow: true,
  homeReturnedRun: true,
  homeStaged: true,
  idleness: false,
  markReturned: false,
  recoverRow: true,
  recoveryDone: false,
  regain: true,
  regainLeft: true,
  regainRun: true,
  seizeBatch: true,
  settleRelease: true,
  shutIfClosing: false,
  spill: true,
  takeIdleQuarter: true,
  takeIdleRun: true,
  takeOverRows: true,
  trimClass: true,
  vacateSlots: true,
  wakePool: false,
} satisfies Readonly<Record<keyof Drivers, boolean>>;

/**
 * Brackets every driver that moves something, so that others can tell when this thread is inside (kernel/activity.ts).
 * Not by `finally`: a thread that is cut inside is not outside before it comes back.
 */
function bracketed(kernel: Kernel): Kernel {
  const { enterKernel, exitKernel } = kernel;
  const bracket =
    (driver: Driver): Driver =>
    (row, ...rest) => {
      enterKernel(row);
      const outcome = driver(row, ...rest);
      exitKernel(row);
      return outcome;
    };
  const drivers = Object.entries(MOVES).filter(([, moves]) => moves);
  const wrapped = drivers.map(([name]) => [name, bracket(kernel[name as keyof Drivers] as Driver)]);
  return { ...kernel, ...Object.fromEntries(wrapped) };
}

export function bindKernel(control: Control): Bound {
  const buffer = bufferOf(control);
  // With explicit lengths: a length-tracking view of growable memory is slower.
  const words = new Int32Array(buffer, 0, buffer.byteLength / 4);
  const counters = new Float64Array(buffer, 0, buffer.byteLength / 8);
  if (control.kernel === 'atomics') {
    return { kernel: bracketed(bindAtomics(words)), hasWholeSteps: false, words, counters };
  }
  const instance = new wasm.Instance(control.module, { env: { memory: control.memory } });
  return { kernel: bindWasm(words, instance.exports as Kernel), hasWholeSteps: true, words, counters };
}
