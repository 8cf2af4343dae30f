// Acquire: waiting for a block. One queue per thread and class, served in order; one wait on the
// class's eventcount carries them all. Waits are capped and followed by a rescan, so that a wake
// that nobody could send (a slab of another class freed, a thread that died in between) costs
// a moment and not for ever.

import { setImmediate } from 'node:timers/promises';
import type { PooledBuffer } from './buffer.ts';
import { SyncPoolError } from './errors.ts';
import { C_WAIT, R_TICKET } from './kernel/layout.ts';
import type { Magazine } from './magazine.ts';
import { RESCAN_MS } from './supply.ts';

export interface AcquireOptions {
  /** Gives up when aborted, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Gives up after so many milliseconds with ERR_SYNCPOOL_TIMEOUT: 0 to 2,147,483,647. Default: never. */
  readonly timeoutMs?: number;
}

/** A get that returns undefined, instead of throwing, if there is no block; R_TICKET is then set. */
type TryGet = (magazine: Magazine) => PooledBuffer | undefined;

interface Waiter {
  readonly resolve: (buffer: PooledBuffer) => void;
  readonly reject: (reason: unknown) => void;
  readonly deadline: number;
  readonly timeoutMs: number | undefined;
  readonly release: () => void;
}

function timeoutError(magazine: Magazine, timeoutMs: number): SyncPoolError {
  return new SyncPoolError(
    'ERR_SYNCPOOL_TIMEOUT',
    `no block of ${magazine.size} bytes in pool '${magazine.pool.name}' within ${timeoutMs} ms: raise its maxBytes, or look in stats() for who holds its blocks`,
  );
}

/** The acquires of one thread that wait for one class. */
export class AcquireQueue {
  readonly #magazine: Magazine;
  readonly #tryGet: TryGet;
  readonly #waiters: Waiter[] = [];
  #isServing = false;
  /** Ends the sleep under way: nobody waits any more. */
  #wakeUp: () => void = () => {};

  constructor(magazine: Magazine, tryGet: TryGet) {
    this.#magazine = magazine;
    this.#tryGet = tryGet;
  }

  /** Acquires that wait just now. */
  get length(): number {
    return this.#waiters.length;
  }

  wait(options: AcquireOptions): Promise<PooledBuffer> {
    const { signal, timeoutMs } = options;
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#giveUp(waiter, signal?.reason);
      const waiter: Waiter = {
        resolve,
        reject,
        timeoutMs,
        deadline: timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs,
        release: () => signal?.removeEventListener('abort', onAbort),
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(waiter);
      this.#wakeUp();
      // Not in the caller's own turn: a vm timeout there would cut the service and leave the queue without one.
      queueMicrotask(() => {
        if (!this.#isServing) void this.#serve();
      });
    });
  }

  /** Rejects every waiter: the thread leaves, or the runtime was closed. */
  rejectAll(reason: unknown): void {
    this.#wakeUp();
    for (const waiter of this.#waiters.splice(0)) this.#settle(waiter, () => waiter.reject(reason));
  }

  #settle(waiter: Waiter, how: () => void): void {
    waiter.release();
    how();
  }

  #giveUp(waiter: Waiter, reason: unknown): void {
    const at = this.#waiters.indexOf(waiter);
    if (at < 0) return;
    this.#waiters.splice(at, 1);
    if (this.#waiters.length === 0) this.#wakeUp();
    this.#settle(waiter, () => waiter.reject(reason));
  }

  #giveUpLate(): void {
    const now = performance.now();
    for (const waiter of this.#waiters.filter((one) => one.deadline <= now)) {
      this.#giveUp(waiter, timeoutError(this.#magazine, waiter.timeoutMs ?? 0));
    }
  }

  /** Serves those at the front as long as there are blocks. */
  #serveAvailable(): void {
    for (let first = this.#waiters[0]; first !== undefined; first = this.#waiters[0]) {
      const buffer = this.#tryGet(this.#magazine);
      if (buffer === undefined) return;
      this.#waiters.shift();
      const { resolve } = first;
      this.#settle(first, () => resolve(buffer));
    }
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    try {
      while (this.#waiters.length > 0) {
        this.#serveAvailable();
        if (this.#waiters.length > 0) await this.#sleep();
        this.#giveUpLate();
      }
    } catch (reason) {
      this.rejectAll(reason);
    } finally {
      this.#isServing = false;
    }
  }

  /**
   * Sleeps on the eventcount with the ticket of the conclusion just made, until it moves, the
   * nearest deadline or the cap. The timer is referenced: it keeps the process alive while an acquire
   * waits, which the wait itself would not. An abort takes its waiter away at once and needs no wake here.
   */
  async #sleep(): Promise<void> {
    const { kernel, row } = this.#magazine.processor;
    const nearest = Math.min(...this.#waiters.map((waiter) => waiter.deadline)) - performance.now();
    const ms = Math.max(1, Math.min(RESCAN_MS, Math.ceil(nearest)));
    const woken = kernel.waitAsyncShared(this.#magazine.cls + C_WAIT, kernel.loadPlain(row + R_TICKET), ms);
    // The word has moved already: look again, but let others have their turn first.
    if (woken === undefined) return setImmediate();
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
      this.#wakeUp = resolve;
    });
    await Promise.race([woken, timedOut]);
    clearTimeout(timer);
  }
}

/** Waits in the calling thread, which runs nothing else meanwhile. */
export function acquireBlocking(magazine: Magazine, tryGet: TryGet, timeoutMs: number | undefined): PooledBuffer {
  const { kernel, row } = magazine.processor;
  const deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
  for (;;) {
    const buffer = tryGet(magazine);
    if (buffer !== undefined) return buffer;
    const left = deadline - performance.now();
    if (left <= 0) throw timeoutError(magazine, timeoutMs ?? 0);
    kernel.waitShared(
      magazine.cls + C_WAIT,
      kernel.loadPlain(row + R_TICKET),
      Math.max(1, Math.min(RESCAN_MS, Math.ceil(left))),
    );
  }
}
