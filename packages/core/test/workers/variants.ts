// Gets and puts blocks of a variant, several at a time and in no order, and says whether anybody else had them meanwhile.

import { BoundedPool, FreelistPool, ShardedPool, type VariantBuffer, type VariantToken } from '@syncpool/core/variants';
import { parentPort, workerData } from 'node:worker_threads';
import { arrive, type BarrierWords } from '../support/barrier.ts';
import { Claims } from '../support/claims.ts';
import { Xorshift } from '../support/prng.ts';

export const VARIANTS = { bounded: BoundedPool, sharded: ShardedPool, freelist: FreelistPool };

export interface VariantJob {
  readonly token: VariantToken;
  readonly parties: number;
  readonly barrier: BarrierWords;
  readonly holder: number;
  readonly seed: number;
  readonly rounds: number;
  readonly most: number;
  readonly claims: SharedArrayBuffer;
}

export interface VariantResult {
  readonly gets: number;
  readonly exhausted: number;
  readonly wrong: readonly string[];
}

function work({ token, holder, seed, rounds, most, claims: memory }: VariantJob): VariantResult {
  const pool = new VARIANTS[token.plan.kind](token);
  const claims = new Claims(memory, token.data);
  const random = new Xorshift(seed + holder);
  const held: VariantBuffer[] = [];
  let exhausted = 0;
  let gets = 0;
  const get = () => {
    try {
      const buffer = pool.get();
      gets += 1;
      claims.enter(buffer, holder);
      buffer.fill(holder);
      held.push(buffer);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SYNCPOOL_EXHAUSTED') throw error;
      exhausted += 1;
    }
  };
  const put = () => {
    const [buffer] = held.splice(random.below(held.length), 1) as [VariantBuffer];
    if (buffer.some((byte) => byte !== holder)) claims.wrong.push(`somebody wrote to what ${holder} held`);
    claims.leave(buffer, holder);
    pool.put(buffer);
  };
  for (let round = 0; round < rounds; round++) {
    if (held.length === 0 || (held.length < most && random.below(2) === 0)) get();
    else put();
  }
  while (held.length > 0) put();
  return { gets, exhausted, wrong: claims.wrong };
}

const job = workerData as VariantJob;
arrive(job.barrier, job.parties);
parentPort?.postMessage(work(job));
