// This thread's place in a runtime (Go's P): its row, its kernel, and what a slow path does first.
//
// A thread can be cut anywhere in JavaScript (a vm timeout, a stack overflow) and go on. So whatever
// takes several steps leaves a note first, and every slow path begins by settling what the last
// one left: staged blocks, a slab's release, and the intent of a detach, adopt or discard.

import { DETACHED, leaseOf, type PooledView } from './buffer.ts';
import * as counter from './counters.ts';
import { SyncPoolError } from './errors.ts';
import type { Bound, Kernel } from './host/backend.ts';
import { CLOSED } from './kernel/gate.ts';
import {
  H_CLOSED,
  H_MAX_PROCESSORS,
  L_GENERATION,
  L_STATE,
  R_OWNER,
  R_RELEASE_POOL,
  R_STAGE,
  R_STAGED,
  R_STAGED_CLASS,
  R_WORD,
} from './kernel/layout.ts';
import { detached, incarnationOf } from './kernel/line.ts';
import { packLive } from './kernel/row.ts';
import type { Magazine } from './magazine.ts';
import { Neighbours } from './neighbours.ts';
import { settleRecovery } from './recovery.ts';
import type { Scopes } from './scope.ts';
import { wipeStaged } from './wiping.ts';

/** What a cut handover may have left undone. */
interface Intent {
  /** `take`: an adopt or a discard. */
  readonly kind: 'detach' | 'take';
  readonly magazine: Magazine;
  readonly block: number;
  /** The view whose lease a detach ends. */
  readonly view: PooledView | undefined;
}

export class Processor {
  readonly kernel: Kernel;
  readonly hasWholeSteps: boolean;
  readonly words: Int32Array;
  readonly counters: Float64Array;
  readonly data: SharedArrayBuffer;
  readonly row: number;
  readonly index: number;
  readonly maxProcessors: number;
  /** OWNED(row, incarnation): the state of every block that this thread holds. */
  readonly owner: number;
  /** Index of the count of staged blocks among the control words. */
  readonly stagedAt: number;
  readonly stagedClassAt: number;
  readonly stageAt: number;
  /** Set before a handover's first step, cleared after its last. */
  intent: Intent | undefined;
  /** Whose deques this thread looks at first. */
  readonly neighbours: Neighbours;
  /** From this thread's first scope on. */
  scopes: Scopes | undefined = undefined;
  /** When this thread last asked the operating system who is gone (recovery.ts). */
  askedAt = 0;
  /** The second in which the main thread last looked at the container's memory (memory-pressure.ts); NaN: it never did. */
  lookedIn = Number.NaN;
  readonly #live: number;
  #left = false;

  constructor(bound: Bound, data: SharedArrayBuffer, index: number) {
    const { kernel } = bound;
    this.kernel = kernel;
    this.hasWholeSteps = bound.hasWholeSteps;
    this.words = bound.words;
    this.counters = bound.counters;
    this.data = data;
    this.index = index;
    this.row = kernel.rowAt(index);
    this.maxProcessors = kernel.loadPlain(H_MAX_PROCESSORS);
    this.owner = kernel.loadPlain(this.row + R_OWNER);
    this.#live = packLive(incarnationOf(this.owner));
    this.stagedAt = (this.row + R_STAGED) / 4;
    this.stagedClassAt = (this.row + R_STAGED_CLASS) / 4;
    this.stageAt = (this.row + R_STAGE) / 4;
    this.neighbours = new Neighbours(kernel, index);
  }

  get isLeft(): boolean {
    return this.#left;
  }

  /** Whether the row is still this thread's: it is not if somebody took the thread for dead. */
  get ownsRow(): boolean {
    return this.kernel.loadShared(this.row + R_WORD) === this.#live;
  }

  get isClosed(): boolean {
    return this.kernel.loadShared(H_CLOSED) === CLOSED;
  }

  /**
   * The first call of every slow path: refuses if the thread has left, the runtime is closed or the
   * row was taken away, and settles what a cut left.
   *
   * @throws ERR_SYNCPOOL_CLOSED
   */
  enter(): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw new SyncPoolError('ERR_SYNCPOOL_CLOSED', refusal);
    this.#settle();
  }

  /** As `enter`, for what nobody has called: says whether there is anything to do here any more. */
  tryEnter(): boolean {
    if (this.#refusal() !== undefined) return false;
    this.#settle();
    return true;
  }

  /** Why this thread has no part in the runtime any more. */
  #refusal(): string | undefined {
    if (this.#left) return 'this thread has left the runtime: attach again with attachRuntime()';
    if (this.isClosed) return 'the runtime is closed';
    if (this.ownsRow) return undefined;
    return 'this thread was taken for dead and its blocks were recovered: attach again with attachRuntime()';
  }

  #settle(): void {
    if (this.words[this.stagedAt] !== 0) {
      wipeStaged(this);
      this.kernel.spill(this.row);
    }
    if (this.kernel.loadPlain(this.row + R_RELEASE_POOL) !== 0) this.kernel.settleRelease(this.row);
    settleRecovery(this);
    if (this.intent !== undefined) this.#settleIntent(this.intent);
  }

  /**
   * Sends one block home that this row owns and nobody holds: a discarded one. From the count of
   * staged blocks to the last counter nothing can be cut.
   */
  discardOwned(magazine: Magazine, block: number, wasDetaching: boolean): void {
    const { tally } = magazine;
    this.words[this.stageAt] = block;
    this.words[this.stagedClassAt] = magazine.cls;
    this.words[this.stagedAt] = 1;
    this.intent = undefined;
    (tally[counter.DISCARDS] as number) += 1;
    if (wasDetaching) (tally[counter.DETACHES] as number) += 1;
    wipeStaged(this);
    this.kernel.homeStaged(this.row);
  }

  /**
   * Finishes a handover that was cut. Its value reached nobody: of a detach the handle, of an adopt
   * the buffer. So a block that is this row's although nobody holds it goes home, and one that is
   * detached under a handle nobody was given is taken back and goes home too.
   */
  #settleIntent(intent: Intent): void {
    const { kind, magazine, block, view } = intent;
    const line = this.kernel.lineAt(block);
    if (kind === 'detach') {
      // Cut before the lease ended: the user still holds the buffer, and nothing has happened.
      if (view !== undefined && leaseOf(view) !== DETACHED) {
        this.intent = undefined;
        return;
      }
      const generation = this.kernel.loadPlain(line + L_GENERATION);
      if (this.kernel.loadShared(line + L_STATE) === detached(generation))
        this.kernel.adopt(this.row, block, generation);
      if (this.kernel.loadShared(line + L_STATE) === this.owner) this.discardOwned(magazine, block, true);
    } else if (this.kernel.loadShared(line + L_STATE) === this.owner) {
      this.discardOwned(magazine, block, false);
    }
    this.intent = undefined;
  }

  /** Marks the thread as gone. Frees its row if it holds nothing any more; else the row waits for recovery. */
  leave(holdsNothing: boolean): void {
    this.#left = true;
    if (holdsNothing) this.kernel.leaveRow(this.row, this.#live);
  }
}
