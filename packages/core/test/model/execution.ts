// One execution of a program under a chooser: who goes on at each stop, what a racy load returns, and
// who dies where.
//
// Between visible stops (operations on shared words) nobody else can notice anything, so a thread is
// switched away from only there. With a bound, a switch away from a thread that could go on costs one
// preemption (Musuvathi and Qadeer, PLDI 2007). Without one, sleep sets (Godefroid 1996) leave out
// schedules that only swap operations which commute.
//
// Who naps goes on when everybody else has finished a step since, or naps, sleeps or is gone: a nap is longer
// than any step (fair scheduling, as in CHESS, PLDI 2008).
//
// Death is a choice before each place where a thread can be cut. It does nothing else: the thread's
// generator is never resumed. `reborn` may give the thread another body: it was cut, and goes on.

import type { ModelMemory, Stop, StopKind } from './memory.ts';
import type { Chooser, Limits } from './trail.ts';

export type Body = Generator<void, void, void>;

export interface Mortality {
  /** The threads that may die. */
  readonly threads: readonly number[];
  /** Whether a death can fall inside a step too, as it can on the Atomics kernel. */
  readonly insideSteps: boolean;
  /** The body of a thread that was cut and goes on; undefined if it is dead. Must run nothing itself. */
  readonly reborn: (thread: number) => Body | undefined;
}

/** What the explorer explores. */
export interface Program {
  readonly memory: ModelMemory;
  /** Fresh threads for one execution, over a memory just reset. */
  readonly start: () => Body[];
  /** Throws if the final state breaks an oracle. */
  readonly check: () => void;
  /** Throws if a state in between does. */
  readonly always?: () => void;
  /** What becomes of threads that wait for ever. By default a failure. */
  readonly stuck?: (threads: readonly number[]) => void;
  readonly mortality?: Mortality;
}

interface Thread {
  body: Body;
  /** What it does when it is next resumed; undefined once it has ended. */
  next: Stop | undefined;
  /** Of a napping thread: those who are to finish a step first, a bit each. */
  owed: number;
}

/** Every schedule from here on was covered by an earlier one. */
export class Pruned extends Error {}

const MOST_STEPS = 20_000;
const CUT_POINTS: ReadonlySet<StopKind> = new Set(['step-begin', 'step-end', 'back-edge']);

export class Execution {
  /** A line a step, if asked for. */
  readonly trace: string[] | undefined;
  /** Switches away from a thread that could go on, so far. */
  preemptions = 0;
  steps = 0;
  readonly #program: Program;
  readonly #limits: Limits;
  readonly #chooser: Chooser;
  readonly #threads: Thread[] = [];
  readonly #deadly: ReadonlySet<StopKind> | undefined;
  #current = 0;
  #deaths = 0;
  /** Threads whose next operation was explored first at an earlier choice, and commutes with all since: a bit each. */
  #asleep = 0;

  constructor(program: Program, limits: Limits, chooser: Chooser, traced = false) {
    this.#program = program;
    this.#limits = limits;
    this.#chooser = chooser;
    this.trace = traced ? [] : undefined;
    if (limits.deaths > 0 && program.mortality !== undefined) {
      this.#deadly = program.mortality.insideSteps
        ? new Set([...CUT_POINTS, 'shared', 'racy', 'wait', 'plain'])
        : CUT_POINTS;
    }
  }

  run(): void {
    const { memory, start, always, check } = this.#program;
    memory.reset();
    memory.chooseRacy = (count) => this.#chooser.choose(count, 'racy');
    for (const body of start()) {
      this.#threads.push({ body, next: undefined, owed: 0 });
      this.#advance(this.#threads.length - 1);
    }
    for (let chosen = this.#pick(); chosen >= 0; chosen = this.#pick()) {
      this.steps += 1;
      if (this.steps > MOST_STEPS) throw new Error('a thread never ends: livelock');
      this.#current = chosen;
      if (this.#dies(chosen)) this.#bury(chosen);
      else this.#resume(chosen);
      memory.thread = -1;
      always?.();
    }
    this.#endStuck();
    check();
  }

  #endStuck(): void {
    const stuck = this.#threads.flatMap((thread, i) => (thread.next === undefined ? [] : [i]));
    if (stuck.length === 0) return;
    if (this.#program.stuck === undefined)
      throw new Error(`thread ${stuck.join(', ')} waits for ever: a wake was lost`);
    this.#program.stuck(stuck);
  }

  #isEnabled(index: number): boolean {
    const { next } = this.#threads[index] as Thread;
    if (next === undefined) return false;
    return next.kind !== 'asleep' || this.#program.memory.isWoken(index);
  }

  /** The threads that the scheduler may resume, a bit each. */
  #eligible(): number {
    let enabled = 0;
    let napping = 0;
    this.#threads.forEach(({ next }, i) => {
      if (!this.#isEnabled(i)) return;
      enabled |= 1 << i;
      if (next?.kind === 'nap') napping |= 1 << i;
    });
    if (napping === 0) return enabled;
    if (this.#limits.sleepSets) throw new Error('sleep sets do not know naps: explore this with a bound');
    const busy = enabled & ~napping;
    let eligible = busy;
    this.#threads.forEach(({ owed }, i) => {
      if ((napping & (1 << i)) !== 0 && (owed & busy) === 0 && (i !== this.#current || busy === 0)) eligible |= 1 << i;
    });
    // Napping threads take turns.
    const others = eligible & ~(1 << this.#current);
    return busy === 0 && others !== 0 ? others : eligible;
  }

  /** The thread to resume, -1 if none can be. The running thread is the first option, if it can go on. */
  #pick(): number {
    const eligible = this.#eligible();
    const current = this.#current;
    const canGoOn = (eligible & (1 << current)) !== 0;
    if (canGoOn && !isVisible((this.#threads[current] as Thread).next as Stop)) return current;
    const options = canGoOn ? [current] : [];
    if (!canGoOn || this.preemptions < this.#limits.bound) {
      for (let i = 0; i < this.#threads.length; i++) if (i !== current && (eligible & (1 << i)) !== 0) options.push(i);
    }
    const awake = this.#limits.sleepSets ? options.filter((i) => (this.#asleep & (1 << i)) === 0) : options;
    if (awake.length === 0) {
      if (options.length > 0) throw new Pruned();
      return -1;
    }
    const taken = awake.length === 1 ? 0 : this.#chooser.choose(awake.length, 'thread', awake);
    const chosen = awake[taken] as number;
    if (canGoOn && chosen !== current) this.preemptions += 1;
    if (this.#limits.sleepSets) this.#sleepAfter(awake.slice(0, taken), chosen);
    return chosen;
  }

  /** Those explored before sleep, until something that does not commute with their next operation is done. */
  #sleepAfter(explored: readonly number[], chosen: number): void {
    const done = (this.#threads[chosen] as Thread).next as Stop;
    let candidates = this.#asleep;
    for (const i of explored) candidates |= 1 << i;
    this.#asleep = 0;
    this.#threads.forEach(({ next }, i) => {
      if ((candidates & (1 << i)) !== 0 && i !== chosen && commute(next as Stop, done)) this.#asleep |= 1 << i;
    });
  }

  /** Whether the thread dies before it does what it would do next. */
  #dies(index: number): boolean {
    if (this.#deadly === undefined || this.#deaths >= this.#limits.deaths) return false;
    const { next } = this.#threads[index] as Thread;
    if (!this.#deadly.has((next as Stop).kind)) return false;
    if (this.#program.mortality?.threads.includes(index) !== true) return false;
    return this.#chooser.choose(2, 'death') === 1;
  }

  #bury(index: number): void {
    const thread = this.#threads[index] as Thread;
    this.#deaths += 1;
    const body = this.#program.mortality?.reborn(index);
    this.trace?.push(`thread ${index} ${body === undefined ? 'dies' : 'is cut, and goes on'}`);
    this.#settleDebts(index);
    thread.next = undefined;
    if (body === undefined) return;
    thread.body = body;
    this.#advance(index);
  }

  #resume(index: number): void {
    const { next } = this.#threads[index] as Thread;
    const { memory } = this.#program;
    const before = next !== undefined && next.at >= 0 ? memory.peek(next.at) : 0;
    if (next?.kind === 'step-end') this.#settleDebts(index);
    this.#advance(index);
    if (this.trace === undefined || next === undefined) return;
    const { kind, at, writes } = next;
    const effect = writes ? `writes ${at}: ${hex(before)} -> ${hex(memory.peek(at))}` : `reads ${at}: ${hex(before)}`;
    this.trace.push(`thread ${index}: ${at >= 0 ? `${kind} ${effect}` : kind}`);
  }

  /** Nobody who naps waits for this thread any longer. */
  #settleDebts(index: number): void {
    for (const thread of this.#threads) thread.owed &= ~(1 << index);
  }

  #advance(index: number): void {
    const { memory } = this.#program;
    const thread = this.#threads[index] as Thread;
    memory.thread = index;
    const { done } = thread.body.next();
    thread.next = done ? undefined : { ...memory.stop };
    if (thread.next?.kind === 'nap') thread.owed = ~(1 << index);
  }
}

function isVisible({ kind }: Stop): boolean {
  return kind === 'shared' || kind === 'racy' || kind === 'wait';
}

function commute(a: Stop, b: Stop): boolean {
  return a.at !== b.at || a.at < 0 || (!a.writes && !b.writes);
}

const hex = (word: number) => `0x${(word >>> 0).toString(16)}`;
