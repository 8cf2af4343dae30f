// What a limit that moves still says: whenever the bytes in use rise, they rise to no more than a limit that was in force
// while one of those cut who are at it now. So a cut that begins after the limit has come down keeps to the new one.

import * as layout from '../../src/kernel/layout.ts';
import type { World } from './world.ts';

export class Limits {
  /** By thread that cuts, the highest limit since it began. */
  readonly #highest = new Map<number, number>();
  #reserved: number | undefined;

  /** Sees a state: the first one, and each after a step. */
  see({ memory, pool }: World): void {
    const [limit, reserved] = [memory.peek(pool + layout.P_MAX_UNITS), memory.peek(pool + layout.P_RESERVED)];
    for (const [thread, highest] of this.#highest) this.#highest.set(thread, Math.max(highest, limit));
    const most = Math.max(...this.#highest.values());
    if (reserved > (this.#reserved ?? reserved) && reserved > most) {
      throw new Error(`the limit: ${reserved} units are reserved by who has seen no limit above ${most}`);
    }
    this.#reserved = reserved;
  }

  /** Runs what may cut. It begins with its first operation on a shared word. */
  *cutting({ memory, pool }: World, thread: number, work: Generator<void, unknown, void>) {
    while (!work.next().done) {
      yield;
      if (!this.#highest.has(thread)) this.#highest.set(thread, memory.peek(pool + layout.P_MAX_UNITS));
    }
    this.#highest.delete(thread);
  }
}
