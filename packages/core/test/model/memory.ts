// Control memory for the model: sequentially consistent words, behind the kernel's seam. Each shared
// operation is a generator that stops before it acts, so that the explorer decides who goes on.
//
// A racy load may return any value that was not overwritten by something its reader knows of
// (clocks.ts). That is at least every value since the reader's last synchronising operation. Which one
// it returns is a choice of the explorer. A load of an unowned word is as free here, although less so in a real
// memory: its word is written plainly, by whoever owns it then.

import { Clocks } from './clocks.ts';

/** Operations at which a thread stops, in the seam's names. */
export const SHARED_OPERATIONS = [
  'loadShared',
  'storeShared',
  'addShared',
  'andShared',
  'orShared',
  'casShared',
  'exchangeShared',
  'notifyShared',
  'waitShared',
  'loadRacy',
  'storeRacy',
  'loadUnowned',
] as const;

/**
 * Why a thread stopped. `wait` compares and goes to sleep; `asleep` is the sleep itself; a `nap` is a wait of a
 * few milliseconds at most, that its time limit ends. The last four are places where a thread can be cut; `plain` is a plain store
 * where steps can be cut inside.
 */
export type StopKind =
  | 'shared'
  | 'racy'
  | 'wait'
  | 'asleep'
  | 'nap'
  | 'back-edge'
  | 'step-begin'
  | 'step-end'
  | 'plain';

/** What the thread will do next; one object, read by the explorer before it resumes anyone. */
export interface Stop {
  kind: StopKind;
  at: number;
  writes: boolean;
}

/** A value that a word has had, and its writer at that one's own time; writer -1: before the run. */
interface Past {
  readonly value: number;
  readonly writer: number;
  readonly when: number;
}

export type Words = Generator<void, number, void>;

/** Waits shorter than this are naps. */
const NAP_MS = 10;

/** One execution's memory. `reset` returns it to the state in which `seal` was called. */
export class ModelMemory {
  readonly stop: Stop = { kind: 'shared', at: 0, writes: false };
  /** The thread that runs now, -1 during set-up. */
  thread = -1;
  /** Answers a racy load: which of `count` candidates it returns, the newest being 0. */
  chooseRacy: (count: number) => number = () => 0;
  /** Whether shared operations may meet plain ones on that word: none may, unless a scenario's world lists it. */
  isMixed: (at: number) => boolean = () => false;
  /** Racy loads of this execution that returned an old value. */
  staleReads = 0;
  /** Threads that sleep, by address, and those that were woken since. */
  readonly #sleepers = new Map<number, number>();
  readonly #woken = new Set<number>();
  readonly #clocks: Clocks;
  readonly #words: Int32Array;
  readonly #dirty = new Set<number>();
  #sealed: Map<number, number> | undefined;
  #history = new Map<number, Past[]>();

  constructor(bytes: number, threads: number) {
    this.#words = new Int32Array(bytes / 4);
    this.#clocks = new Clocks(threads);
  }

  /** Makes the present contents the initial state. */
  seal(): void {
    this.#sealed = new Map([...this.#dirty].map((at) => [at, this.peek(at)]));
    this.#dirty.clear();
    this.reset();
  }

  reset(): void {
    for (const at of this.#dirty) this.#words[at >> 2] = this.#sealed?.get(at) ?? 0;
    this.#dirty.clear();
    this.#clocks.reset();
    this.#history = new Map();
    this.#sleepers.clear();
    this.#woken.clear();
    this.staleReads = 0;
    this.thread = -1;
  }

  /** Reads a word as an oracle does, outside of the model. */
  peek(at: number): number {
    return this.#words[at >> 2] as number;
  }

  /** Writes a word during set-up. */
  poke(at: number, value: number): void {
    this.#words[at >> 2] = value;
    this.#dirty.add(at);
  }

  isWoken(thread: number): boolean {
    return this.#woken.has(thread);
  }

  /** Every address written since `seal`, with its value: the state, for comparisons. */
  state(): [at: number, value: number][] {
    return [...this.#dirty].sort((a, b) => a - b).map((at) => [at, this.peek(at)]);
  }

  #write(at: number, value: number): void {
    const old = this.peek(at);
    this.poke(at, value | 0);
    if (old === (value | 0) || this.thread < 0) return;
    let history = this.#history.get(at);
    if (history === undefined) {
      history = [{ value: old, writer: -1, when: 0 }];
      this.#history.set(at, history);
    }
    history.push({ value: value | 0, writer: this.thread, when: this.#clocks.now(this.thread) });
  }

  #load(at: number): number {
    if (this.thread >= 0) {
      this.#clocks.acquire(this.thread, at);
      if (!this.isMixed(at)) this.#clocks.check(this.thread, at, 'shared-read');
    }
    return this.peek(at);
  }

  #store(at: number, value: number): void {
    this.#write(at, value);
    if (this.thread < 0) return;
    if (!this.isMixed(at)) this.#clocks.check(this.thread, at, 'shared-write');
    this.#clocks.release(this.thread, at);
  }

  #pause(kind: StopKind, at: number, writes: boolean): void {
    this.stop.kind = kind;
    this.stop.at = at;
    this.stop.writes = writes;
  }

  // ---- the seam

  *loadShared(at: number): Words {
    this.#pause('shared', at, false);
    yield;
    return this.#load(at);
  }

  *storeShared(at: number, value: number): Words {
    this.#pause('shared', at, true);
    yield;
    this.#store(at, value);
    return 0;
  }

  *#update(at: number, how: (old: number) => number): Words {
    this.#pause('shared', at, true);
    yield;
    const old = this.#load(at);
    this.#store(at, how(old));
    return old;
  }

  addShared(at: number, value: number): Words {
    return this.#update(at, (old) => old + value);
  }

  andShared(at: number, value: number): Words {
    return this.#update(at, (old) => old & value);
  }

  orShared(at: number, value: number): Words {
    return this.#update(at, (old) => old | value);
  }

  exchangeShared(at: number, value: number): Words {
    return this.#update(at, () => value);
  }

  *casShared(at: number, expected: number, replacement: number): Words {
    this.#pause('shared', at, true);
    yield;
    const old = this.#load(at);
    if (old === expected) this.#store(at, replacement);
    return old;
  }

  /** Wakes at most `most` of those who wait on the word: the kernel's wakes are for all of them. */
  *notifyShared(at: number, most = Number.POSITIVE_INFINITY): Words {
    this.#pause('shared', at, true);
    yield;
    let left = most;
    for (const [thread, where] of this.#sleepers) {
      if (where !== at || left === 0) continue;
      left -= 1;
      this.#sleepers.delete(thread);
      this.#woken.add(thread);
      if (this.thread >= 0) this.#clocks.wake(thread, this.thread);
    }
    return 0;
  }

  /** No time limit ever ends a wait, so that a lost wake shows; only a nap's does. */
  *waitShared(at: number, expected: number, ms: number): Words {
    if (ms < NAP_MS) {
      this.#pause('nap', at, false);
      yield;
      return 0;
    }
    this.#pause('wait', at, false);
    yield;
    if (this.#load(at) !== expected) return 0;
    const { thread } = this;
    this.#sleepers.set(thread, at);
    this.#pause('asleep', -1, false);
    yield;
    this.#woken.delete(thread);
    return 0;
  }

  *loadRacy(at: number): Words {
    this.#pause('racy', at, false);
    yield;
    const history = this.#history.get(at);
    if (this.thread < 0 || history === undefined) return this.peek(at);
    let oldest = history.length - 1;
    for (; oldest > 0; oldest--) {
      const { writer, when } = history[oldest] as Past;
      if (writer === this.thread || this.#clocks.knows(this.thread, writer, when)) break;
    }
    const count = history.length - oldest;
    const chosen = count === 1 ? 0 : this.chooseRacy(count);
    if (chosen > 0) this.staleReads += 1;
    return (history[history.length - 1 - chosen] as Past).value;
  }

  loadUnowned(at: number): Words {
    return this.loadRacy(at);
  }

  *storeRacy(at: number, value: number): Words {
    this.#pause('racy', at, true);
    yield;
    this.#write(at, value);
    return 0;
  }

  loadPlain(at: number): number {
    if (this.thread >= 0) this.#clocks.check(this.thread, at, 'plain-read');
    return this.peek(at);
  }

  storePlain(at: number, value: number): void {
    if (this.thread >= 0) this.#clocks.check(this.thread, at, 'plain-write');
    this.#write(at, value);
  }

  /** A plain store that the thread can be cut before. */
  *storePlainStopping(at: number, value: number): Words {
    this.#pause('plain', at, true);
    yield;
    this.storePlain(at, value);
    return 0;
  }

  *backEdge(): Generator<void, void, void> {
    this.#pause('back-edge', -1, false);
    yield;
  }

  *atStep(step: Words): Words {
    this.#pause('step-begin', -1, false);
    yield;
    const value = yield* step;
    this.#pause('step-end', -1, false);
    yield;
    return value;
  }

  /** The operations, for a kernel to be bound to; `hasTornSteps` as the kernel was built. */
  operations(hasTornSteps = false): Record<string, unknown> {
    const bound: Record<string, unknown> = {
      imul: Math.imul,
      bitCount: (bits: number) => (bits >>> 0).toString(2).replaceAll('0', '').length,
      quotient: (a: number, b: number) => (a / b) | 0,
      lowestBit: (bits: number) => (bits === 0 ? 32 : 31 - Math.clz32(bits & -bits)),
      waitAsyncShared: () => undefined,
    };
    for (const name of [...SHARED_OPERATIONS, 'loadPlain', 'storePlain', 'backEdge', 'atStep'] as const) {
      bound[name] = (this[name] as (...args: number[]) => unknown).bind(this);
    }
    if (hasTornSteps) bound.storePlain = this.storePlainStopping.bind(this);
    return bound;
  }
}
