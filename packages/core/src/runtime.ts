// Runtime: the memories that all threads of a process share, and this thread's place in them.

import { randomFillSync } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { isMainThread, threadId } from 'node:worker_threads';
import { AdaptivePool } from './adaptive-pool.ts';
import { attach } from './attach.ts';
import { type AuditOptions, type AuditReport, audit } from './audit.ts';
import { isLeased, leaseOf, magazineIfAny, type PooledView } from './buffer.ts';
import { Catalog, type CatalogEntry } from './catalog.ts';
import type { DrainReport } from './drain.ts';
import { show, SyncPoolError } from './errors.ts';
import { bindKernel, type Control, createControl } from './host/backend.ts';
import { atThreadEnd, forgetEnding, ignoreWorkers, watchWorkers } from './host/deaths.ts';
import { geometryOf } from './host/geometry.ts';
import { onPlacement } from './host/placement.ts';
import * as registry from './host/registry.ts';
import { H_FRONTIER, H_ID_HIGH, H_ID_LOW, H_WATCHES_MEMORY } from './kernel/layout.ts';
import { watchPressure } from './memory-pressure.ts';
import { placeThread } from './placing.ts';
import { packFrontier } from './kernel/slab.ts';
import { nameOption } from './options.ts';
import { planPool, type PoolOptions } from './pool-options.ts';
import { planRuntime, type KernelName, type RuntimeOptions } from './runtime-options.ts';
import { BufferPool } from './pool.ts';
import type { Processor } from './processor.ts';
import { recoverThread } from './recovery.ts';
import { LeaseScope, Scopes } from './scope.ts';
import { liveProcessors, type RuntimeStats } from './stats.ts';
import { assertToken, checkToken, isClosedToken, type RuntimeToken, sameRuntime } from './token.ts';

/** This thread's view of a runtime. `createRuntime` and `attachRuntime` make it. */
export class Runtime {
  readonly name: string;
  /** Which kernel runs: what was asked for, never a substitute. */
  readonly kernel: KernelName;
  /** Lets a worker attach that was started before the runtime existed: post it, and `attachRuntime(token)` there. */
  readonly token: RuntimeToken;
  readonly #processor: Processor;
  readonly #catalog: Catalog;
  readonly #pools = new Map<string, BufferPool>();
  readonly #stopLooking: () => void;
  readonly #stopFollowing: () => void;
  readonly #onWorkerExit = (thread: number): void => {
    // Not if somebody took this thread for dead: its staging words are another's then.
    if (!this.closed && this.#processor.ownsRow) recoverThread(this.#processor, thread);
  };
  /** A clean end: what is stashed goes home. What is leased stays, because I/O may still be writing into it. */
  readonly #onThreadEnd = (): void => {
    // Nor here: an error from an exit handler would end a thread that was about to end well.
    if (!this.closed && this.#processor.ownsRow) this.leave();
  };

  constructor(token: RuntimeToken) {
    this.name = token.name;
    this.kernel = token.control.kernel;
    this.token = token;
    const bound = bindKernel(token.control);
    checkToken(token, bound.kernel);
    this.#processor = attach(bound, token.data);
    this.#catalog = new Catalog(this.#processor);
    watchWorkers(this.#onWorkerExit);
    this.#stopLooking = watchPressure({ processor: this.#processor, pools: () => this.pools() });
    this.#stopFollowing = onPlacement(() => {
      if (!this.closed && this.#processor.ownsRow) placeThread(this.#processor);
      else this.#stopFollowing();
    });
    // The main thread's end is the end of all of this.
    if (!isMainThread) atThreadEnd(this.#onThreadEnd);
  }

  /**
   * Opens a pool: the same one in every thread that asks for the name. Whoever is first says the
   * options; others may leave them out, or give the same.
   *
   * @throws ERR_SYNCPOOL_NO_POOL (unknown, and no options), ERR_SYNCPOOL_POOL_MISMATCH (other options),
   * ERR_SYNCPOOL_INVALID_OPTION, ERR_SYNCPOOL_CLOSED
   */
  pool(name: string, options?: PoolOptions): BufferPool {
    const plan = options === undefined ? undefined : planPool(nameOption('pool name', name), options);
    this.#processor.enter();
    const opened = this.#pools.get(name);
    if (opened !== undefined && plan === undefined) return opened;
    const entry =
      plan === undefined ? this.#catalog.find(nameOption('pool name', name)) : this.#catalog.open(name, plan);
    if (entry === undefined) {
      throw new SyncPoolError('ERR_SYNCPOOL_NO_POOL', `there is no pool ${show(name)} yet: open it with options first`);
    }
    return opened ?? this.#open(entry);
  }

  /** Every pool of the runtime. */
  pools(): BufferPool[] {
    this.#processor.enter();
    return this.#catalog.list().map((entry) => this.#pools.get(entry.name) ?? this.#open(entry));
  }

  /** `drain` of every pool. */
  drain(): DrainReport {
    const reports = this.pools().map((pool) => pool.drain());
    return {
      blocks: reports.reduce((sum, { blocks }) => sum + blocks, 0),
      returnedBytes: reports.reduce((sum, { returnedBytes }) => sum + returnedBytes, 0),
    };
  }

  /** `flush` of every pool that this thread has opened. */
  flush(): void {
    this.#processor.enter();
    for (const pool of this.#pools.values()) pool.flush();
  }

  /** The pool that this thread has leased the buffer from; undefined for anything that is not leased here, by this very object. */
  poolOf(buffer: unknown): BufferPool | undefined {
    const magazine = magazineIfAny(buffer);
    if (magazine?.processor !== this.#processor || !isLeased(leaseOf(buffer as PooledView))) return undefined;
    return magazine.pool as BufferPool;
  }

  /**
   * A scope for leases of this thread that end together at the latest: a request's, a task's. From the first one on, a get + put of this
   * thread costs some 20 nanoseconds more, and in a scope some 170 (`npm run bench -- scope`).
   *
   * @throws ERR_SYNCPOOL_CLOSED
   */
  scope(): LeaseScope {
    const processor = this.#processor;
    processor.enter();
    let { scopes } = processor;
    if (scopes === undefined) {
      scopes = processor.scopes = new Scopes();
      for (const pool of this.#pools.values()) pool.followScopes();
    }
    return new LeaseScope(scopes);
  }

  stats(): RuntimeStats {
    const pools = this.pools();
    return {
      name: this.name,
      kernel: this.kernel,
      maxBytes: this.token.maxBytes,
      processors: { live: liveProcessors(this.#processor), max: this.#processor.maxProcessors },
      pools: pools.map((pool) => pool.stats()),
    };
  }

  /**
   * Accounts for every block of the runtime, recovers threads that have ended (on Linux, where any thread can
   * tell), and takes back detached blocks that nobody has adopted for `olderThanMs`. It walks all blocks: a few milliseconds for 100,000.
   *
   * @throws ERR_SYNCPOOL_INVALID_OPTION, ERR_SYNCPOOL_CLOSED
   */
  audit(options: AuditOptions = {}): AuditReport {
    const magazines = this.pools().flatMap((pool) => pool.magazines);
    return audit(this.#processor, new Map(magazines.map((magazine) => [magazine.id, magazine])), options);
  }

  /**
   * Ends this thread's part: what it has stashed goes home, its acquires are refused, its pools throw
   * ERR_SYNCPOOL_CLOSED. Its place is free for another thread at once if it holds no buffer; else the place and those
   * buffers stay taken, because something may still be reading or writing them. A second call does nothing.
   */
  leave(): void {
    if (this.#processor.isLeft) return;
    const reason = new SyncPoolError('ERR_SYNCPOOL_CLOSED', 'this thread has left the runtime');
    if (!this.#processor.isClosed) this.#processor.enter();
    this.#catalog.abandon();
    const free = [...this.#pools.values()].map((pool) => pool.leave(reason));
    this.#processor.leave(free.every(Boolean));
    this.#stopWatching();
    registry.forget(this);
  }

  /** Closes the runtime for everybody: every further use in any thread throws ERR_SYNCPOOL_CLOSED, those who wait too. */
  close(): void {
    const { kernel } = this.#processor;
    this.#stopWatching();
    registry.forget(this);
    const wasClosed = this.#processor.isClosed;
    // Closed already or not: whoever did it may have died before it had woken everybody.
    kernel.closeAll();
    const reason = new SyncPoolError('ERR_SYNCPOOL_CLOSED', 'the runtime is closed');
    for (const pool of this.#pools.values()) pool.end(reason);
    // If somebody else did, the name may be another runtime's by now.
    if (!wasClosed) registry.erase(this);
  }

  /** Whether the runtime is closed, or this thread has left it. */
  get closed(): boolean {
    return this.#processor.isLeft || this.#processor.isClosed;
  }

  #stopWatching(): void {
    ignoreWorkers(this.#onWorkerExit);
    this.#stopLooking();
    this.#stopFollowing();
    forgetEnding(this.#onThreadEnd);
  }

  #open(entry: CatalogEntry): BufferPool {
    const pool = new (entry.adaptive ? AdaptivePool : BufferPool)(this.#processor, entry);
    this.#pools.set(entry.name, pool);
    this.#processor.kernel.shutIfClosing(entry.at);
    return pool;
  }
}

/**
 * Makes a runtime: its memories, and the calling thread's place in it. Workers started afterwards find it with `attachRuntime()`.
 *
 * @throws ERR_SYNCPOOL_EXISTS if the thread knows one of that name; ERR_SYNCPOOL_INVALID_OPTION
 */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  const plan = planRuntime(options, availableParallelism());
  const known = registry.find(plan.name) ?? registry.inherited(plan.name);
  if (known !== undefined) {
    throw new SyncPoolError(
      'ERR_SYNCPOOL_EXISTS',
      `there is a runtime ${show(plan.name)} already: attach to it with attachRuntime(), close it, or give this one another name`,
    );
  }
  const geometry = geometryOf(plan);
  const control: Control = createControl(plan.kernel, geometry.controlBytes);
  const { kernel } = bindKernel(control);
  for (const [at, value] of Object.values(geometry.header)) kernel.storePlain(at, value);
  kernel.storePlain(H_FRONTIER, packFrontier(1, geometry.slabCount + 1));
  const data = new SharedArrayBuffer(geometry.dataBytes, { maxByteLength: geometry.dataBytes });
  const { name, maxBytes, maxProcessors, maxClasses } = plan;
  const id = [...randomFillSync(new Int32Array(2))] as [number, number];
  kernel.storePlain(H_ID_LOW, id[0]);
  kernel.storePlain(H_ID_HIGH, id[1]);
  kernel.storePlain(H_WATCHES_MEMORY, plan.pressure === 'auto' ? 1 : 0);
  const runtime = new Runtime({ name, id, maxBytes, maxProcessors, maxClasses, control, data });
  registry.remember(runtime);
  return runtime;
}

/**
 * This thread's part of a runtime made elsewhere: by name, which workers started after it was made can use, or by its token.
 * In one thread it is always the same object.
 *
 * @throws ERR_SYNCPOOL_NO_RUNTIME, ERR_SYNCPOOL_LAYOUT_MISMATCH, ERR_SYNCPOOL_TOO_MANY_PROCESSORS, ERR_SYNCPOOL_CLOSED
 */
export function attachRuntime(nameOrToken: string | RuntimeToken = 'default'): Runtime {
  if (typeof nameOrToken !== 'string') assertToken(nameOrToken);
  const name = nameOption('runtime name', typeof nameOrToken === 'string' ? nameOrToken : nameOrToken.name);
  const known = registry.find(name);
  if (known !== undefined) {
    if (typeof nameOrToken === 'string' || sameRuntime(known.token, nameOrToken)) return known;
    throw new SyncPoolError(
      'ERR_SYNCPOOL_EXISTS',
      `this thread is attached to another runtime named ${show(name)}: give one of them another name`,
    );
  }
  const token = typeof nameOrToken === 'string' ? registry.inherited(name) : nameOrToken;
  if (token === undefined) {
    const where = isMainThread ? 'in the main thread' : `in worker ${threadId}`;
    throw new SyncPoolError(
      'ERR_SYNCPOOL_NO_RUNTIME',
      `no runtime ${show(name)} ${where}: call createRuntime() before starting workers, or post runtime.token to a worker that was started earlier`,
    );
  }
  if (isClosedToken(token)) throw new SyncPoolError('ERR_SYNCPOOL_CLOSED', `runtime ${show(name)} is closed`);
  const runtime = new Runtime(token);
  registry.remember(runtime);
  return runtime;
}
