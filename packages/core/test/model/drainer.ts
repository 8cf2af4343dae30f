// A thread that drains, gives memory back and moves the limit: the host's side in a few lines (drain.ts, purge.ts, catalog.ts). To give
// pages back is to zero the words that stand for the blocks' bytes.

import * as layout from '../../src/kernel/layout.ts';
import { DONE, PARTLY } from '../../src/kernel/outcome.ts';
import { highOf, lowOf, SLAB_ACTIVE, slabClassOf, slabTagOf } from '../../src/kernel/slab.ts';
import type { Body } from './execution.ts';
import type { Words } from './memory.ts';
import type { Stage } from './stage.ts';
import { MOST_BLOCKS } from './world.ts';

/** Any moment: with a decay of 0 all is due. */
const NOW = 7;

export class Drainer {
  /** Slabs and runs of which it gave memory back, whole or in part. */
  purged = 0;
  readonly #stage: Stage;
  readonly #thread: number;

  constructor(stage: Stage, thread: number) {
    this.#stage = stage;
    this.#thread = thread;
  }

  // ---- draining

  /** Trims a class for the end of an epoch. The blocks sent home. */
  trim(epoch: number, id = 0): Words {
    const { world } = this.#stage;
    const work = world.kernel.trimClass(this.#row, world.cls(id), epoch);
    return this.#stage.low.trimming(world, id, epoch, work);
  }

  /** Ends an epoch by hand. */
  *drain(id = 0): Words {
    return yield* this.trim(yield* this.#stage.world.kernel.endEpoch(this.#stage.world.cls(id)), id);
  }

  /** Hears of a period of the clock. */
  *hear(tick: number, id = 0): Words {
    const epoch = yield* this.#stage.world.kernel.advanceEpoch(this.#stage.world.cls(id), tick);
    return epoch > 0 ? yield* this.trim(epoch, id) : 0;
  }

  // ---- purging

  /** One turn of purging, over every slab. */
  *purge(decayMs = 0, now = NOW): Body {
    const { kernel, memory, pool, shape } = this.#stage.world;
    if ((yield* kernel.claimReleaser(this.#row, pool)) !== DONE) return;
    const frontier = yield* memory.loadShared(layout.H_FRONTIER);
    const claimed: number[] = [];
    for (let slab = 1; slab <= shape.slabs; slab++) {
      if (slab >= lowOf(frontier) && slab < highOf(frontier)) continue;
      if (yield* this.#purgeSlab(slab, decayMs, now)) claimed.push(slab);
    }
    // To the ends of the slabs: what is not cut is nobody's either, and cannot be meanwhile.
    for (const slab of claimed) {
      this.#returnPages(Array.from({ length: MOST_BLOCKS }, (_, number) => layout.blockAt(slab, number)));
    }
    this.purged += claimed.length;
    yield* kernel.endPurge(this.#row);
    yield* kernel.settleRelease(this.#row);
  }

  /** Whether it has claimed the slab. */
  *#purgeSlab(slab: number, decayMs: number, now: number): Generator<void, boolean, void> {
    const { kernel, memory, shape } = this.#stage.world;
    const word = yield* memory.loadShared(kernel.slabAt(slab) + layout.S_WORD);
    const id = slabClassOf(word);
    if (slabTagOf(word) !== SLAB_ACTIVE || id >= shape.units.length - (shape.laterClasses ?? 0)) return false;
    const idleness = yield* kernel.idleness(kernel.classAt(id), slab, now, decayMs);
    if (idleness === PARTLY) yield* this.purgePart(slab, id);
    else if (idleness === DONE && (shape.runSlabs?.[id] ?? 0) > 0) yield* this.#purgeRun(slab, id);
    else if (idleness === DONE) return (yield* kernel.beginPurge(this.#row, kernel.classAt(id), slab)) === DONE;
    return false;
  }

  *#purgeRun(slab: number, id: number): Body {
    const { kernel } = this.#stage.world;
    if ((yield* kernel.takeIdleRun(this.#row, kernel.classAt(id), slab)) <= 0) return;
    this.#returnPages([layout.blockAt(slab, 0)]);
    this.purged += 1;
    yield* kernel.homeReturnedRun(this.#row, slab);
  }

  /** Gives back the pages of the home blocks of a slab. */
  *purgePart(slab: number, id = 0): Body {
    const { world } = this.#stage;
    const { kernel } = world;
    let blocks = 0;
    for (let quarter = 0; quarter < 4; quarter++) {
      const taken = yield* kernel.takeIdleQuarter(this.#row, kernel.classAt(id), slab, 0, quarter);
      if (taken <= 0) continue;
      this.#returnPages(world.staged(this.#thread));
      blocks += taken;
      yield* kernel.homeStaged(this.#row);
    }
    if (blocks > 0) this.purged += 1;
    yield* kernel.markReturned(slab, blocks);
  }

  #returnPages(blocks: readonly number[]): void {
    const { memory } = this.#stage.world;
    for (const block of blocks) memory.storePlain(this.#stage.world.contentsAt(block), 0);
  }

  // ---- the limit

  /** Moves the limit. */
  *resize(units: number): Body {
    const { kernel, memory, pool } = this.#stage.world;
    const isLess = units < (yield* memory.loadShared(pool + layout.P_MAX_UNITS));
    yield* kernel.limitPool(pool, units);
    if (isLess) yield* this.empty();
    else yield* kernel.wakePool(pool);
  }

  /** Sends home all that can be had, and gives back what that frees. */
  *empty(): Body {
    const { kernel, shape } = this.#stage.world;
    for (let id = 0; id < shape.units.length; id++) yield* kernel.emptyDeques(this.#row, kernel.classAt(id));
    yield* this.purge();
  }

  get #row(): number {
    return this.#stage.world.row(this.#thread);
  }
}
