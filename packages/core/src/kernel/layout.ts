// Every offset, stride and width in control memory. No other file adds a number to an address.
//
//   header | pools | classes | rows | domains | deques | counters | lengths | steals | slabs | rings | lines | traces
//
// Addresses are byte offsets (i32); a word is 4 bytes; a line is 64 bytes. Words that different
// threads write stand on different lines, except where they always change together.
// Region bases depend on the geometry (host/geometry.ts); the creator stores them in the header before any other
// thread can see the memory, and they never change: plain reads.

import { imul, loadPlain } from './word.ts';

export const MAGIC: i32 = 0x53504f4c; // "SPOL"
export const LAYOUT_VERSION: i32 = 5;

export const LINE: i32 = 64;
const LINE_SHIFT: i32 = 6;
const WORD_SHIFT: i32 = 2;

/** Blocks start on multiples of this, and byte limits are counted in it: 4 GiB fit in 27 bits. */
export const UNIT_BYTES: i32 = 64;
export const SMALLEST_BLOCK: i32 = 256;
export const SLAB_BYTES: i32 = 1 << 20;
/** Bits of a block's number within its slab: a slab of the smallest blocks has 4,096. */
export const SLAB_SHIFT: i32 = 12;
export const BLOCKS_PER_SLAB: i32 = 1 << SLAB_SHIFT;

// ---- header: line 0 geometry, line 1 region bases (both fixed at creation), line 2 closed, line 3 frontier
export const H_MAGIC: i32 = 0;
export const H_VERSION: i32 = 4;
export const H_CONTROL_BYTES: i32 = 8;
export const H_SLAB_COUNT: i32 = 12;
export const H_MAX_PROCESSORS: i32 = 16;
export const H_MAX_CLASSES: i32 = 20;
export const H_MAX_POOLS: i32 = 24;
export const H_RING_SLOTS: i32 = 28;
export const H_MAX_UNITS: i32 = 32;
/** Two random words that tell this runtime from any other of its name. */
export const H_ID_LOW: i32 = 36;
export const H_ID_HIGH: i32 = 40;
/** 1 if the threads watch the container's memory (memory-pressure.ts of the host), else 0. */
export const H_WATCHES_MEMORY: i32 = 44;
export const H_POOLS: i32 = 64;
export const H_CLASSES: i32 = 68;
export const H_ROWS: i32 = 72;
export const H_DEQUES: i32 = 76;
export const H_COUNTERS: i32 = 80;
export const H_STEALS: i32 = 84;
export const H_SLABS: i32 = 88;
export const H_RINGS: i32 = 92;
export const H_LINES: i32 = 96;
export const H_TRACES: i32 = 100;
export const H_LENGTHS: i32 = 104;
export const H_DOMAINS: i32 = 108;
/** Whether the runtime is closed (gate.ts). Written by whoever closes it, read by every slow path and by openers of pools. */
export const H_CLOSED: i32 = 128;
/** The second in which somebody has looked at the container's memory last; CAS to a later one (epoch.ts). Written once a second at most. */
export const H_PRESSURE_TICK: i32 = 132;
/** How often threads have said where they run (place.ts). Added to by who says so, read by every refill of a thread that has a place. */
export const H_PLACINGS: i32 = 136;
/** Racy: 1 once a thread has asked the system for small pages (placing.ts). Written by it, read by each thread that is placed. */
export const H_SMALL_PAGES: i32 = 140;
/** Packed slab frontier (slab.ts). Written by CAS by whoever opens a slab or cuts a run. */
export const H_FRONTIER: i32 = 192;
export const HEADER_BYTES: i32 = 256;

// ---- pool: line 0 entry word, calibration and keeper (all written rarely), line 1 accounting (a cut or a release changes its words together), lines 2-3 options (fixed once READY), then the name
export const P_ENTRY: i32 = 0;
/** What an adaptive pool has calibrated (calibration.ts): read by each of its gets and puts, racily. */
export const P_CALIBRATED: i32 = 4;
/** Hint: who gives the pool's pages back unasked (keeper.ts). Written by the main thread, read by workers at the end of an epoch. */
export const P_KEEPER: i32 = 8;
export const P_RESERVED: i32 = 64;
export const P_CUT: i32 = 68;
/** 0, or the OWNED word of the one row that is releasing slabs of the pool: until it is 0 again, nothing is concluded. */
export const P_RELEASER: i32 = 72;
/** What may be cut, and what the runtime has promised the pool: shared words, because `resize` moves them. */
export const P_MAX_UNITS: i32 = 128;
export const P_FIRST_CLASS: i32 = 132;
export const P_CLASS_COUNT: i32 = 136;
export const P_SLAB_DEMAND: i32 = 140;
export const P_ON_EXHAUSTED: i32 = 144;
export const P_NAME_LENGTH: i32 = 148;
export const P_ON_DROP: i32 = 152;
/** One of how many leases is watched, 0 for none. */
export const P_DEBUG: i32 = 156;
export const P_DRAIN_ON: i32 = 160;
export const P_DRAIN_MS: i32 = 164;
export const P_DECAY_MS: i32 = 168;
export const P_RETAIN_UNITS: i32 = 172;
/** The limit that the pool was opened with, and what the runtime promised it: at least that, and what it has been raised to. */
export const P_OPENED_UNITS: i32 = 176;
export const P_PROMISED_UNITS: i32 = 76;
/** When blocks are filled with zeros. Whoever recovers a thread asks for it, also of pools that it has not opened. */
export const P_WIPE: i32 = 180;
export const P_ADAPTIVE: i32 = 184;
/** Slabs with room that each class of the pool may have at one time, 1 or more: one a node, as far as slabs were promised for that. */
export const P_OPEN_SLABS: i32 = 188;
export const P_NAME: i32 = 192;
export const NAME_BYTES: i32 = 128;
export const POOL_STRIDE: i32 = 320;

// ---- class: line 0 options (fixed), line 1 gate, line 2 eventcount, line 3 cut hint, then the two hint bitmaps
export const C_ID: i32 = 0;
export const C_POOL: i32 = 4;
export const C_SIZE: i32 = 8;
export const C_UNITS: i32 = 12;
export const C_PER_SLAB: i32 = 16;
export const C_RUN_SLABS: i32 = 20;
export const C_BITMAP_WORDS: i32 = 24;
/** What all deques of the class together may hold. */
export const C_RETAIN_UNITS: i32 = 28;
/** The gate (gate.ts): read by every get and put, racily. */
export const C_GATE: i32 = 64;
/** The drain's clock (epoch.ts). Written once an epoch, so it may share the gate's line. */
export const C_EPOCH: i32 = 68;
export const C_TICK: i32 = 72;
/** The eventcount of the class (wait.ts): a sequence number above a bit that says that somebody may wait. */
export const C_WAIT: i32 = 128;
/** Racy hint: the slab cut last. */
export const C_CUT_HINT: i32 = 192;
/** Hint bits, one a row: that row's deque may be non-empty. 1,024 rows at most. */
export const C_NON_EMPTY: i32 = 256;
/** Hint bits, one a slab: that slab may have blocks at home. 4,096 slabs at most. */
export const C_SUMMARY: i32 = 384;
export const CLASS_STRIDE: i32 = 896;

// ---- row of a processor: line 0 row word and claimant, line 1 identity (written by its claimant) and place (by its thread), lines 2-3 private to its thread
export const R_WORD: i32 = 0;
/** 0, or who is claiming the row just now (row.ts). */
export const R_CLAIMANT: i32 = 4;
export const R_THREAD: i32 = 68;
export const R_PARENT: i32 = 72;
export const R_OS_THREAD: i32 = 76;
export const R_START_LOW: i32 = 80;
export const R_START_HIGH: i32 = 84;
/** Where the row's thread runs, or the last one ran (place.ts): 1 + the CPU, its last-level cache, its node; 0 where that is not known. */
export const R_CPU: i32 = 88;
export const R_LLC: i32 = 92;
export const R_NODE: i32 = 96;
export const R_INDEX: i32 = 128;
/** OWNED(row, incarnation), ready to store into a block's line. */
export const R_OWNER: i32 = 132;
/** Blocks in the staging words: owned by this row, and in no magazine. 0: nothing is under way. */
export const R_STAGED: i32 = 136;
/** The class (its address) that the staged blocks belong to. */
export const R_STAGED_CLASS: i32 = 140;
/** Where the staged blocks came from: one of the SOURCE_* tiers, and for a steal the victim's row. */
export const R_SOURCE: i32 = 144;
export const R_VICTIM: i32 = 148;
/** Where the next sweep over siblings starts: behind the last victim. */
export const R_SWEEP: i32 = 152;
/** The eventcount's value that the last conclusion "exhausted" rests on. */
export const R_TICKET: i32 = 156;
/** Pool (its address) of which this row is the releaser, or 0; and the slab that it gathers, or 0. */
export const R_RELEASE_POOL: i32 = 160;
export const R_RELEASING: i32 = 164;
/** What this row has to recover: RECOVERS_ROWS and RECOVERS_PAST (row.ts), or 0. */
export const R_RECOVERING: i32 = 168;
/** Never notified: a place to nap on. */
export const R_NAP: i32 = 172;
/** Odd while the row's thread is inside the kernel, where that must be known (activity.ts). Written by that thread, read by who audits. */
export const R_ACTIVITY: i32 = 176;
/** In how many domains the row's thread looks for victims, one after another; 0: it knows of none. */
export const R_DOMAINS: i32 = 180;
/** Slabs that this row has claimed and not freed yet lie from the first on and before the second; none if that is 0 (reclaim.ts). */
export const R_CLAIMED_FROM: i32 = 184;
export const R_CLAIMED_END: i32 = 188;
export const R_STAGE: i32 = 192;
export const ROW_STRIDE: i32 = 256;

// ---- domains of a row: bitmaps of rows, the nearest domain first, every row in one of them. Private to the row's thread
export const MOST_DOMAINS: i32 = 16;
export const DOMAIN_STRIDE: i32 = 128;

// ---- deque of one row and class: line 0 shared, line 1 written by the row's thread alone
export const D_HEAD_TAIL: i32 = 0;
/** The epoch at whose begin the deque was trimmed last; CAS by who trims. */
export const D_TRIMMED: i32 = 4;
export const D_SLAB_HINT: i32 = 64;
/** The deque's low-water mark of an epoch, and the word before it (epoch.ts): written by the owner, read racily by who trims. */
export const D_LOW: i32 = 68;
export const D_LOW_BEFORE: i32 = 72;
/** The slab that the row has cut last, if its thread has a node. */
export const D_CUT_HINT: i32 = 76;
export const DEQUE_STRIDE: i32 = 128;

// ---- counters of one row and class: float64 fields (counters.ts names them), written by the row's thread, or by who recovers it
export const COUNTER_STRIDE: i32 = 256;
/** Used lengths that one row has counted in one class of an adaptive pool: float64 fields (lengths.ts of the host names them), written by the row's thread alone. */
export const LENGTHS_STRIDE: i32 = 128;
/** One float64 per (thief, class, victim): blocks stolen. */
export const STEAL_BYTES: i32 = 8;

// ---- slab: line 0 slab word and the purger's notes, then one bit per block (set = block is home)
export const S_WORD: i32 = 0;
export const S_PURGE_CLASS: i32 = 4;
export const S_PURGE_FRESH: i32 = 8;
/** Racy hint: since when nothing was taken from the slab, in ms; 0 if none says so; below 0 how many home blocks have no pages any more (idle.ts). Cleared by take. */
export const S_IDLE: i32 = 12;
/** Racy hint: 1 + the NUMA node that has the slab's memory, because one of its threads touched it first; 0: none yet, or not known (near.ts). */
export const S_NODE: i32 = 16;
export const S_BITMAP: i32 = 64;
export const SLAB_STRIDE: i32 = 576;

// ---- a block's line
export const L_STATE: i32 = 0;
export const L_GENERATION: i32 = 4;
export const L_USED: i32 = 8;
/** When the block was detached: wall-clock milliseconds modulo 2^31. */
export const L_DETACHED_AT: i32 = 12;
/** 1 while a free block of a pool with `debug` is filled with poison; the owner's, as the block is. */
export const L_POISONED: i32 = 16;

// ---- trace: who leased and put a watched block, in words. Written by the block's owner, read by the next; blocks share traces, so it is a hint
export const T_BLOCK: i32 = 0;
export const T_LENGTH: i32 = 4;
export const T_TEXT: i32 = 8;
export const TRACE_STRIDE: i32 = 4096;
export const TRACES: i32 = 1024;

// Products of small indexes and strides: the creator checks that the whole stays below 2^31.

/* @inline */ export function poolAt(pool: i32): i32 {
  return loadPlain(H_POOLS) + imul(pool, POOL_STRIDE);
}

/* @inline */ export function classAt(id: i32): i32 {
  return loadPlain(H_CLASSES) + imul(id, CLASS_STRIDE);
}

/* @inline */ export function rowAt(row: i32): i32 {
  return loadPlain(H_ROWS) + imul(row, ROW_STRIDE);
}

/** One of the row's domains, 0 being the nearest. */
/* @inline */ export function domainAt(row: i32, domain: i32): i32 {
  return loadPlain(H_DOMAINS) + imul(imul(row, MOST_DOMAINS) + domain, DOMAIN_STRIDE);
}

/** Deques, rings and counters are indexed by row, then class. */
/* @inline */ export function cell(row: i32, id: i32): i32 {
  return imul(row, loadPlain(H_MAX_CLASSES)) + id;
}

/* @inline */ export function dequeAt(row: i32, id: i32): i32 {
  return loadPlain(H_DEQUES) + imul(cell(row, id), DEQUE_STRIDE);
}

/* @inline */ export function ringAt(row: i32, id: i32): i32 {
  return loadPlain(H_RINGS) + imul(cell(row, id), loadPlain(H_RING_SLOTS) << WORD_SHIFT);
}

/* @inline */ export function slabAt(slab: i32): i32 {
  return loadPlain(H_SLABS) + imul(slab, SLAB_STRIDE);
}

/* @inline */ export function lineAt(block: i32): i32 {
  return loadPlain(H_LINES) + (block << LINE_SHIFT);
}

/** Address of the word that holds bit `index` of a bitmap. */
/* @inline */ export function bitWordAt(bitmap: i32, index: i32): i32 {
  return bitmap + ((index >> 5) << WORD_SHIFT);
}

/* @inline */ export function bitOf(index: i32): i32 {
  return 1 << (index & 31);
}

/* @inline */ export function slabOf(block: i32): i32 {
  return block >> SLAB_SHIFT;
}

/** A block's number within its slab. */
/* @inline */ export function numberOf(block: i32): i32 {
  return block & (BLOCKS_PER_SLAB - 1);
}

/* @inline */ export function blockAt(slab: i32, number: i32): i32 {
  return (slab << SLAB_SHIFT) | number;
}

/* @inline */ export function stageAt(row: i32, slot: i32): i32 {
  return row + R_STAGE + (slot << WORD_SHIFT);
}
