// What createRuntime may be asked for, checked before anything changes.

import {
  choice,
  integerOption,
  knownOptions,
  MiB,
  MOST_BYTES,
  MOST_CLASSES,
  MOST_PROCESSORS,
  nameOption,
} from './options.ts';

export type KernelName = 'wasm' | 'atomics';

export interface RuntimeOptions {
  /** Distinguishes runtimes of one process. Default `'default'`. */
  name?: string;
  /** What all pools together may use, in bytes: 1 MiB to 4,095 MiB. Default 256 MiB. Reserved, not committed. */
  maxBytes?: number;
  /** Threads attached at one time: 1 to 1,024. Default: 16, or four per available CPU if that is more. */
  maxProcessors?: number;
  /** Size classes of all pools ever opened: 1 to 1,024. Default 64. */
  maxClasses?: number;
  /**
   * `'auto'`: once a second one of the threads looks how near the process is to the memory limit of its container (cgroup
   * v1 or v2; without a limit nothing happens). From 70 % on, pools that drain by a clock drain four times as fast, and freed slabs
   * give their memory back at once; from 90 % on, all that is pooled goes home and back. Default `'off'`.
   */
  pressure?: 'auto' | 'off';
  /** Which kernel runs. Default: the environment variable SYNCPOOL_KERNEL, else `'wasm'`. */
  kernel?: KernelName;
}

export interface RuntimePlan {
  readonly name: string;
  readonly maxBytes: number;
  readonly maxProcessors: number;
  readonly maxClasses: number;
  readonly pressure: 'auto' | 'off';
  readonly kernel: KernelName;
}

export function planRuntime(options: RuntimeOptions, parallelism: number): RuntimePlan {
  knownOptions('createRuntime', options, ['name', 'maxBytes', 'maxProcessors', 'maxClasses', 'pressure', 'kernel']);
  const processors = Math.min(MOST_PROCESSORS, Math.max(16, 4 * parallelism));
  const kernel = options.kernel ?? (process.env.SYNCPOOL_KERNEL || 'wasm');
  return {
    name: nameOption('name', options.name ?? 'default'),
    maxBytes: integerOption('maxBytes', options.maxBytes ?? 256 * MiB, MiB, MOST_BYTES),
    maxProcessors: integerOption('maxProcessors', options.maxProcessors ?? processors, 1, MOST_PROCESSORS),
    maxClasses: integerOption('maxClasses', options.maxClasses ?? 64, 1, MOST_CLASSES),
    pressure: choice('pressure', options.pressure ?? 'off', ['auto', 'off']),
    kernel: choice(options.kernel === undefined ? 'SYNCPOOL_KERNEL' : 'kernel', kernel, ['wasm', 'atomics']),
  };
}
