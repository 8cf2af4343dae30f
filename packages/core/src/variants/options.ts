// What a variant may be asked for, and what its token must be.

import { typeError } from '../errors.ts';
import { SMALLEST_BLOCK } from '../kernel/layout.ts';
import { footprint, integerOption, knownOptions, MOST_BYTES, nameOption } from '../options.ts';
import { LARGEST_BLOCK } from '../pool-options.ts';
import type { Kind, Plan } from './memory.ts';
import { otherKind } from './refusals.ts';

const MOST_THREADS = 1024;
const USUAL_THREADS = 64;
const USUAL_TIMEOUT_MS = 10_000;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export interface VariantOptions {
  /** Bytes of a block, 256 B to 1 GiB. */
  blockSize: number;
  /** Hard limit in bytes: all of it is reserved at once, and used when it is first written. */
  maxBytes: number;
  /** How often the pool may be attached, by all threads that ever do: 1 to 1,024, default 64. */
  maxThreads?: number;
  /** Shown in errors and statistics. Default: the kind. */
  name?: string;
}

export interface LockingOptions extends VariantOptions {
  /**
   * How long a get or put sleeps for a lock before it throws ERR_SYNCPOOL_TIMEOUT, in milliseconds, 1 to 2^31 - 1. Locks are held for less than a
   * microsecond; whoever has one for longer was preempted, or is dead. Default 10,000.
   */
  lockTimeoutMs?: number;
}

/** What a thread needs to attach; safe to post. */
export interface VariantToken {
  readonly plan: Plan;
  readonly control: SharedArrayBuffer;
  readonly data: SharedArrayBuffer;
}

/** What a kind brings along: lists, whether they have locks, and how many blocks they can name. */
export interface Traits {
  readonly kind: Kind;
  readonly lists: number;
  readonly hasLocks: boolean;
  readonly mostBlocks: number;
}

const OPTIONS = ['blockSize', 'maxBytes', 'maxThreads', 'name'];

export function planVariant(traits: Traits, options: LockingOptions): Plan {
  const { kind, lists, hasLocks, mostBlocks } = traits;
  knownOptions(`the ${kind} pool`, options, hasLocks ? [...OPTIONS, 'lockTimeoutMs'] : OPTIONS);
  const blockSize = integerOption('blockSize', options.blockSize, SMALLEST_BLOCK, LARGEST_BLOCK);
  const stride = footprint(blockSize);
  const most = Math.min(MOST_BYTES, mostBlocks * stride + stride - 1);
  const maxBytes = integerOption('maxBytes', options.maxBytes, stride, most);
  return {
    kind,
    name: nameOption('name', options.name ?? kind),
    blockSize,
    blocks: Math.floor(maxBytes / stride),
    maxThreads: integerOption('maxThreads', options.maxThreads ?? USUAL_THREADS, 1, MOST_THREADS),
    lists,
    lockTimeoutMs: integerOption('lockTimeoutMs', options.lockTimeoutMs ?? USUAL_TIMEOUT_MS, 1, LONGEST_TIMEOUT_MS),
  };
}

/** Whether a pool is to be attached, and not made. */
export function isToken(from: LockingOptions | VariantToken): from is VariantToken {
  return typeof from === 'object' && from !== null && 'plan' in from;
}

/** Refuses a token of another kind, and what was made to look like one. What its numbers say, its memory must say too (memory.ts). */
export function checkToken({ kind, lists }: Traits, { plan, control, data }: VariantToken): void {
  if (plan?.kind !== kind) throw otherKind(kind, plan?.kind);
  const numbers = [plan.blockSize, plan.blocks, plan.maxThreads, plan.lockTimeoutMs];
  const isWhole = numbers.every(Number.isSafeInteger) && typeof plan.name === 'string' && plan.lists === lists;
  if (isWhole && control instanceof SharedArrayBuffer && data instanceof SharedArrayBuffer) return;
  throw typeError(
    'ERR_SYNCPOOL_INVALID_OPTION',
    `the token of a ${kind} pool must be what its \`token\` was, unchanged`,
  );
}
