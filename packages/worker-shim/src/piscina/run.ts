// The caller's side: piscina.run, with pooled buffers in the task and in its result.

import type { PooledBuffer, Runtime } from '@syncpool/core';
import { ShimError, show, wrongType } from '../errors.ts';
import { adoptAll, detachAll, discardAll, findBuffers } from './cargo.ts';
import { movedLike, valueIn } from './movable.ts';
import { Slip } from './slip.ts';
import { warnOfLeak } from './task.ts';
import { isFailure, isReply, type Order, postedOf, type Reply } from './wire.ts';

/** As piscina's. */
export interface PooledRunOptions {
  readonly name?: string | null;
  readonly filename?: string | null;
  readonly signal?: AbortSignal | null;
  readonly transferList?: readonly unknown[];
}

/** What of piscina is used. */
export interface PiscinaLike {
  run(task: unknown, options?: object): Promise<unknown>;
  readonly options: { readonly name?: string | null };
}

/** Counts of one task, by its name. */
export interface TaskCounts {
  readonly runs: number;
  /** Runs that were rejected: by the task, by its abort, by piscina. */
  readonly failed: number;
  /** Buffers that the task had leased and neither put nor returned when it ended. They were put then. */
  readonly leaked: number;
  /** Buffers on their way, to the worker or back, that were given back because they did not arrive. */
  readonly reclaimed: number;
}

type Counting = { -readonly [Key in keyof TaskCounts]: TaskCounts[Key] };

/** Slips kept for later tasks. */
const MOST_SPARE = 64;
/** How often, and after how many milliseconds each, a worker is looked at that was cut or given up while it handed over. */
const LOOKS = 20;
const LOOK_MS = 50;

/** The task's name, as piscina takes it. */
function nameIn(options: PooledRunOptions): string | undefined {
  if (typeof options !== 'object' || options === null) {
    throw wrongType(`the options of run must be an object, and are ${show(options)}`);
  }
  const { name } = options;
  if (name === undefined || name === null) return undefined;
  if (typeof name === 'string') return name;
  throw wrongType(`name must be a string, the name of a task, and is ${show(name)}`);
}

/** A piscina whose tasks, made by `pooledTask`, take and return pooled buffers. */
export class PooledPiscina {
  readonly #piscina: PiscinaLike;
  readonly #runtime: Runtime;
  readonly #spare: Slip[] = [];
  readonly #counts = new Map<string, Counting>();

  /** @param runtime this thread's part of the runtime that the workers attach to */
  constructor(piscina: PiscinaLike, runtime: Runtime) {
    if (typeof piscina?.run !== 'function') throw wrongType(`PooledPiscina takes a Piscina, and got ${show(piscina)}`);
    if (typeof runtime?.poolOf !== 'function') {
      throw wrongType(`PooledPiscina takes the runtime of the pools, and got ${show(runtime)}`);
    }
    this.#piscina = piscina;
    this.#runtime = runtime;
  }

  /**
   * As `piscina.run`. Every pooled buffer in the task, in its objects and arrays at any depth, is handed over, by itself or as
   * `moveBuffer(buffer, usedLength)`: from this call on it is not this thread's any more, whatever becomes of the task. Every pooled
   * buffer in the result is leased by this thread, which puts it.
   *
   * @throws ERR_SYNCPOOL_SHIM_INVALID_OPTION if the task has memory of a pool that is no buffer held here, and as `pool.detach`: then nothing
   * is handed over. As piscina does; ERR_SYNCPOOL_SHIM_UNSUPPORTED if the task is not one of `pooledTask`
   */
  async run<R = unknown>(task: unknown, options: PooledRunOptions = {}): Promise<R> {
    // Whatever can be refused or fail comes before the buffers are handed over: from there on `#run` gives them back.
    const counts = this.#countsOf(nameIn(options) ?? this.#piscina.options?.name ?? 'default');
    const value = valueIn(task);
    const finds = findBuffers(value, this.#runtime);
    const slip = this.#spare.pop() ?? new Slip();
    const moved = detachAll(finds);
    const order: Order = { syncpool: 'order', slip: slip.memory, value: postedOf(value, moved), moved };
    return (await this.#run(order, slip, counts, task, options)) as R;
  }

  /** Counts by task, since the beginning. */
  stats(): { readonly tasks: Readonly<Record<string, TaskCounts>> } {
    return { tasks: Object.fromEntries([...this.#counts].map(([name, counts]) => [name, { ...counts }])) };
  }

  async #run(order: Order, slip: Slip, counts: Counting, task: unknown, options: PooledRunOptions): Promise<unknown> {
    counts.runs += 1;
    try {
      const opened = this.#open(await this.#piscina.run(movedLike(task, order), options), slip);
      this.#countLeak(slip, counts);
      this.#keep(slip);
      return opened;
    } catch (error) {
      counts.failed += 1;
      counts.reclaimed += discardAll(order.moved, this.#runtime);
      this.#countLeak(slip, counts);
      this.#reclaim(slip, counts, LOOKS);
      throw error;
    }
  }

  #open(result: unknown, slip: Slip): unknown {
    // Only what pooledTask has made is a reply: what another function returns may look like one, and name blocks.
    if (isReply(result) && slip.hasReturned) return this.#adopt(result);
    if (isFailure(result)) throw Object.assign(result.error, { code: result.code });
    throw new ShimError(
      'ERR_SYNCPOOL_SHIM_UNSUPPORTED',
      'the task has no reply for PooledPiscina: make it with pooledTask() in its file, or call piscina.run()',
    );
  }

  /** All of them, or none: whoever gets an error has nothing to put. An audit may have taken one back that was long on its way. */
  #adopt({ value, moved }: Reply): unknown {
    const came: PooledBuffer[] = [];
    try {
      return adoptAll(value, moved, this.#runtime, (buffer) => came.push(buffer));
    } catch (error) {
      for (const buffer of came) buffer[Symbol.dispose]();
      throw error;
    }
  }

  /** Only after a reply: a worker that gave none may still write. */
  #keep(slip: Slip): void {
    if (this.#spare.length >= MOST_SPARE) return;
    slip.clear();
    this.#spare.push(slip);
  }

  /** What was returned and did not arrive goes back. What a worker that is being killed has adopted is recovered when it is dead. */
  #reclaim(slip: Slip, counts: Counting, looks: number): void {
    const isAllThere = slip.giveUp();
    counts.reclaimed += slip.reclaim(this.#runtime);
    if (!isAllThere && looks > 0) setTimeout(() => this.#reclaim(slip, counts, looks - 1), LOOK_MS).unref();
  }

  #countLeak(slip: Slip, counts: Counting): void {
    const { leaked } = slip;
    if (leaked === 0) return;
    if (counts.leaked === 0) warnOfLeak(this.#nameOf(counts), leaked);
    counts.leaked += leaked;
  }

  #nameOf(counts: Counting): string {
    return [...this.#counts].find(([, one]) => one === counts)?.[0] ?? 'default';
  }

  #countsOf(name: string): Counting {
    let counts = this.#counts.get(name);
    if (counts === undefined) {
      counts = { runs: 0, failed: 0, leaked: 0, reclaimed: 0 };
      this.#counts.set(name, counts);
    }
    return counts;
  }
}
