// A thread as it uses the pools of a runtime that somebody may close: the host's side in a few lines (runtime.ts,
// pool-core.ts, waiters.ts, pressure.ts). Who closes is a user too.

import { ENTRY_CREATING, ENTRY_FREE, ENTRY_READY } from '../../src/kernel/entry.ts';
import { CLOSED, GATE_CLOSED } from '../../src/kernel/gate.ts';
import * as layout from '../../src/kernel/layout.ts';
import { tagOf } from '../../src/kernel/line.ts';
import { DONE } from '../../src/kernel/outcome.ts';
import type { Body } from './execution.ts';
import type { Words } from './memory.ts';
import type { Stage } from './stage.ts';

/** A time of pressure that has not lapsed, as a gate says it. */
const DEADLINE = 77;

export class User {
  readonly #stage: Stage;
  readonly #thread: number;
  /** Classes of the pools that this thread has opened. */
  readonly #opened = [0];
  #refused = false;

  constructor(stage: Stage, thread: number) {
    this.#stage = stage;
    this.#thread = thread;
  }

  /** The first look of every slow path. False: the runtime is closed, and then no fast path of this thread is open. */
  *enter(): Generator<void, boolean, void> {
    const { memory } = this.#stage.world;
    if ((yield* memory.loadShared(layout.H_CLOSED)) !== CLOSED) {
      if (this.#refused) throw new Error(`thread ${this.#thread} was refused, and is let in again`);
      return true;
    }
    this.#refused = true;
    for (const id of this.#opened) {
      const gate = yield* memory.loadRacy(this.#gate(id));
      if (gate !== GATE_CLOSED) throw new Error(`thread ${this.#thread} was refused, and class ${id} is open to it`);
    }
    return false;
  }

  /** A call that ends in `work` unless it is refused. */
  *call(work: () => Generator<void, unknown, void>): Body {
    if (yield* this.enter()) yield* work();
  }

  /** Waits for a block, or until it is refused. `believes` its last conclusion, if that still stands, and searches for nothing. */
  *acquire(id = 0, believes = false): Body {
    const { memory } = this.#stage.world;
    const word = this.#stage.world.cls(id) + layout.C_WAIT;
    const row = this.#stage.world.row(this.#thread);
    while (yield* this.enter()) {
      const mayRest = believes && (yield* memory.loadShared(word)) === memory.loadPlain(row + layout.R_TICKET);
      if (!mayRest && (yield* this.#stage.get(this.#thread, id)).length > 0) return;
      if (!(yield* this.enter())) return;
      yield* memory.waitShared(word, memory.loadPlain(row + layout.R_TICKET), 1000);
    }
  }

  /** Presses on a class, unless its gate is shut. */
  *press(id = 0): Body {
    const gate = yield* this.#look(id);
    if (gate !== GATE_CLOSED) yield* this.#stage.world.kernel.moveGate(this.#stage.world.cls(id), gate, DEADLINE);
  }

  /** Opens the gate of a class whose time of pressure is over. */
  *relieve(id = 0): Body {
    const gate = yield* this.#look(id);
    if (gate !== 0 && gate !== GATE_CLOSED)
      yield* this.#stage.world.kernel.moveGate(this.#stage.world.cls(id), gate, 0);
  }

  /** Opens the second pool: makes it, or finds it made. Once closed it is refused. */
  *open(): Body {
    if (!(yield* this.enter())) return;
    const { kernel, memory } = this.#stage.world;
    const at = kernel.poolAt(1);
    while ((yield* this.#settled(at)) === ENTRY_FREE) {
      const row = this.#stage.world.row(this.#thread);
      if ((yield* kernel.claimEntry(row, at)) !== DONE) continue;
      memory.storePlain(at + layout.P_FIRST_CLASS, this.#second);
      memory.storePlain(at + layout.P_CLASS_COUNT, 1);
      yield* kernel.settleEntry(at, ENTRY_READY);
    }
    this.#opened.push(this.#second);
    yield* kernel.shutIfClosing(at);
  }

  close(): Words {
    return this.#stage.world.kernel.closeAll();
  }

  get #second(): number {
    return this.#stage.world.shape.units.length - 1;
  }

  #gate(id: number): number {
    return this.#stage.world.cls(id) + layout.C_GATE;
  }

  #look(id: number): Words {
    return this.#stage.world.memory.loadShared(this.#gate(id));
  }

  *#settled(at: number): Words {
    const { memory } = this.#stage.world;
    for (;;) {
      const word = yield* memory.loadShared(at + layout.P_ENTRY);
      if (tagOf(word) !== ENTRY_CREATING) return tagOf(word);
      yield* memory.waitShared(at + layout.P_ENTRY, word, 1000);
    }
  }
}
