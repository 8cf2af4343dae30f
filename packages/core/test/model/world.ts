// A small runtime for the model: one pool, some classes, some rows, rings of two or four slots. It is
// laid out by the same geometry code as a real one.

import { geometryOf } from '../../src/host/geometry.ts';
import { ENTRY_READY } from '../../src/kernel/entry.ts';
import * as layout from '../../src/kernel/layout.ts';
import { OWNED, packTagged, tagOf } from '../../src/kernel/line.ts';
import { packLive, ROW_FREE } from '../../src/kernel/row.ts';
import { freshOf, packFrontier, SLAB_ACTIVE, slabTagOf } from '../../src/kernel/slab.ts';
import { stepNames } from '../../build/kernel.mjs';
import type { Bind } from './instrument.ts';
import { ModelMemory, type Words } from './memory.ts';

/** The kernel as generators; the names that scenarios use. */
export interface ModelKernel {
  push(row: number, cls: number, deque: number, ring: number): Words;
  pop(row: number, cls: number, deque: number, ring: number, want: number): Words;
  steal(row: number, cls: number, victim: number, deque: number, ring: number, want: number): Words;
  home(row: number, cls: number): Words;
  take(row: number, cls: number, slab: number, word: number, want: number): Words;
  cut(row: number, cls: number, pool: number, slab: number, want: number): Words;
  detach(row: number, block: number, used: number, now: number): Words;
  adopt(row: number, block: number, generation: number): Words;
  activate(cls: number, slab: number): Words;
  openSlab(): Words;
  prepareWait(row: number, cls: number): Words;
  claimRow(row: number, index: number, thread: number, parent: number, os: number, low: number, high: number): Words;
  inheritRow(
    row: number,
    index: number,
    dead: number,
    thread: number,
    parent: number,
    os: number,
    low: number,
    high: number,
  ): Words;
  leaveRow(row: number, live: number): Words;
  keep(row: number, pool: number): Words;
  findKeeper(pool: number): Words;
  dropKeeper(pool: number, owner: number): Words;
  claimEntry(row: number, pool: number): Words;
  settleEntry(pool: number, word: number): Words;
  dropClaim(row: number, claimant: number): Words;
  enterKernel(row: number): Words;
  exitKernel(row: number): Words;
  regain(row: number, count: number): Words;
  regainLeft(row: number, block: number): Words;
  vacateSlots(row: number, index: number, id: number, count: number): Words;
  regainRun(row: number): Words;
  balance(row: number, pool: number): Words;
  calibrate(pool: number, seen: number, largest: number, standard: number): Words;
  moveGate(cls: number, expected: number, replacement: number): Words;
  closeAll(): Words;
  shutIfClosing(pool: number): Words;
  stealFromEveryRow(row: number, cls: number, want: number): Words;
  stealFromSiblings(row: number, cls: number, want: number): Words;
  takeFromSlabs(row: number, cls: number, want: number): Words;
  reclaimSiblingClasses(row: number, cls: number): Words;
  acquireBatch(row: number, cls: number, want: number, wantFresh: number): Words;
  acquireOrConclude(row: number, cls: number, want: number, wantFresh: number): Words;
  cutFresh(row: number, cls: number, want: number): Words;
  trim(row: number, cls: number, victim: number, deque: number, ring: number, target: number): Words;
  trimClass(row: number, cls: number, epoch: number): Words;
  advanceEpoch(cls: number, tick: number): Words;
  endEpoch(cls: number): Words;
  claimReleaser(row: number, pool: number): Words;
  idleness(cls: number, slab: number, now: number, decayMs: number): Words;
  beginPurge(row: number, cls: number, slab: number): Words;
  endPurge(row: number): Words;
  takeIdleRun(row: number, cls: number, slab: number): Words;
  homeReturnedRun(row: number, slab: number): Words;
  takeIdleQuarter(row: number, cls: number, slab: number, word: number, quarter: number): Words;
  markReturned(slab: number, blocks: number): Words;
  emptyDeques(row: number, cls: number): Words;
  limitPool(pool: number, units: number): Words;
  wakePool(pool: number): Words;
  homeStaged(row: number): Words;
  spill(row: number): Words;
  settleRelease(row: number): Words;
  beginRelease(row: number, slab: number, seen: number): Words;
  beginRecovery(row: number, index: number, incarnation: number): Words;
  takeOverRows(row: number): Words;
  claimedFrom(row: number, first: number): Words;
  recoverRow(row: number, index: number): Words;
  seizeBatch(row: number, index: number, from: number): Words;
  freeRow(row: number, index: number): Words;
  recoveryDone(row: number): void;
  rowAt(row: number): number;
  classAt(id: number): number;
  dequeAt(row: number, id: number): number;
  ringAt(row: number, id: number): number;
  domainAt(row: number, domain: number): number;
  place(row: number, cpu: number, llc: number, node: number): Words;
  forgetNode(slab: number): Words;
  slabAt(slab: number): number;
  lineAt(block: number): number;
  poolAt(pool: number): number;
  headOf(headTail: number): number;
  tailOf(headTail: number): number;
  sizeOf(headTail: number): number;
}

export interface Shape {
  /** Processors; thread i of a scenario is the one of row i. */
  readonly rows: number;
  /** Threads beyond those, which have no row and may attach (heir.ts); none unless given. */
  readonly newcomers?: number;
  readonly ringSlots: number;
  /** By class, its blocks in a slab, so that slabs fill within a few steps. */
  readonly perSlab: readonly number[];
  /** By class, the units of 64 bytes of a block. */
  readonly units: readonly number[];
  /** By class, the slabs of a block that is a run; 0 or nothing for a class that shares slabs. */
  readonly runSlabs?: readonly number[];
  /** The pool's limit, in units. */
  readonly maxUnits: number;
  /** Slabs of data memory. */
  readonly slabs: number;
  /** Entries of the pool table, 1 unless given. */
  readonly pools?: number;
  /** Classes, the last ones, of a second pool that has no bytes and is still to be opened; none unless given. */
  readonly laterClasses?: number;
  /** By row, 1 + the node of its thread; 0, or nothing, for none. */
  readonly nodes?: readonly number[];
  /** Slabs with room that each class may have at one time, 1 unless given. */
  readonly openSlabs?: number;
  /** Steps can be cut inside, as on the Atomics kernel: threads say when they are inside, as its backend makes them. */
  readonly hasTornSteps?: boolean;
}

/** Everything that scenarios call for a row and that moves blocks or bytes; in the backend, the drivers among them. */
const MOVING = [
  ...['push', 'pop', 'steal', 'home', 'take', 'cut'],
  ...['stealFromEveryRow', 'stealFromSiblings', 'takeFromSlabs', 'reclaimSiblingClasses'],
  ...['acquireBatch', 'acquireOrConclude', 'cutFresh', 'homeStaged', 'spill', 'settleRelease'],
  ...['takeOverRows', 'recoverRow', 'seizeBatch', 'freeRow'],
  ...['regain', 'regainLeft', 'vacateSlots', 'regainRun', 'balance'],
  ...['trimClass', 'emptyDeques', 'beginPurge', 'endPurge', 'takeIdleQuarter', 'takeIdleRun', 'homeReturnedRun'],
];

/** A slab's blocks in the model: one word of bits. */
export const MOST_BLOCKS = 32;
/** Bytes of a slab's data: a word for each block. */
const CONTENTS_STRIDE = MOST_BLOCKS * 4;

/** The incarnation of the thread that a row has when the scenario begins. */
export const FIRST_INCARNATION = 1;

export class World {
  readonly memory: ModelMemory;
  readonly kernel: ModelKernel;
  readonly shape: Shape;
  readonly pool: number;
  /** Where the words of `exitWord` begin. */
  readonly #exits: number;
  /** Where the words of `contentsAt` begin. */
  readonly #contents: number;

  constructor(bind: Bind, shape: Shape) {
    const sizes = { maxBytes: shape.slabs * layout.SLAB_BYTES, maxProcessors: shape.rows };
    const geometry = geometryOf({ ...sizes, maxClasses: shape.units.length });
    this.#exits = geometry.controlBytes;
    const threads = shape.rows + (shape.newcomers ?? 0);
    this.#contents = this.#exits + threads * layout.LINE;
    this.memory = new ModelMemory(this.#contents + (shape.slabs + 1) * CONTENTS_STRIDE, threads);
    const bound = bind(this.memory.operations(shape.hasTornSteps));
    // Steps that a scenario calls itself begin and end where a thread can be cut, like those of drivers.
    for (const name of stepNames()) {
      const step = bound[name] as (...args: number[]) => Words;
      bound[name] = (...args: number[]) => this.memory.atStep(step(...args));
    }
    this.kernel = bound as unknown as ModelKernel;
    if (shape.hasTornSteps) this.#bracket(bound);
    this.shape = shape;
    for (const [at, value] of Object.values(geometry.header)) this.memory.poke(at, value);
    this.memory.poke(layout.H_MAX_POOLS, shape.pools ?? 1);
    this.memory.poke(layout.H_RING_SLOTS, shape.ringSlots);
    this.memory.poke(layout.H_SLAB_COUNT, shape.slabs);
    this.memory.poke(layout.H_FRONTIER, packFrontier(1, shape.slabs + 1));
    this.pool = this.kernel.poolAt(0);
    this.#makePool();
    for (let row = 0; row < shape.rows; row++) this.#makeRow(row);
    // A stale handle's adopt compares a state that its owner stores plainly; it can match nothing but a DETACHED
    // that names its own generation, and those are stored and replaced by shared operations only (line.ts).
    const lines = this.kernel.lineAt(0);
    this.memory.isMixed = (at) => at >= lines && (at - lines) % layout.LINE === layout.L_STATE;
  }

  #bracket(bound: Record<string, unknown>): void {
    const { enterKernel, exitKernel } = this.kernel;
    for (const name of MOVING) {
      const run = bound[name] as (row: number, ...rest: number[]) => Words;
      bound[name] = function* (row: number, ...rest: number[]): Words {
        yield* enterKernel(row);
        const outcome = yield* run(row, ...rest);
        yield* exitKernel(row);
        return outcome;
      };
    }
  }

  #makePool(): void {
    const { memory, shape, pool } = this;
    const later = shape.units.length - (shape.laterClasses ?? 0);
    memory.poke(pool + layout.P_ENTRY, ENTRY_READY);
    memory.poke(pool + layout.P_MAX_UNITS, shape.maxUnits);
    memory.poke(pool + layout.P_CLASS_COUNT, later);
    memory.poke(pool + layout.P_OPEN_SLABS, shape.openSlabs ?? 1);
    shape.units.forEach((units, id) => {
      const cls = this.cls(id);
      memory.poke(cls + layout.C_ID, id);
      memory.poke(cls + layout.C_POOL, id < later ? pool : this.kernel.poolAt(1));
      memory.poke(cls + layout.C_UNITS, units);
      memory.poke(cls + layout.C_PER_SLAB, shape.perSlab[id] as number);
      memory.poke(cls + layout.C_RUN_SLABS, shape.runSlabs?.[id] ?? 0);
      memory.poke(cls + layout.C_BITMAP_WORDS, 1);
    });
  }

  #makeRow(index: number): void {
    const row = this.row(index);
    this.memory.poke(row + layout.R_WORD, packLive(FIRST_INCARNATION));
    this.memory.poke(row + layout.R_INDEX, index);
    this.memory.poke(row + layout.R_OWNER, packTagged(OWNED, index, FIRST_INCARNATION));
    this.memory.poke(row + layout.R_THREAD, index);
    this.memory.poke(row + layout.R_NODE, this.shape.nodes?.[index] ?? 0);
  }

  /** The row's thread knows of these domains, the nearest first: in each of them the rows that it lists. */
  setDomains(index: number, ...domains: readonly (readonly number[])[]): void {
    domains.forEach((rows, domain) => {
      this.memory.poke(
        this.kernel.domainAt(index, domain),
        rows.reduce((bits, row) => bits | layout.bitOf(row), 0),
      );
    });
    this.memory.poke(this.row(index) + layout.R_DOMAINS, domains.length);
  }

  /** Every block that is cut, as an oracle reads it. */
  cutBlocks(): number[] {
    const blocks: number[] = [];
    for (let slab = 1; slab <= this.shape.slabs; slab++) {
      const word = this.memory.peek(this.kernel.slabAt(slab) + layout.S_WORD);
      const fresh = slabTagOf(word) === SLAB_ACTIVE ? freshOf(word) : 0;
      for (let number = 0; number < fresh; number++) blocks.push(layout.blockAt(slab, number));
    }
    return blocks;
  }

  /** Whether the row has no thread, as an oracle reads it. */
  isFree(index: number): boolean {
    return tagOf(this.memory.peek(this.row(index) + layout.R_WORD)) === ROW_FREE;
  }

  row(index: number): number {
    return this.kernel.rowAt(index);
  }

  cls(id = 0): number {
    return this.kernel.classAt(id);
  }

  /** The state of a block that the row's present thread holds. */
  ownedBy(index: number): number {
    return this.memory.peek(this.row(index) + layout.R_OWNER);
  }

  /** 1 once the thread has ended: the Worker's 'exit' event, as those see it who wait for it, and what the operating system says. */
  exitWord(thread: number): number {
    return this.#exits + thread * layout.LINE;
  }

  /** A word that stands for the bytes of a block: plain, so that the race detector tells whether its owner is alone with it. */
  contentsAt(block: number): number {
    return this.#contents + layout.slabOf(block) * CONTENTS_STRIDE + layout.numberOf(block) * 4;
  }

  /** Who holds a block writes into it, as its user does. */
  use(index: number, block: number): void {
    this.memory.storePlain(this.contentsAt(block), 1 + index);
  }

  /** And finds what it wrote, when it gives it away. */
  endUse(index: number, block: number): void {
    const found = this.memory.loadPlain(this.contentsAt(block));
    if (found !== 1 + index) throw new Error(`contents: block ${block} had ${found} when row ${index} gave it away`);
  }

  /** Zeros over what was written into a block, by who holds it. */
  wipe(block: number): void {
    this.memory.storePlain(this.contentsAt(block), 0);
  }

  /** Whether somebody has written into a block since it was wiped, as an oracle reads it. */
  isWritten(block: number): boolean {
    return this.memory.peek(this.contentsAt(block)) !== 0;
  }

  /** The blocks that a row has staged, as an oracle reads them. */
  staged(index: number): number[] {
    const row = this.row(index);
    const count = this.memory.peek(row + layout.R_STAGED);
    return Array.from({ length: count }, (_, i) => this.memory.peek(row + layout.R_STAGE + i * 4));
  }

  /** Takes what is staged into the thread's hands, as the host's magazine does: nothing in between can be cut. */
  unstage(index: number): number[] {
    const row = this.row(index);
    const count = this.memory.loadPlain(row + layout.R_STAGED);
    const blocks = Array.from({ length: count }, (_, i) => this.memory.loadPlain(row + layout.R_STAGE + i * 4));
    this.memory.storePlain(row + layout.R_STAGED, 0);
    return blocks;
  }

  /** Stages blocks from the thread's hands. */
  stage(index: number, blocks: readonly number[], id: number): void {
    const row = this.row(index);
    blocks.forEach((block, i) => {
      this.memory.storePlain(row + layout.R_STAGE + i * 4, block);
    });
    this.memory.storePlain(row + layout.R_STAGED_CLASS, this.cls(id));
    this.memory.storePlain(row + layout.R_STAGED, blocks.length);
  }
}
