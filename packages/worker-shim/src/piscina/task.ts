// The worker's side: a task function whose buffers come and go as messages, and which leaves nothing leased behind.

import type { LeaseScope, PooledBuffer, Runtime } from '@syncpool/core';
import { outOfRange, show, ShimError, wrongType } from '../errors.ts';
import { adoptAll, detachAll, findBuffers } from './cargo.ts';
import { movedLike, valueIn } from './movable.ts';
import { MOST_RETURNED, Slip } from './slip.ts';
import { type Failure, isOrder, type Order, postedOf, type Reply } from './wire.ts';

export interface PooledTaskOptions {
  /**
   * What is put when the task has ended: `'everything'` that it has leased and neither put nor returned, or `'arguments'`, only what
   * came with it, for tasks that keep buffers from one run to the next. Default `'everything'`.
   */
  readonly puts?: 'everything' | 'arguments';
}

/** A task, as one wrapped by `pooledTask` sees it: `scope.keep(buffer)` keeps a lease beyond the task. */
export type PooledHandler<A, R> = (argument: A, scope: LeaseScope) => R | PromiseLike<R>;

/** Tasks under way in this thread, by runtime: after the last one the worker may sleep. */
const running = new WeakMap<Runtime, number>();

/**
 * Makes a function for a task file of piscina. The pooled buffers in its argument, handed over by `PooledPiscina`, are leased by this
 * thread and put when it has settled; those in its result go to the caller; what else it has leased and not put is put, and counted as a
 * leak of the task. When no task of this kind is under way any more, what the thread has stashed goes to where other threads reach it.
 *
 * Nothing may use those buffers any more when the handler settles: await what reads or writes them, also before an error is thrown.
 *
 * @param runtime `attachRuntime()`, or a function that gives it, called at the first task
 * @param handler the task; several of a worker may run at the same time
 * @throws ERR_SYNCPOOL_SHIM_INVALID_OPTION
 */
export function pooledTask<A, R>(
  runtime: Runtime | (() => Runtime),
  handler: PooledHandler<A, R>,
  options: PooledTaskOptions = {},
): (task: unknown) => Promise<unknown> {
  if (typeof runtime !== 'function' && typeof runtime?.scope !== 'function') {
    throw wrongType(`pooledTask takes a runtime, or a function that gives one, and got ${show(runtime)}`);
  }
  if (typeof handler !== 'function') throw wrongType(`pooledTask wraps a function, and got ${show(handler)}`);
  const puts = putsOption(options);
  let known = typeof runtime === 'function' ? undefined : runtime;
  const run = new TaskRun<A, R>(handler, puts === 'everything');
  return (task) => {
    // Another one, perhaps, if the last is closed.
    if (typeof runtime === 'function' && known?.closed !== false) known = runtime();
    return run.once(known as Runtime, task);
  };
}

function putsOption(options: PooledTaskOptions): 'everything' | 'arguments' {
  if (typeof options !== 'object' || options === null) {
    throw wrongType(`the options of pooledTask must be an object, and are ${show(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (name !== 'puts') throw wrongType(`pooledTask has no option ${show(name)}: it has puts`);
  }
  const { puts = 'everything' } = options;
  if (puts === 'everything' || puts === 'arguments') return puts;
  throw outOfRange(`puts must be 'everything' or 'arguments', and is ${show(puts)}`);
}

class TaskRun<A, R> {
  readonly #handler: PooledHandler<A, R>;
  readonly #putsEverything: boolean;
  #hasWarned = false;

  constructor(handler: PooledHandler<A, R>, putsEverything: boolean) {
    this.#handler = handler;
    this.#putsEverything = putsEverything;
  }

  async once(runtime: Runtime, task: unknown): Promise<unknown> {
    const order = isOrder(task) ? task : undefined;
    const slip = order && new Slip(order.slip);
    const scope = runtime.scope();
    const came: PooledBuffer[] = [];
    running.set(runtime, (running.get(runtime) ?? 0) + 1);
    try {
      const argument = order === undefined ? task : scope.run(() => openOrder(order, runtime, came));
      const call = () => this.#handler(argument as A, scope);
      const result = await (this.#putsEverything ? scope.run(call) : call());
      return slip === undefined ? refuseBuffers(result, runtime) : replyWith(result, runtime, slip);
    } catch (error) {
      const code = codeOf(error);
      if (slip === undefined || code === undefined) throw error;
      return { syncpool: 'failure', error: error as Error, code } satisfies Failure;
    } finally {
      for (const buffer of came) if (scope.has(buffer)) buffer[Symbol.dispose]();
      this.#count(scope.end(), slip);
      leaveTask(runtime);
    }
  }

  #count(leaked: number, slip: Slip | undefined): void {
    if (leaked === 0) return;
    if (slip !== undefined) slip.leaked = leaked;
    // Whoever runs the task without PooledPiscina has no other way to hear of it.
    else if (!this.#hasWarned) {
      this.#hasWarned = true;
      warnOfLeak(this.#handler.name || 'default', leaked);
    }
  }
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function openOrder(order: Order, runtime: Runtime, came: PooledBuffer[]): unknown {
  return adoptAll(order.value, order.moved, runtime, (buffer) => came.push(buffer));
}

function replyWith(result: unknown, runtime: Runtime, slip: Slip): unknown {
  const value = valueIn(result);
  const finds = findBuffers(value, runtime);
  if (finds.size > MOST_RETURNED) {
    throw outOfRange(`a result can hand over ${MOST_RETURNED} pooled buffers at most, and this one has ${finds.size}`);
  }
  if (!slip.beginReturn()) throw new ShimError('ERR_SYNCPOOL_SHIM_UNSUPPORTED', 'the caller has given the task up');
  const moved = detachAll(finds, (message) => slip.note(message));
  slip.endReturn();
  return movedLike(result, { syncpool: 'reply', value: postedOf(value, moved), moved } satisfies Reply);
}

/** For a task that was run by piscina itself, which has nobody to adopt what it returns. */
function refuseBuffers(result: unknown, runtime: Runtime): unknown {
  const { size } = findBuffers(valueIn(result), runtime);
  if (size === 0) return result;
  throw new ShimError(
    'ERR_SYNCPOOL_SHIM_UNSUPPORTED',
    `the task returned ${size} pooled buffers, which piscina.run() cannot hand over: run it with new PooledPiscina(piscina, runtime).run(), or return pool.detach(buffer) and adopt it`,
  );
}

function leaveTask(runtime: Runtime): void {
  const left = (running.get(runtime) as number) - 1;
  running.set(runtime, left);
  if (left === 0 && !runtime.closed) runtime.flush();
}

/** Says once what a task leaks; the counters say how often. */
export function warnOfLeak(task: string, leaked: number): void {
  process.emitWarning(
    `task ${show(task)} ended with ${leaked} pooled buffers leased, which were put: put or return them`,
    {
      type: 'SyncPoolWarning',
      code: 'SYNCPOOL_TASK_LEAK',
    },
  );
}
