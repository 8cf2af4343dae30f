// A user of a pool who may be cut anywhere and go on, and who still knows what he holds.
//
// Two rules make that so. What a call may have done is noted before the call, in `doubt`, and asked for
// again before anything else. What a call returns is stored by code that nothing can cut: no call
// stands between the return and the store. Every held block carries a stamp in its first byte, so a
// block that two hold at once is seen by the second.

import type { BufferPool, Message, PooledBuffer } from '@syncpool/core';

const NOBODY = 0;
const SOMEBODY = 1;
const MOST = 8192;

export interface User {
  readonly pool: BufferPool;
  /** What it asks for; undefined leaves the size to an adaptive pool. */
  readonly sizes: readonly (number | undefined)[];
  /** Most blocks held at one time; above it, the user gives back. */
  readonly most: number;
  readonly held: (PooledBuffer | undefined)[];
  holding: number;
  readonly messages: Message[];
  sent: number;
  /** A buffer that was being put or detached, or a message that was being adopted or discarded, when the user was cut. */
  doubtBuffer: PooledBuffer | undefined;
  doubtMessage: Message | undefined;
  /** xorshift's. */
  random: number;
  /** Whether just now the user rather gives than takes. */
  giving: boolean;
  /** Blocks that came although somebody held them. Must stay 0. */
  doubled: number;
  exhausted: number;
  /** Blocks of the largest size that came by get: in a pool whose bytes are all in smaller ones, slabs were released for them. */
  large: number;
  steps: number;
}

export function makeUser(pool: BufferPool, most: number, seed: number): User {
  return {
    pool,
    sizes: pool.stats().calibration === undefined ? pool.sizes : [...pool.sizes, undefined],
    most,
    held: new Array<PooledBuffer | undefined>(MOST).fill(undefined),
    holding: 0,
    messages: new Array<Message>(MOST).fill(0),
    sent: 0,
    doubtBuffer: undefined,
    doubtMessage: undefined,
    random: seed | 0 || 1,
    giving: false,
    doubled: 0,
    exhausted: 0,
    large: 0,
    steps: 0,
  };
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}

/** Finishes what a cut left open. May be cut itself, and is then called again. */
export function settleDoubts(user: User): void {
  const { doubtBuffer, doubtMessage } = user;
  if (doubtBuffer !== undefined) {
    try {
      user.pool.put(doubtBuffer);
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'ERR_SYNCPOOL_DOUBLE_PUT' && code !== 'ERR_SYNCPOOL_NOT_HELD') throw error;
    }
    user.doubtBuffer = undefined;
  }
  if (doubtMessage !== undefined) {
    user.pool.discard(doubtMessage);
    user.doubtMessage = undefined;
  }
}

function take(user: User, size: number | undefined): void {
  try {
    const buffer = user.pool.get(size);
    user.held[user.holding] = buffer;
    user.holding += 1;
    if (buffer[0] !== NOBODY) user.doubled += 1;
    buffer[0] = SOMEBODY;
    if (buffer.length === user.pool.sizes[user.pool.sizes.length - 1]) user.large += 1;
  } catch (error) {
    if (codeOf(error) !== 'ERR_SYNCPOOL_EXHAUSTED') throw error;
    user.exhausted += 1;
    user.giving = true;
  }
}

/** Moves the buffer at `at` out of the list, into doubt. */
function release(user: User, at: number): PooledBuffer {
  const buffer = user.held[at] as PooledBuffer;
  const last = user.holding - 1;
  user.doubtBuffer = buffer;
  user.held[at] = user.held[last];
  user.held[last] = undefined;
  user.holding = last;
  buffer[0] = NOBODY;
  return buffer;
}

function give(user: User, at: number): void {
  user.pool.put(release(user, at));
  user.doubtBuffer = undefined;
}

function send(user: User, at: number): void {
  const message = user.pool.detach(release(user, at));
  user.messages[user.sent] = message;
  user.sent += 1;
  user.doubtBuffer = undefined;
}

function unsend(user: User): Message {
  user.sent -= 1;
  const message = user.messages[user.sent] as Message;
  user.doubtMessage = message;
  return message;
}

function receive(user: User): void {
  const buffer = user.pool.adopt(unsend(user));
  user.held[user.holding] = buffer;
  user.holding += 1;
  user.doubtMessage = undefined;
  if (buffer[0] !== NOBODY) user.doubled += 1;
  buffer[0] = SOMEBODY;
}

function cancel(user: User): void {
  user.pool.discard(unsend(user));
  user.doubtMessage = undefined;
}

function random(user: User, below: number): number {
  let x = user.random;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  user.random = x;
  return (x >>> 0) % below;
}

/** One random thing that a user does with a pool. */
export function step(user: User): void {
  settleDoubts(user);
  user.steps += 1;
  if (user.holding >= user.most) user.giving = true;
  else if (random(user, 60) === 0 || user.holding + user.sent === 0) user.giving = false;
  const dice = random(user, 8);
  const at = user.holding > 0 ? random(user, user.holding) : -1;
  if (dice === 0 && user.sent > 0) receive(user);
  else if (dice === 1 && (user.sent > 3 || (user.giving && user.sent > 0))) cancel(user);
  else if (dice === 2 && at >= 0 && user.sent < MOST - 1) send(user, at);
  else if (at >= 0 && (user.giving || dice > 5)) give(user, at);
  else if (!user.giving) take(user, user.sizes[random(user, user.sizes.length)]);
}

/** Gives back all that the user knows of. Must not be cut. */
export function giveAll(user: User): void {
  settleDoubts(user);
  while (user.holding > 0) give(user, user.holding - 1);
  while (user.sent > 0) cancel(user);
}

/**
 * Fills the stack with frames that each call `step`, and calls it once more in every frame on the way
 * out, where a little more room lets it come a little further. The first `rooms` frames do
 * without, so that the end is reached quickly.
 */
function overflow(user: User, rooms: number, dive: Dive): void {
  if (rooms <= 0) {
    tryStep(user, dive);
    dive.depth = -rooms;
  }
  try {
    overflow(user, rooms - 1, dive);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  if (rooms <= 0) tryStep(user, dive);
}

function tryStep(user: User, dive: Dive): void {
  try {
    step(user);
  } catch (error) {
    if (!(error instanceof RangeError) || codeOf(error) !== undefined) throw error;
    dive.cuts += 1;
  }
}

/** Frames of another size, so that the end of the stack falls elsewhere in a step. */
function shifted(frames: number, user: User, rooms: number, dive: Dive): void {
  if (frames > 0) shifted(frames - 1, user, rooms, dive);
  else overflow(user, rooms, dive);
}

interface Dive {
  cuts: number;
  /** How many frames there were beyond `rooms`. */
  depth: number;
}

/** Frames that step, about. */
const STEPPING = 48;

/** Runs users into the end of the stack, and keeps to its last frames. */
export class Diver {
  #rooms = 2048;

  /** Returns how many steps were cut. */
  dive(user: User, shift: number): number {
    const dive = { cuts: 0, depth: -1 };
    shifted(shift, user, this.#rooms, dive);
    // V8 makes the frames smaller as it compiles them, so the end moves.
    this.#rooms = dive.depth < 0 ? this.#rooms >> 1 : this.#rooms + dive.depth - STEPPING;
    return dive.cuts;
  }
}
