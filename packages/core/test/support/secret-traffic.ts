// Random use of a pool by somebody who writes secrets into every buffer that he gets.

import type { BufferPool, Message, PooledBuffer } from '@syncpool/core';
import { Xorshift } from './prng.ts';
import { keepSecret } from './secrets.ts';

const MOST_HELD = 12;
const MOST_SENT = 6;

export interface Traffic {
  /** One random call. */
  readonly turn: () => void;
  /** Puts every buffer that is held; what is sent stays sent. */
  readonly giveAll: () => void;
}

/** `begun` sees each buffer that a get gave, before anything is written to it. */
export function makeTraffic(pool: BufferPool, seed: number, begun: (buffer: PooledBuffer) => void = () => {}): Traffic {
  const random = new Xorshift(seed);
  const held: PooledBuffer[] = [];
  const sent: Message[] = [];
  const one = () => held.splice(random.below(held.length), 1)[0] as PooledBuffer;
  const give = () => (random.below(2) === 0 ? pool.put(one()) : one()[Symbol.dispose]());
  const take = () => {
    const buffer = pool.get(random.pick(pool.sizes));
    begun(buffer);
    keepSecret(buffer);
    held.push(buffer);
  };
  const receive = () => {
    const message = sent.shift() as Message;
    if (random.below(2) === 0) pool.discard(message);
    else held.push(pool.adopt(message));
  };
  const giveAll = () => {
    while (held.length > 0) give();
  };
  const turn = () => {
    try {
      const choice = random.below(10);
      if (choice === 0) pool.drain();
      else if (choice < 3 && sent.length > 0) receive();
      else if (choice < 5 && held.length > 0 && sent.length < MOST_SENT) sent.push(pool.detach(one()));
      else if (choice < 8 && held.length < MOST_HELD) take();
      else if (held.length > 0) give();
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SYNCPOOL_EXHAUSTED') throw error;
      giveAll();
    }
  };
  return { turn, giveAll };
}
