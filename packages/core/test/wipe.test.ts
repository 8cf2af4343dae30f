// Pools that wipe. At put: whatever way a block comes back to the pool, nothing of its lease is left in data memory. At get: a
// lease begins with zeros.

import { type BufferPool, KiB, MiB, type PooledBuffer, type PoolOptions, type Runtime } from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BLOCKS_PER_SLAB, L_GENERATION, L_STATE, R_OWNER, SLAB_BYTES } from '../src/kernel/layout.ts';
import { LAST_GENERATION, OWNED, packTagged } from '../src/kernel/line.ts';
import { collectUntil } from './support/collect.ts';
import { BACKENDS, makeRuntime } from './support/crew.ts';
import { layDead } from './support/dead-rows.ts';
import { kernelOf } from './support/invariants.ts';
import { drain } from './support/mourning.ts';
import { announceSeed } from './support/prng.ts';
import { expectThrow } from './support/refusal.ts';
import { makeTraffic } from './support/secret-traffic.ts';
import { isBlank, keepSecret, keepSecrets, secretIn, traceIn } from './support/secrets.ts';
import { gatherWarnings } from './support/warnings.ts';
import { nextMessage, spawn } from './support/worker.ts';
import type { SecretiveJob } from './workers/secretive.ts';

const SIZE = 4 * KiB;
const BLOCKS = 64;
const seed = announceSeed('wipe');

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;

  beforeEach(() => {
    runtime = makeRuntime(kernel, { maxBytes: 8 * MiB, maxProcessors: 4 });
  });
  afterEach(() => runtime.close());

  function makePool(options: Partial<PoolOptions> = {}): BufferPool {
    return runtime.pool('secret', { blockSize: SIZE, maxBytes: BLOCKS * SIZE, wipe: 'put', ...options });
  }

  /** A lease with a secret in it. */
  function secretive(pool: BufferPool, size?: number): PooledBuffer {
    const buffer = size === undefined ? pool.get() : pool.get(size);
    keepSecret(buffer);
    return buffer;
  }

  function expectNothing(): void {
    expect(traceIn(runtime.token), 'the first byte that is not zero').toBe(-1);
  }

  /** Starts a worker that keeps secrets, and waits until it holds its leases. */
  async function startSecretive(job: Omit<SecretiveJob, 'runtime'>) {
    const worker = spawn('secretive', { runtime: runtime.name, ...job });
    // Not events.once: that settles at an 'error', which comes before the 'exit'.
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    await nextMessage(worker);
    return { worker, ended };
  }

  describe("with wipe: 'put'", () => {
    test('a lease leaves its bytes in memory while it lasts: what is looked for can be found', () => {
      const pool = makePool();
      const buffer = secretive(pool);
      expect(traceIn(runtime.token)).toBe(buffer.byteOffset);
      expect(secretIn(runtime.token)).toBe(buffer.byteOffset);
      pool.put(buffer);
      expectNothing();
    });

    test.each([256, 1001, 64 * KiB, 1.5 * MiB])('every byte of a block of %i bytes is wiped', (blockSize) => {
      const pool = makePool({ blockSize, maxBytes: 3 * MiB });
      pool.put(secretive(pool));
      expectNothing();
    });

    test('buffers are wiped that are put, disposed of, given by withBuffer and put after something', async () => {
      const pool = makePool();
      pool.put(secretive(pool));
      secretive(pool)[Symbol.dispose]();
      pool.withBuffer(SIZE, keepSecret);
      expectNothing();
      await pool.withBuffer(SIZE, async (buffer) => keepSecret(buffer));
      await pool.putAfter(Promise.resolve(), secretive(pool));
      expectNothing();
    });

    test('buffers are wiped that do not go into the magazine: it is full, or others wait for blocks', () => {
      const pool = makePool();
      const held = drain(pool);
      for (const buffer of held) keepSecret(buffer);
      for (const buffer of held) pool.put(buffer);
      expect(pool.stats().totals.retained).toBeGreaterThan(0);
      expectNothing();
    });

    test('a message keeps its bytes until its adopter puts it', () => {
      const pool = makePool();
      const adopted = pool.adopt(pool.detach(secretive(pool), 25));
      expect(adopted.toString('latin1', 0, 25)).toBe('known to one lease only. ');
      expect(adopted.usedLength).toBe(25);
      pool.put(adopted);
      expectNothing();
    });

    test('a message is wiped that is discarded, or taken back because nobody adopts it', () => {
      const pool = makePool();
      pool.discard(pool.detach(secretive(pool)));
      expectNothing();
      pool.detach(secretive(pool));
      expect(runtime.audit({ olderThanMs: 0 }).reclaimed).toBe(1);
      expectNothing();
    });

    test('both blocks are wiped of a message that goes as a copy, because its block has no generation left', () => {
      const pool = makePool();
      const buffer = secretive(pool);
      const block =
        (Math.floor(buffer.byteOffset / SLAB_BYTES) + 1) * BLOCKS_PER_SLAB + (buffer.byteOffset % SLAB_BYTES) / SIZE;
      const words = kernelOf(runtime.token);
      words.storePlain(words.lineAt(block) + L_GENERATION, LAST_GENERATION);
      const message = pool.detach(buffer);
      expect(isBlank(buffer)).toBe(true);
      const adopted = pool.adopt(message);
      expect(secretIn(runtime.token)).toBe(adopted.byteOffset);
      pool.put(adopted);
      expectNothing();
    });

    test('a dropped buffer that is taken back is wiped', async () => {
      const pool = makePool({ onDrop: 'takeBack' });
      const drop = () => void secretive(pool);
      drop();
      expect(await collectUntil(() => pool.stats().totals.dropped === 1)).toBe(true);
      expectNothing();
    });

    test('memory from the heap is wiped when its buffer is put, and when its message is discarded', () => {
      const pool = makePool({ maxBytes: SIZE, onExhausted: 'heap' });
      pool.get();
      const buffer = secretive(pool);
      pool.put(buffer);
      expect(isBlank(buffer)).toBe(true);
      const sent = secretive(pool);
      expect(sent.buffer).not.toBe(runtime.token.data);
      pool.discard(pool.detach(sent));
      expect(isBlank(sent)).toBe(true);
    });

    test('what a worker held is wiped when it is killed', async () => {
      const pool = makePool();
      const { worker, ended } = await startSecretive({ lease: 40, put: 10, detach: 0 });
      expect(secretIn(runtime.token)).toBeGreaterThanOrEqual(0);
      await worker.terminate();
      await ended;
      expect(pool.stats().totals.lost).toBe(30);
      expectNothing();
    });

    test('what a worker held is wiped when it exits, and what it has sent and nobody adopts at the next audit', async () => {
      const pool = makePool();
      const { worker, ended } = await startSecretive({ lease: 40, put: 10, detach: 10 });
      worker.postMessage('exit');
      await ended;
      expect(pool.stats().totals.lost).toBe(20);
      expect(secretIn(runtime.token)).toBeGreaterThanOrEqual(0);
      expect(runtime.audit({ olderThanMs: 0 }).reclaimed).toBe(10);
      expectNothing();
    });

    test.skipIf(process.platform !== 'linux')(
      'what threads held that only an audit finds is wiped, several batches of it',
      () => {
        makePool();
        layDead(runtime.token, 2, 24);
        const words = kernelOf(runtime.token);
        keepSecrets(runtime.token, words.loadPlain(words.rowAt(2) + R_OWNER));
        expect(secretIn(runtime.token)).toBeGreaterThanOrEqual(0);
        expect(runtime.audit().recovered).toEqual({ processors: 1, blocks: 24 });
        expectNothing();
      },
    );

    test('a thread recovers and wipes blocks of pools that it has not opened', async () => {
      const options = { blockSize: SIZE, maxBytes: BLOCKS * SIZE, wipe: 'put' } as const;
      const { worker, ended } = await startSecretive({ options, lease: 5, put: 0, detach: 0 });
      expect(secretIn(runtime.token)).toBeGreaterThanOrEqual(0);
      await worker.terminate();
      await ended;
      expectNothing();
      expect(runtime.pool('secret').stats().totals.lost).toBe(5);
    });

    test.runIf(kernel === 'atomics')('what a thread owned that was cut inside a step and has left is wiped', () => {
      const pool = makePool();
      const buffer = secretive(pool);
      const { byteOffset } = buffer;
      const words = kernelOf(runtime.token);
      const line = words.lineAt(BLOCKS_PER_SLAB + byteOffset / SIZE);
      words.storePlain(line + L_STATE, packTagged(OWNED, 3, 7));
      expect(runtime.audit().regained.blocks).toBe(1);
      expectNothing();
    });

    test.each([true, { oneIn: 2 }])(
      'under debug: %o poison hides the bytes where a lease was watched',
      async (debug) => {
        const gathered = gatherWarnings();
        const pool = makePool({ debug });
        const { worker, ended } = await startSecretive({ lease: 40, put: 20, detach: 0 });
        await worker.terminate();
        await ended;
        for (let round = 0; round < 3; round++) {
          const held = drain(pool);
          for (const buffer of held.slice(0, 10)) keepSecret(buffer);
          for (const buffer of held.splice(10, 5)) pool.discard(pool.detach(buffer));
          for (const buffer of held) pool.put(buffer);
          expect(secretIn(runtime.token)).toBe(-1);
        }
        // Blocks that were wiped with poison in them must not look as if somebody had written to it.
        expect(pool.stats().totals.writesAfterPut).toBe(0);
        gathered.stop();
        expect(gathered.warnings).toEqual([]);
      },
    );

    test('nothing is left of random traffic of threads that are killed in it, but what is still leased or sent', async () => {
      // Both larger sizes want all of the bytes: slabs change from one to the other, and their pages go back.
      const pool = runtime.pool('secret', {
        sizes: [256, 64 * KiB, 256 * KiB],
        maxBytes: 2 * MiB,
        drain: { on: 'manual' },
        decayMs: 0,
        wipe: 'put',
      });
      const { turn, giveAll } = makeTraffic(pool, seed);
      for (let round = 0; round < 6; round++) {
        const { worker, ended } = await startSecretive({ lease: 0, put: 0, detach: 0, seed: seed + round });
        for (let i = 0; i < 3000; i++) turn();
        await worker.terminate();
        await ended;
      }
      giveAll();
      runtime.audit({ olderThanMs: 0 });
      expectNothing();
      pool.drain();
      pool.drain();
      expectNothing();
    });
  });

  describe("with wipe: 'get'", () => {
    test('every way to a lease gives zeros, and old bytes stay until then', async () => {
      const pool = makePool({ wipe: 'get', maxBytes: SIZE });
      const ways = [
        () => pool.get(),
        () => pool.acquire(),
        () => pool.acquireSync(),
        () => pool.withBuffer(SIZE, (buffer) => [buffer, isBlank(buffer)] as const)[0],
      ];
      for (const way of ways) {
        pool.put(secretive(pool));
        expect(secretIn(runtime.token)).toBe(0);
        const buffer = await way();
        expect(isBlank(buffer)).toBe(true);
        buffer[Symbol.dispose]();
      }
      pool.put(secretive(pool));
      pool.withBuffer(SIZE, (buffer) => expect(isBlank(buffer)).toBe(true));
      pool.prewarm(SIZE, 1);
      expectNothing();
    });

    test('a message keeps its bytes', () => {
      const pool = makePool({ wipe: 'get' });
      const adopted = pool.adopt(pool.detach(secretive(pool)));
      expect(adopted.toString('latin1', 0, 25)).toBe('known to one lease only. ');
    });

    test('under debug a lease begins with zeros, and a write after the last put is found before', async () => {
      const gathered = gatherWarnings();
      const pool = makePool({ wipe: 'get', debug: true, maxBytes: SIZE });
      const kept = secretive(pool);
      pool.put(kept);
      kept[100] = 1;
      expect(isBlank(pool.get())).toBe(true);
      expect(pool.stats().totals.writesAfterPut).toBe(1);
      await new Promise(setImmediate);
      gathered.stop();
      expect(gathered.warnings).toHaveLength(1);
    });

    test('every lease of random traffic begins with zeros, beside threads that are killed in it', async () => {
      const pool = makePool({ wipe: 'get', maxBytes: 40 * SIZE });
      let begun = 0;
      const { turn, giveAll } = makeTraffic(pool, seed, (buffer) => {
        begun += 1;
        if (!isBlank(buffer)) throw new Error('a lease begins with old bytes');
      });
      for (let round = 0; round < 4; round++) {
        const { worker, ended } = await startSecretive({ lease: 0, put: 0, detach: 0, seed: seed + round });
        for (let i = 0; i < 3000; i++) turn();
        await worker.terminate();
        await ended;
      }
      expect(begun).toBeGreaterThan(1000);
      giveAll();
    });
  });

  test.each(['put', 'get'] as const)('an adaptive pool wipes at %s, whatever length its user says', (wipe) => {
    const pool = makePool({ wipe, adaptive: true });
    pool.put(secretive(pool), 3);
    if (wipe === 'put') expectNothing();
    const buffer = pool.get();
    expect(isBlank(buffer)).toBe(true);
    keepSecret(buffer);
    pool.put(buffer);
    pool.discard(pool.detach(secretive(pool), 3));
    if (wipe === 'put') expectNothing();
  });

  test('a pool that does not wipe leaves the bytes where they are', () => {
    const pool = makePool({ wipe: 'never' });
    const buffer = secretive(pool);
    pool.put(buffer);
    expect(secretIn(runtime.token)).toBe(buffer.byteOffset);
    expect(isBlank(pool.get())).toBe(false);
  });

  test('who opens a pool with another wipe is refused', () => {
    makePool();
    for (const wipe of ['never', 'get'] as const) {
      expectThrow(() => makePool({ wipe }), { code: 'ERR_SYNCPOOL_POOL_MISMATCH', names: ['wipe'] });
    }
    expect(() => makePool()).not.toThrow();
  });
});
