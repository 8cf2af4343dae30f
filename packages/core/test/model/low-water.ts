// What a trim may take: for each epoch and deque the true low-water mark, as an oracle sees it in every state, and what trims sent home.
//
// The claim: for the end of an epoch no more is trimmed of all deques together than their true low-water marks of it. It holds unless
// the mark that a trim reads is not the newest, and there are two ways to that. A racy load may return an old value. And
// an owner that has published its blocks and not yet noted what it had before has a mark that does not know of them. Of
// such schedules only that is claimed which is claimed of all: no block is lost or doubled.

import * as layout from '../../src/kernel/layout.ts';
import type { Words } from './memory.ts';
import type { World } from './world.ts';

export class LowWater {
  /** By deque and epoch. */
  readonly #least = new Map<string, number>();
  /** By class and epoch. */
  readonly #trimmed = new Map<string, number>();
  /** Deques whose owners have published and not noted. */
  readonly #unnoted = new Set<number>();
  #isBlurred = false;

  /** Sees a state: the first one, and each after a step. Where nothing is seen nothing is claimed. */
  see({ kernel, memory, shape }: World): void {
    for (let id = 0; id < shape.units.length; id++) {
      const epoch = memory.peek(kernel.classAt(id) + layout.C_EPOCH);
      for (let row = 0; row < shape.rows; row++) {
        const deque = kernel.dequeAt(row, id);
        const size = kernel.sizeOf(memory.peek(deque + layout.D_HEAD_TAIL));
        const key = `${deque} ${epoch}`;
        this.#least.set(key, Math.min(this.#least.get(key) ?? size, size));
      }
    }
  }

  /** Runs what the owner of a deque does, and knows when it has published and not noted. */
  *owning({ kernel, memory }: World, row: number, id: number, work: Generator<void, unknown, void>) {
    const deque = kernel.dequeAt(row, id);
    const notes = [kernel.classAt(id) + layout.C_EPOCH, deque + layout.D_LOW, deque + layout.D_LOW_BEFORE];
    for (let publishes = false; ; ) {
      const { done } = work.next();
      const { at, writes } = memory.stop;
      if (publishes) this.#unnoted.add(deque);
      if (done || !notes.includes(at)) this.#unnoted.delete(deque);
      if (done) return;
      publishes = writes && at === deque + layout.D_HEAD_TAIL;
      yield;
    }
  }

  /** Runs a trim of the class for the end of an epoch. Throws if that has sent too much home. */
  *trimming(world: World, id: number, epoch: number, work: Words): Words {
    const { kernel, memory, shape } = world;
    const deques = Array.from({ length: shape.rows }, (_, row) => kernel.dequeAt(row, id));
    for (let read: number | undefined; ; ) {
      const { done, value } = work.next();
      if (read !== undefined && this.#unnoted.has(read)) this.#isBlurred = true;
      if (done) {
        this.#book(world, deques, id, epoch, value);
        return value;
      }
      read = deques.find((deque) => deque + layout.D_LOW === memory.stop.at);
      yield;
    }
  }

  #book({ memory }: World, deques: readonly number[], id: number, epoch: number, count: number): void {
    const total = (this.#trimmed.get(`${id} ${epoch}`) ?? 0) + count;
    this.#trimmed.set(`${id} ${epoch}`, total);
    if (this.#least.size === 0 || this.#isBlurred || memory.staleReads > 0) return;
    const cold = deques.reduce((sum, deque) => sum + (this.#least.get(`${deque} ${epoch - 1}`) ?? 0), 0);
    if (total > cold)
      throw new Error(`the low water: ${total} blocks are trimmed for epoch ${epoch}, and ${cold} were cold`);
  }
}
