// Conservation: where every block is, once all threads have ended. Each block that was ever cut from a slab in use is in
// exactly one place, its state says the same, and the pool's accounts are the sum of what is cut.

import * as layout from '../../src/kernel/layout.ts';
import { DETACHED, detached, FREE, IN_DEQUE, inDeque, rowOf, tagOf } from '../../src/kernel/line.ts';
import { ROW_FREE } from '../../src/kernel/row.ts';
import { freshOf, SLAB_ACTIVE, SLAB_FREE, slabClassOf, slabTagOf } from '../../src/kernel/slab.ts';
import type { Stage } from './stage.ts';

interface Place {
  readonly name: string;
  /** The state that a block there has. */
  readonly state: number;
}

/** What a scenario may leave behind besides blocks in their places. */
export interface Allowance {
  /** Blocks that nobody holds: a thread was cut inside a step. */
  readonly leaks?: boolean;
  /** Accounts that an attempt cut inside has left open. */
  readonly reservations?: boolean;
  /** Blocks that the thread of this row owns and does not hold: it was cut inside a step and lives. They go home when it ends. */
  readonly unheldBy?: number;
}

class Census {
  readonly #stage: Stage;
  readonly #places = new Map<number, Place[]>();

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#countHands();
    this.#countDeques();
    this.#countHome();
  }

  placesOf(block: number): readonly Place[] {
    return this.#places.get(block) ?? [];
  }

  blocks(): number[] {
    return [...this.#places.keys()];
  }

  #add(block: number, name: string, state: number): void {
    this.#places.set(block, [...this.placesOf(block), { name, state }]);
  }

  #countHands(): void {
    const { world, hands, handles, dead, wasCut } = this.#stage;
    hands.forEach((blocks, row) => {
      for (const block of blocks) this.#add(block, `hands of ${row}`, world.ownedBy(row));
      if (!dead.has(row))
        for (const block of world.staged(row)) this.#add(block, `stage of ${row}`, world.ownedBy(row));
    });
    for (const { block, generation } of handles) {
      // Of an adopt whose value was lost, the message is used up although nobody could say so.
      if (!wasCut || this.#stateOf(block) === detached(generation)) this.#add(block, 'a handle', detached(generation));
    }
    if (wasCut) this.#countLostMessages();
  }

  #stateOf(block: number): number {
    const { kernel, memory } = this.#stage.world;
    return memory.peek(kernel.lineAt(block) + layout.L_STATE);
  }

  /** Messages whose making was cut before anybody was told: nobody's, until an audit finds them. */
  #countLostMessages(): void {
    const { shape, kernel, memory } = this.#stage.world;
    for (let slab = 1; slab <= shape.slabs; slab++) {
      const fresh = freshOf(memory.peek(kernel.slabAt(slab) + layout.S_WORD));
      for (let number = 0; number < fresh; number++) {
        const block = layout.blockAt(slab, number);
        const state = this.#stateOf(block);
        const isKnown = this.#stage.handles.some((one) => one.block === block && detached(one.generation) === state);
        if (tagOf(state) === DETACHED && !isKnown) this.#add(block, 'a lost message', state);
      }
    }
  }

  #countDeques(): void {
    const { shape, kernel, memory } = this.#stage.world;
    for (let row = 0; row < shape.rows; row++) {
      for (let id = 0; id < shape.units.length; id++) {
        const headTail = memory.peek(kernel.dequeAt(row, id) + layout.D_HEAD_TAIL);
        for (let i = 0; i < kernel.sizeOf(headTail); i++) {
          const slot = (kernel.tailOf(headTail) + i) & (shape.ringSlots - 1);
          this.#add(memory.peek(kernel.ringAt(row, id) + slot * 4), `deque of ${row}, class ${id}`, inDeque(row));
        }
      }
    }
  }

  #countHome(): void {
    const { shape, kernel, memory } = this.#stage.world;
    for (let slab = 1; slab <= shape.slabs; slab++) {
      const bits = memory.peek(kernel.slabAt(slab) + layout.S_BITMAP);
      for (let i = 0; i < 32; i++) if ((bits & (1 << i)) !== 0) this.#add(layout.blockAt(slab, i), 'home', FREE);
    }
  }
}

/** Units cut from slabs in use; adds what is wrong to `wrong`. */
function countSlabs(stage: Stage, census: Census, allowance: Allowance, wrong: string[]): number {
  const { shape, kernel, memory } = stage.world;
  let units = 0;
  const known = new Set<number>();
  for (let slab = 1; slab <= shape.slabs; slab++) {
    const word = memory.peek(kernel.slabAt(slab) + layout.S_WORD);
    if (word === SLAB_FREE) continue;
    if (slabTagOf(word) !== SLAB_ACTIVE) {
      if (!allowance.leaks) wrong.push(`slab ${slab} is left in release`);
      continue;
    }
    units += freshOf(word) * (shape.units[slabClassOf(word)] as number);
    for (let number = 0; number < freshOf(word); number++) {
      const block = layout.blockAt(slab, number);
      known.add(block);
      checkBlock(stage, block, census.placesOf(block), allowance, wrong);
    }
  }
  for (const block of census.blocks()) {
    if (!known.has(block)) wrong.push(`block ${block} is in ${census.placesOf(block)[0]?.name}, but it is not cut`);
  }
  return units;
}

function checkBlock(
  stage: Stage,
  block: number,
  places: readonly Place[],
  allowance: Allowance,
  wrong: string[],
): void {
  const { memory, kernel } = stage.world;
  const [place] = places;
  if (places.length > 1) wrong.push(`block ${block} is in ${places.map(({ name }) => name).join(' and ')}`);
  const state = memory.peek(kernel.lineAt(block) + layout.L_STATE);
  if (place === undefined) {
    const isUnheld = allowance.unheldBy !== undefined && state === stage.world.ownedBy(allowance.unheldBy);
    if (!allowance.leaks && !isUnheld) wrong.push(`block ${block} is lost`);
    return;
  }
  const isFree = tagOf(place.state) === FREE || tagOf(place.state) === IN_DEQUE;
  if (isFree && stage.world.isWritten(block)) wrong.push(`block ${block} in ${place.name} has old bytes`);
  if (state !== place.state) wrong.push(`block ${block} in ${place.name} has state ${state}, not ${place.state}`);
}

/** Slots outside of what a deque holds: all handed back. */
function checkSlots(stage: Stage, wrong: string[]): void {
  const { shape, kernel, memory } = stage.world;
  for (let row = 0; row < shape.rows; row++) {
    for (let id = 0; id < shape.units.length; id++) {
      const headTail = memory.peek(kernel.dequeAt(row, id) + layout.D_HEAD_TAIL);
      for (let i = kernel.sizeOf(headTail); i < shape.ringSlots; i++) {
        const slot = kernel.ringAt(row, id) + ((kernel.tailOf(headTail) + i) & (shape.ringSlots - 1)) * 4;
        if (memory.peek(slot) !== 0) wrong.push(`a slot of deque ${row}, class ${id}, is not handed back`);
      }
    }
  }
}

/** Hints say where blocks are once everybody has ended; a thread cut between a clear and its second look leaves none. */
function checkHints(stage: Stage, wrong: string[]): void {
  const { shape, kernel, memory } = stage.world;
  const isSet = (bitmap: number, index: number) =>
    (memory.peek(layout.bitWordAt(bitmap, index)) & layout.bitOf(index)) !== 0;
  shape.units.forEach((_units, id) => {
    const cls = kernel.classAt(id);
    for (let row = 0; row < shape.rows; row++) {
      const headTail = memory.peek(kernel.dequeAt(row, id) + layout.D_HEAD_TAIL);
      if (kernel.sizeOf(headTail) !== 0 && !isSet(cls + layout.C_NON_EMPTY, row)) {
        wrong.push(`deque ${row} of class ${id} has blocks and no hint`);
      }
    }
    for (let slab = 1; slab <= shape.slabs; slab++) {
      const word = memory.peek(kernel.slabAt(slab) + layout.S_WORD);
      const isOfClass = slabTagOf(word) === SLAB_ACTIVE && slabClassOf(word) === id;
      const bits = memory.peek(kernel.slabAt(slab) + layout.S_BITMAP);
      if (isOfClass && bits !== 0 && !isSet(cls + layout.C_SUMMARY, slab))
        wrong.push(`slab ${slab} has blocks at home and no hint`);
    }
  });
}

/** The dead have no row, no pool and no entry of the pool table any more. */
function checkDead(stage: Stage, wrong: string[]): void {
  const { kernel, memory, shape, pool } = stage.world;
  for (const index of stage.dead) {
    if (tagOf(memory.peek(kernel.rowAt(index) + layout.R_WORD)) !== ROW_FREE) wrong.push(`row ${index} is not free`);
    for (let entry = 0; entry < (shape.pools ?? 1); entry++) {
      const word = memory.peek(kernel.poolAt(entry) + layout.P_ENTRY);
      if (word === stage.world.ownedBy(index)) wrong.push(`row ${index} is still making pool ${entry}`);
    }
  }
  const releaser = memory.peek(pool + layout.P_RELEASER);
  if (releaser !== 0) wrong.push(`row ${rowOf(releaser)} is still the pool's releaser`);
}

/** Throws unless every block is in exactly one place and everything that is counted adds up. */
export function conserve(stage: Stage, allowance: Allowance = {}): void {
  const { memory, pool } = stage.world;
  const wrong: string[] = [];
  const units = countSlabs(stage, new Census(stage), allowance, wrong);
  const [reserved, cut] = [memory.peek(pool + layout.P_RESERVED), memory.peek(pool + layout.P_CUT)];
  if (!allowance.reservations && (reserved !== cut || cut !== units)) {
    wrong.push(`${reserved} units are reserved, ${cut} are booked as cut, and ${units} are cut`);
  }
  if (!allowance.leaks) checkSlots(stage, wrong);
  checkDead(stage, wrong);
  if (!stage.wasCut) checkHints(stage, wrong);
  if (wrong.length > 0) throw new Error(`conservation: ${wrong.join('; ')}`);
}

/** Throws if the pool has given out more than its limit, at any moment: the highest, if the limit moves (limits.ts has the rest). */
export function stayWithinLimit(stage: Stage): void {
  const { memory, pool } = stage.world;
  const [reserved, cut] = [memory.peek(pool + layout.P_RESERVED), memory.peek(pool + layout.P_CUT)];
  stage.mostUnits = Math.max(stage.mostUnits, memory.peek(pool + layout.P_MAX_UNITS));
  if (cut > stage.mostUnits || reserved > stage.mostUnits || cut > reserved) {
    throw new Error(`the limit: ${reserved} units are reserved and ${cut} cut, of ${stage.mostUnits}`);
  }
}
