// A pool's options as words of its entry in control memory: where each stands, and how it is written
// down. The creator stores them before the entry is READY; then they are fixed.

import type { Kernel } from './host/backend.ts';
import {
  C_POOL,
  P_ADAPTIVE,
  P_DEBUG,
  P_DECAY_MS,
  P_DRAIN_MS,
  P_DRAIN_ON,
  P_ON_DROP,
  P_ON_EXHAUSTED,
  P_OPENED_UNITS,
  P_RETAIN_UNITS,
  P_WIPE,
  UNIT_BYTES,
} from './kernel/layout.ts';
import type { PoolPlan } from './pool-options.ts';

/** Options of a pool that are not its sizes, which its classes hold. */
export type Policy = Omit<PoolPlan, 'sizes' | 'sizeRetainBytes'>;

interface OptionWord<T> {
  readonly at: number;
  readonly pack: (value: T) => number;
  readonly unpack: (word: number) => T;
}

/** The word of an option that has a few values, by their numbers. */
function choiceWord<T extends string>(at: number, first: T, ...others: readonly T[]): OptionWord<T> {
  const choices = [first, ...others];
  return { at, pack: (choice) => choices.indexOf(choice), unpack: (word) => choices[word] ?? first };
}

/** The word of an option that is a number as it is. */
function numberWord(at: number): OptionWord<number> {
  return { at, pack: (value) => value, unpack: (word) => word };
}

/** The word of an option that is on or off. */
function switchWord(at: number): OptionWord<boolean> {
  return { at, pack: Number, unpack: (word) => word !== 0 };
}

/** The word of an option that is a number of bytes, in units. */
function bytesWord(at: number): OptionWord<number> {
  return { at, pack: (bytes) => bytes / UNIT_BYTES, unpack: (units) => units * UNIT_BYTES };
}

const WORDS: { readonly [K in keyof Policy]: OptionWord<Policy[K]> } = {
  // What the pool was opened with; its limit of the moment is P_MAX_UNITS.
  maxBytes: bytesWord(P_OPENED_UNITS),
  retainBytes: bytesWord(P_RETAIN_UNITS),
  drainOn: choiceWord(P_DRAIN_ON, 'interval', 'gc', 'manual', 'never'),
  drainEveryMs: numberWord(P_DRAIN_MS),
  decayMs: numberWord(P_DECAY_MS),
  onExhausted: choiceWord(P_ON_EXHAUSTED, 'throw', 'heap'),
  onDrop: choiceWord(P_ON_DROP, 'count', 'takeBack'),
  wipe: choiceWord(P_WIPE, 'never', 'put', 'get'),
  debugOneIn: numberWord(P_DEBUG),
  adaptive: switchWord(P_ADAPTIVE),
};

function storeOne<K extends keyof Policy>(kernel: Kernel, at: number, key: K, policy: Policy): void {
  const word: OptionWord<Policy[K]> = WORDS[key];
  kernel.storePlain(at + word.at, word.pack(policy[key]));
}

function loadOne<K extends keyof Policy>(kernel: Kernel, at: number, key: K): Policy[K] {
  const word: OptionWord<Policy[K]> = WORDS[key];
  return word.unpack(kernel.loadPlain(at + word.at));
}

/** Each option by the name that callers know. */
const NAMES: { readonly [K in keyof Policy]: string } = {
  maxBytes: 'maxBytes',
  retainBytes: 'retainBytes',
  drainOn: 'drain.on',
  drainEveryMs: 'drain.everyMs',
  decayMs: 'decayMs',
  onExhausted: 'onExhausted',
  onDrop: 'onDrop',
  wipe: 'wipe',
  debugOneIn: 'debug',
  adaptive: 'adaptive',
};

const KEYS = Object.keys(NAMES) as (keyof Policy)[];

/** Writes a pool's options into its entry, which the caller is making. */
export function storePolicy(kernel: Kernel, at: number, policy: Policy): void {
  for (const key of KEYS) storeOne(kernel, at, key, policy);
}

/** Reads the options of an entry that is READY. */
export function loadPolicy(kernel: Kernel, at: number): Policy {
  return {
    maxBytes: loadOne(kernel, at, 'maxBytes'),
    retainBytes: loadOne(kernel, at, 'retainBytes'),
    drainOn: loadOne(kernel, at, 'drainOn'),
    drainEveryMs: loadOne(kernel, at, 'drainEveryMs'),
    decayMs: loadOne(kernel, at, 'decayMs'),
    onExhausted: loadOne(kernel, at, 'onExhausted'),
    onDrop: loadOne(kernel, at, 'onDrop'),
    wipe: loadOne(kernel, at, 'wipe'),
    debugOneIn: loadOne(kernel, at, 'debugOneIn'),
    adaptive: loadOne(kernel, at, 'adaptive'),
  };
}

/** The options in which two policies differ, by name. */
export function differences(a: Policy, b: Policy): string[] {
  return KEYS.filter((key) => a[key] !== b[key]).map((key) => NAMES[key]);
}

/** When the blocks of a class, by its address, are wiped; also for threads that have not opened its pool. */
export function wipeOfClass(kernel: Kernel, cls: number): Policy['wipe'] {
  return loadOne(kernel, kernel.loadPlain(cls + C_POOL), 'wipe');
}
