// What the threads of a scenario do, and what they hold: the host's side in a few lines. Thread i uses row i, whose
// hands stand for its magazine and its user; what a newcomer does (newcomer.ts), it does as the row that it came by.

import * as layout from '../../src/kernel/layout.ts';
import { detached } from '../../src/kernel/line.ts';
import { DONE, RETRY } from '../../src/kernel/outcome.ts';
import { slabClassOf } from '../../src/kernel/slab.ts';
import type { Body } from './execution.ts';
import { History } from './history.ts';
import { Limits } from './limits.ts';
import { LowWater } from './low-water.ts';
import type { Words } from './memory.ts';
import { FIRST_INCARNATION, type World } from './world.ts';

/** A detached block, as a message names it. */
export interface Handle {
  readonly block: number;
  readonly generation: number;
}

interface Intent {
  readonly kind: 'detach' | 'take';
  readonly block: number;
}

export type Blocks = Generator<void, number[], void>;

export class Stage {
  readonly world: World;
  /** Blocks that each row's thread holds. */
  readonly hands: number[][];
  /** Blocks that nobody holds until they are adopted. */
  readonly handles: Handle[] = [];
  /** Every handle that was ever given: each is for one block and one time. */
  readonly #given = new Set<string>();
  /** Gets that concluded "exhausted", by thread. */
  readonly exhausted: number[];
  /** By thread, the row that it has. */
  readonly seats: (number | undefined)[];
  /** Newcomers that were refused while somebody was still recovering: they had waited as often as they do. */
  readonly outOfPatience = new Set<number>();
  /** Rows whose threads have ended, until another thread has one: what they held is recovery's. */
  readonly dead = new Set<number>();
  /** By thread, the handover that it has under way: what a thread that was cut settles. */
  readonly #intents: (Intent | undefined)[];
  /** Whether a thread was cut: hints may then be missing. */
  wasCut = false;
  /** The highest limit that the pool has had. */
  mostUnits: number;
  readonly history = new History();
  readonly low = new LowWater();
  readonly limits = new Limits();

  constructor(world: World, hands: readonly (readonly number[])[] = []) {
    this.world = world;
    this.mostUnits = world.shape.maxUnits;
    this.hands = Array.from({ length: world.shape.rows }, (_, i) => [...(hands[i] ?? [])]);
    this.seats = [...this.hands.keys()];
    this.exhausted = this.hands.map(() => 0);
    this.#intents = this.hands.map(() => undefined);
  }

  /** The same hands and handles, and nothing that happened since. */
  copy(): Stage {
    const stage = new Stage(this.world, this.hands);
    for (const handle of this.handles) stage.#hand(handle);
    return stage;
  }

  classOf(block: number): number {
    return slabClassOf(this.world.memory.peek(this.world.kernel.slabAt(layout.slabOf(block)) + layout.S_WORD));
  }

  held(thread: number): number[] {
    return this.hands[thread] as number[];
  }

  #receive(thread: number, id: number): number[] {
    const blocks = this.world.unstage(thread);
    const wrong = blocks.find((block) => this.classOf(block) !== id);
    if (wrong !== undefined) throw new Error(`thread ${thread} was given block ${wrong} of another class`);
    for (const block of blocks) this.#use(thread, block);
    this.held(thread).push(...blocks);
    return blocks;
  }

  /** A user of the thread has a block that came from the pool, and writes to it. */
  #use(thread: number, block: number): void {
    if (this.world.isWritten(block)) throw new Error(`thread ${thread} was given block ${block} with old bytes`);
    this.world.use(thread, block);
  }

  /** Wipes what the thread has staged, as the host does (wiping.ts). Every pool here wipes at put. */
  wipeStaged(thread: number): void {
    for (const block of this.world.staged(thread)) this.world.wipe(block);
  }

  /** Stages the thread's oldest blocks, which a put has wiped; all are of one class. */
  #give(thread: number, count: number): void {
    const blocks = this.held(thread).splice(0, count);
    for (const block of blocks) {
      this.world.endUse(thread, block);
      this.world.wipe(block);
    }
    if (blocks.length > 0) this.world.stage(thread, blocks, this.classOf(blocks[0] as number));
  }

  /** A get through all tiers, counted as exhausted if it concludes so. */
  *get(thread: number, id = 0, want = 1): Blocks {
    const { kernel } = this.world;
    const count = yield* kernel.acquireOrConclude(this.world.row(thread), this.world.cls(id), want, want);
    if (count > 0) return this.#receive(thread, id);
    (this.exhausted[thread] as number) += 1;
    return [];
  }

  /** One attempt of a get, which concludes nothing. */
  *tryGet(thread: number, id = 0, want = 1): Blocks {
    const { kernel } = this.world;
    const count = yield* kernel.acquireBatch(this.world.row(thread), this.world.cls(id), want, want);
    return count > 0 ? this.#receive(thread, id) : [];
  }

  /** A blocking acquire: sleeps on the ticket of its conclusion, without a time limit. */
  *acquire(thread: number, id = 0): Blocks {
    const { kernel, memory } = this.world;
    for (;;) {
      const row = this.world.row(thread);
      const count = yield* kernel.acquireOrConclude(row, this.world.cls(id), 1, 1);
      if (count > 0) return this.#receive(thread, id);
      yield* memory.waitShared(this.world.cls(id) + layout.C_WAIT, memory.loadPlain(row + layout.R_TICKET), 1000);
    }
  }

  /** Puts the thread's oldest blocks on its deque, and home what does not fit. */
  *put(thread: number, count = 1): Body {
    this.#give(thread, count);
    yield* this.world.kernel.spill(this.world.row(thread));
  }

  /** Sends the thread's oldest blocks home. */
  *home(thread: number, count = 1): Body {
    this.#give(thread, count);
    yield* this.world.kernel.homeStaged(this.world.row(thread));
  }

  /** Cuts fresh blocks into the thread's hands. */
  *cut(thread: number, count = 1, id = 0): Blocks {
    const got = yield* this.world.kernel.cutFresh(this.world.row(thread), this.world.cls(id), count);
    return got > 0 ? this.#receive(thread, id) : [];
  }

  /** One attempt to take home blocks of one slab. */
  *take(thread: number, slab: number, want = 1, id = 0): Blocks {
    const { kernel } = this.world;
    const count = yield* kernel.take(this.world.row(thread), this.world.cls(id), slab, 0, want);
    return count > 0 ? this.#receive(thread, id) : [];
  }

  /** One pass over the slabs that the hints name. */
  *takeByHints(thread: number, want = 1, id = 0): Blocks {
    const { kernel } = this.world;
    const count = yield* kernel.takeFromSlabs(this.world.row(thread), this.world.cls(id), want);
    return count > 0 ? this.#receive(thread, id) : [];
  }

  // ---- single steps of a deque, with their history

  /** One push of the thread's oldest blocks; they stay in its hands if the deque is full. */
  *push(thread: number, count = 1): Words {
    const { kernel } = this.world;
    const id = this.classOf(this.held(thread)[0] as number);
    this.#give(thread, count);
    const blocks = this.world.staged(thread);
    const [deque, ring] = [kernel.dequeAt(thread, id), kernel.ringAt(thread, id)];
    const step = kernel.push(this.world.row(thread), this.world.cls(id), deque, ring);
    const outcome = yield* this.history.note(thread, step, (result) => ({ kind: 'push', blocks, result }));
    const left = this.world.unstage(thread);
    for (const block of left) this.#use(thread, block);
    this.held(thread).unshift(...left);
    return outcome;
  }

  *pop(thread: number, want: number, id = 0): Words {
    const { kernel } = this.world;
    const [deque, ring] = [kernel.dequeAt(thread, id), kernel.ringAt(thread, id)];
    const step = kernel.pop(this.world.row(thread), this.world.cls(id), deque, ring, want);
    return yield* this.history.note(thread, step, (result) => {
      const blocks = result > 0 ? this.#receive(thread, id) : [];
      return { kind: 'pop', blocks, result, want };
    });
  }

  *steal(thread: number, victim: number, want: number, id = 0): Words {
    const { kernel } = this.world;
    const [deque, ring] = [kernel.dequeAt(victim, id), kernel.ringAt(victim, id)];
    const step = kernel.steal(this.world.row(thread), this.world.cls(id), victim, deque, ring, want);
    return yield* this.history.note(thread, step, (result) => {
      const blocks = result > 0 ? this.#receive(thread, id) : [];
      return { kind: 'steal', blocks, result, want };
    });
  }

  /** Steals from whichever row has blocks, its own included. */
  *sweep(thread: number, want = 1, id = 0): Blocks {
    const { kernel } = this.world;
    const count = yield* kernel.stealFromEveryRow(this.world.row(thread), this.world.cls(id), want);
    return count > 0 ? this.#receive(thread, id) : [];
  }

  // ---- handing over

  *detach(thread: number, used: number): Words {
    const block = this.held(thread).shift() as number;
    this.world.endUse(thread, block);
    this.#intents[thread] = { kind: 'detach', block };
    const generation = yield* this.world.kernel.detach(this.world.row(thread), block, used, 0);
    this.#intents[thread] = undefined;
    if (generation > 0) this.#hand({ block, generation });
    return generation;
  }

  #hand(handle: Handle): void {
    const { block, generation } = handle;
    if (this.#given.has(`${block} ${generation}`)) throw new Error(`a handle of block ${block} was given twice`);
    this.#given.add(`${block} ${generation}`);
    this.handles.push(handle);
  }

  /** Whether the thread got the block; then `handle` is no handle any more. */
  *adopt(thread: number, handle: Handle): Generator<void, boolean, void> {
    this.#intents[thread] = { kind: 'take', block: handle.block };
    const used = yield* this.world.kernel.adopt(this.world.row(thread), handle.block, handle.generation);
    this.#intents[thread] = undefined;
    if (used < 0) return false;
    const at = this.handles.findIndex(
      ({ block, generation }) => block === handle.block && generation === handle.generation,
    );
    if (at < 0) throw new Error(`thread ${thread} adopted block ${handle.block} by a handle that was used up`);
    this.handles.splice(at, 1);
    this.world.use(thread, handle.block);
    this.held(thread).push(handle.block);
    return true;
  }

  // ---- the end of a thread, and its recovery

  /** The thread ends, whatever it holds. */
  *exit(thread: number): Body {
    const index = this.seats[thread];
    if (index !== undefined) {
      this.dead.add(index);
      this.held(index).length = 0;
      this.seats[thread] = undefined;
    }
    yield* this.world.memory.storeShared(this.world.exitWord(thread), 1);
    yield* this.world.memory.notifyShared(this.world.exitWord(thread));
  }

  *ends(...threads: readonly number[]): Body {
    const { memory } = this.world;
    for (const thread of threads) {
      const exit = this.world.exitWord(thread);
      while ((yield* memory.loadShared(exit)) === 0) yield* memory.waitShared(exit, 0, 1000);
    }
  }

  /** Waits until the first threads of the rows have ended, then recovers the rows as the host does (recovery.ts). */
  *recover(thread: number, ...ended: readonly number[]): Body {
    const { kernel } = this.world;
    const row = this.world.row(thread);
    let claimed = 0;
    yield* this.ends(...ended);
    for (const index of ended) {
      if ((yield* kernel.beginRecovery(row, index, FIRST_INCARNATION)) === DONE) claimed += 1;
    }
    if (claimed > 0) yield* this.finishRecovery(thread);
  }

  /** Recovers one row, whoever's it was. */
  *recoverRow(thread: number, index: number, incarnation: number): Body {
    const { kernel } = this.world;
    if ((yield* kernel.beginRecovery(this.world.row(thread), index, incarnation)) === DONE) {
      yield* this.finishRecovery(thread);
    }
  }

  *finishRecovery(thread: number): Body {
    const { kernel, shape } = this.world;
    const row = this.world.row(thread);
    this.wipeStaged(thread);
    yield* kernel.takeOverRows(row);
    for (let from = 0; ; ) {
      const index = yield* kernel.claimedFrom(row, from);
      if (index >= shape.rows) break;
      from = index + 1;
      yield* kernel.recoverRow(row, index);
      yield* this.#takeBlocks(thread, index);
      yield* kernel.freeRow(row, index);
    }
    kernel.recoveryDone(row);
  }

  *#takeBlocks(thread: number, index: number): Body {
    const { kernel, memory } = this.world;
    const row = this.world.row(thread);
    let from = layout.blockAt(1, 0);
    for (;;) {
      const count = yield* kernel.seizeBatch(row, index, from);
      if (count === 0) return;
      from = memory.loadPlain(row + layout.R_STAGE + (count - 1) * 4) + 1;
      this.wipeStaged(thread);
      yield* kernel.homeStaged(row);
    }
  }

  /** A new thread attaches to the row if it is free. Whether it did. */
  *attach(index: number): Generator<void, boolean, void> {
    const claimed = yield* this.world.kernel.claimRow(this.world.row(index), index, 9, 0, 0, 0, 0);
    if (claimed === DONE) this.dead.delete(index);
    return claimed === DONE;
  }

  // ---- the audit

  /**
   * Gives back what is lost, as the host does (mending.ts). The host sifts out suspects first; here every block and every
   * slot is one, so that the kernel is asked about those too that are where they belong.
   */
  *audit(thread: number): Body {
    const { kernel, shape, pool } = this.world;
    const row = this.world.row(thread);
    while ((yield* this.#look(thread, [], () => kernel.regainRun(row))) === DONE);
    const blocks = this.world.cutBlocks();
    for (const block of blocks) {
      if ((yield* kernel.regainLeft(row, block)) === 0) continue;
      this.wipeStaged(thread);
      yield* kernel.homeStaged(row);
    }
    yield* this.#look(thread, blocks, (count) => kernel.regain(row, count));
    const slots = Array.from({ length: shape.ringSlots }, (_, slot) => slot);
    for (let index = 0; index < shape.rows; index++) {
      for (let id = 0; id < shape.units.length; id++) {
        yield* this.#look(thread, slots, (count) => kernel.vacateSlots(row, index, id, count));
      }
    }
    yield* this.#look(thread, [], () => kernel.balance(row, pool));
  }

  /** Two attempts, a nap apart. */
  *#look(thread: number, suspects: readonly number[], attempt: (count: number) => Words): Words {
    const { memory } = this.world;
    const row = this.world.row(thread);
    for (let left = 2; left > 0; left--) {
      suspects.forEach((suspect, i) => {
        memory.storePlain(row + layout.R_STAGE + i * 4, suspect);
      });
      const outcome = yield* attempt(suspects.length);
      if (outcome !== RETRY) return outcome;
      yield* memory.waitShared(row + layout.R_NAP, 0, 1);
    }
    return RETRY;
  }

  // ---- a thread that was cut

  /** What every slow path of a thread does first (Processor.enter), here after a cut. */
  *settle(thread: number): Body {
    const { memory, kernel } = this.world;
    const row = this.world.row(thread);
    if (memory.loadPlain(row + layout.R_STAGED) !== 0) {
      this.wipeStaged(thread);
      yield* kernel.spill(row);
    }
    if (memory.loadPlain(row + layout.R_RELEASE_POOL) !== 0) yield* kernel.settleRelease(row);
    if (memory.loadPlain(row + layout.R_RECOVERING) !== 0) yield* this.finishRecovery(thread);
    const intent = this.#intents[thread];
    if (intent !== undefined) yield* this.#settleIntent(thread, intent);
  }

  /** A handover whose value reached nobody: its block goes home if it is this thread's, or can be again. */
  *#settleIntent(thread: number, { kind, block }: Intent): Body {
    const { memory, kernel } = this.world;
    const row = this.world.row(thread);
    const state = kernel.lineAt(block) + layout.L_STATE;
    if (kind === 'detach') {
      const generation = memory.loadPlain(kernel.lineAt(block) + layout.L_GENERATION);
      if ((yield* memory.loadShared(state)) === detached(generation)) yield* kernel.adopt(row, block, generation);
    }
    if ((yield* memory.loadShared(state)) === memory.loadPlain(row + layout.R_OWNER)) {
      this.world.stage(thread, [block], this.classOf(block));
      this.wipeStaged(thread);
      yield* kernel.homeStaged(row);
    }
    this.#intents[thread] = undefined;
  }
}
