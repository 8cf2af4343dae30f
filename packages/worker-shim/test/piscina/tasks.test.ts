// Tasks of piscina that take and return pooled buffers: what arrives, what is put, what is refused.

import { type PooledBuffer, copyOut } from '@syncpool/core';
import { moveBuffer, PooledPiscina, pooledTask } from '@syncpool/worker-shim/piscina';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, expectWhole, KERNELS, openBench } from './pools.ts';

describe.each(KERNELS)('on %s', (kernel) => {
  let bench: Bench;
  beforeEach(() => {
    bench = openBench(kernel);
  });
  afterEach(() => bench.close());

  function filled(text: string): PooledBuffer {
    const buffer = bench.pool.get();
    buffer.write(text, 'latin1');
    return buffer;
  }
  const sent = (text: string) => moveBuffer(filled(text), text.length);
  const textOf = (buffer: PooledBuffer) => buffer.toString('latin1', 0, buffer.usedLength);
  const run = <R>(name: string, task?: unknown) => bench.pooled.run<R>(task, { name });
  const leased = () => bench.pool.stats().totals.leased;

  test('buffers arrive wherever they are in the argument, with their used lengths, and are put afterwards', async () => {
    const result = await run('seen', { body: sent('body'), list: [sent('one'), sent('')] });
    expect(result).toEqual([
      [true, 4, 'body'],
      [true, 3, 'one'],
      [true, 0, ''],
    ]);
    expect(bench.pooled.stats().tasks.seen).toEqual({ runs: 1, failed: 0, leaked: 0, reclaimed: 0 });
    await expectWhole(bench);
  });

  test('buffers come back wherever they are in the result, and are the caller’s to put', async () => {
    const rest = { level: 6, list: [1, 'two', null, undefined], date: new Date(0), own: new Uint8Array([9]) };
    const task = { ...rest, parts: [sent('abc'), sent('xyz')] };
    const result = await run<typeof rest & { parts: PooledBuffer[] }>('bumpAll', task);
    expect(result.parts.map(textOf)).toEqual(['bcd', 'yz{']);
    expect({ ...result, parts: 0 }).toEqual({ ...rest, parts: 0 });
    expect(leased()).toBe(2);
    for (const buffer of result.parts) bench.pool.put(buffer);
    await expectWhole(bench);
  });

  test('a buffer that is the whole task or result, by itself or with a length', async () => {
    const buffer = filled('whole');
    const back = await run<PooledBuffer>('echo', buffer);
    expect([back.usedLength, back.toString('latin1', 0, 5)]).toEqual([back.length, 'whole']);
    expect(() => bench.pool.put(buffer === back ? (filled('').subarray(0) as PooledBuffer) : buffer)).toThrow();
    const again = await run<PooledBuffer>('echo', moveBuffer(back, 5));
    expect(textOf(again)).toBe('whole');
    bench.pool.put(again);
    await bench.pool.drain();
  });

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['number', 7],
    ['text', 'text'],
    ['date', new Date(0)],
    ['private memory', new Uint8Array([1, 2, 3])],
    ['shared memory', new Uint8Array(3)],
    ['moved own', new Uint8Array([4, 5, 6])],
  ])('a result without buffers stays what it was: %s', async (kind, expected) => {
    const result = await run('results', { kind, body: sent('x') });
    expect(result instanceof Uint8Array ? Uint8Array.from(result) : result).toEqual(expected);
    await expectWhole(bench);
  });

  test('results with the buffer in an instance, in a cycle, at several places, with a length, and in Piscina.move', async () => {
    const of = (kind: string) => run<Record<string, never>>('results', { kind, body: sent('xyz') });
    const instance = await of('instance');
    expect(textOf(instance.body as unknown as PooledBuffer)).toBe('xyz');
    const cycle = await of('cycle');
    expect(cycle.self).toBe(cycle);
    const twice = (await of('twice')) as unknown as { first: PooledBuffer; second: PooledBuffer[] };
    expect(twice.second).toEqual([twice.first, twice.first]);
    expect(twice.second[1]).toBe(twice.first);
    const short = await of('with a length');
    expect(textOf(short.body as unknown as PooledBuffer)).toBe('xy');
    const moved = (await of('moved')) as unknown as PooledBuffer;
    expect(textOf(moved)).toBe('xyz');
    const others = (await of('moved with others')) as unknown as { own: Uint8Array; body: PooledBuffer };
    expect([...others.own]).toEqual([4, 5, 6]);
    for (const one of [instance.body, cycle.body, twice.first, short.body, moved, others.body]) {
      bench.pool.put(one as unknown as PooledBuffer);
    }
    await expectWhole(bench);
  });

  test.each([
    ['put before', 'deep.0 is memory of a pool'],
    ['detached before', '1 is memory of a pool'],
    ['sub-array', 'part is memory of a pool'],
    ['typed array', 'it is memory of a pool'],
    ['map', 'a Map'],
    ['set', 'a Set'],
    ['too long', 'is 4097'],
    ['no buffer to move', '"body"'],
  ])('a result that cannot be handed over is refused, and the worker lives: %s', async (kind, named) => {
    const before = await run('thread');
    const failure = await run('results', { kind, body: sent('x') }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).message).toContain(named);
    expect(await run('thread')).toBe(before);
    if (kind === 'detached before') bench.runtime.audit({ olderThanMs: 0 });
    await expectWhole(bench);
  });

  test('a task that cannot be handed over is refused, and everything is still held', async () => {
    const buffer = filled('x');
    const put = filled('y');
    bench.pool.put(put);
    for (const task of [{ buffer, part: buffer.subarray(1) }, [buffer, put], { buffer, map: new Map([[1, buffer]]) }]) {
      await expect(run('echo', task)).rejects.toThrow(
        expect.objectContaining({ code: 'ERR_SYNCPOOL_SHIM_INVALID_OPTION' }),
      );
      expect(bench.runtime.poolOf(buffer)).toBe(bench.pool);
    }
    expect(() => moveBuffer(buffer, -1)).toThrow('-1');
    expect(await run('echo', [copyOut(buffer, 1)])).toEqual([new Uint8Array([120])]);
    bench.pool.put(buffer);
    await expectWhole(bench);
  });

  test.each([
    ['null', null, 'options of run must be an object, and are null'],
    ['a number', 5, 'and are 5'],
    ['a name that is none', { name: 5 }, 'name must be a string, the name of a task, and is 5'],
  ])('options that are none are refused, and everything is still held: %s', async (_, options, message) => {
    const buffer = filled('x');
    await expect(bench.pooled.run({ buffer }, options as never)).rejects.toThrow(message);
    expect(bench.runtime.poolOf(buffer)).toBe(bench.pool);
    expect(bench.pooled.stats().tasks).toEqual({});
    bench.pool.put(buffer);
    await expectWhole(bench);
  });

  test('an array of few elements with many holes takes no longer to search than a short one', async () => {
    const sparse: unknown[] = [];
    sparse[1] = 'first';
    sparse[2 ** 32 - 2] = sent('last');
    const back = await run<typeof sparse>('echo', { sparse });
    const { sparse: array } = back as unknown as { sparse: typeof sparse };
    expect([array.length, array[1], textOf(array[2 ** 32 - 2] as PooledBuffer)]).toEqual([
      2 ** 32 - 1,
      'first',
      'last',
    ]);
    bench.pool.put(array[2 ** 32 - 2] as PooledBuffer);
    await expectWhole(bench);
  });

  test('of a result of which a part was taken back, the rest goes back too', async () => {
    const task = pooledTask(bench.runtime, () => Array.from({ length: 3 }, () => bench.pool.get()));
    const here = {
      options: {},
      async run(order: unknown) {
        const reply = (await task(order)) as { moved: [unknown, unknown, number][] };
        bench.pool.discard(reply.moved[1]?.[2] as number);
        return reply;
      },
    };
    const pooled = new PooledPiscina(here, bench.runtime);
    await expect(pooled.run(1)).rejects.toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_STALE_HANDLE' }));
    expect(pooled.stats().tasks.default).toEqual({ runs: 1, failed: 1, leaked: 0, reclaimed: 1 });
    await expectWhole(bench);
  });

  test('what a task has put, or detached, itself is not put again', async () => {
    expect(await run('putsItself', { body: sent('x') })).toBe('put');
    await expectWhole(bench);
  });

  test('what a task leaves leased is put, and counted by the task’s name, also when it fails', async () => {
    const warnings: { code?: string; message: string }[] = [];
    const gather = (warning: Error) => warnings.push(warning as never);
    process.on('warning', gather);
    const given = await run<PooledBuffer[]>('leases', { count: 9, put: 2, give: 3 });
    expect([given.length, leased()]).toEqual([3, 3]);
    for (const buffer of given) bench.pool.put(buffer);
    await expect(run('leases', { count: 5, put: 1, fails: true })).rejects.toThrow('as asked');
    await run('leases', { count: 2, put: 2 });
    expect(bench.pooled.stats().tasks).toEqual({ leases: { runs: 3, failed: 1, leaked: 8, reclaimed: 0 } });
    await expectWhole(bench);
    process.off('warning', gather);
    expect(warnings.filter(({ code }) => code === 'SYNCPOOL_TASK_LEAK')).toMatchObject([
      { message: expect.stringContaining('"leases" ended with 4 pooled buffers') },
    ]);
  });

  test.each(['keeps', 'keepsByOption'])('a lease can outlast its task: %s', async (name) => {
    expect(await run(name, false)).toBe(true);
    await run('leases', { count: 3, put: 3 });
    expect(leased()).toBe(1);
    await run(name, true);
    await expectWhole(bench);
    expect(bench.pooled.stats().tasks[name]?.leaked).toBe(0);
  });

  test('no block stays in an idle worker’s magazine', async () => {
    const large = openBench(kernel, {}, { maxBytes: 2048 * 4096 });
    await large.pooled.run({ count: 3, put: 3 }, { name: 'leases' });
    const worker = large.pool.stats().classes[0]?.processors.find(({ gets }) => gets === 3);
    expect(worker).toMatchObject({ stashed: 0, leased: 0 });
    expect(worker?.retained).toBeGreaterThan(0);
    await large.close();
  });

  test('piscina.run without buffers works too, leaks are put, and a returned buffer is refused', async () => {
    expect(await bench.piscina.run({ count: 2 }, { name: 'leases' })).toEqual([]);
    expect(await bench.piscina.run('text', { name: 'echo' })).toBe('text');
    await expect(bench.piscina.run({ count: 2, give: 1 }, { name: 'leases' })).rejects.toThrow('PooledPiscina');
    await expectWhole(bench);
  });

  test('a task that is not wrapped is refused, and what was sent comes back', async () => {
    await expect(run('unwrapped', { body: sent('x') })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_SYNCPOOL_SHIM_UNSUPPORTED' }),
    );
    expect(bench.pooled.stats().tasks.unwrapped).toEqual({ runs: 1, failed: 1, leaked: 0, reclaimed: 1 });
    await expectWhole(bench);
  });

  test('a result that looks like a reply names no block', async () => {
    const handle = bench.pool.detach(bench.pool.get());
    await expect(run('forging', { handle })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_SYNCPOOL_SHIM_UNSUPPORTED' }),
    );
    expect(bench.pool.discard(handle)).toBe(true);
    await expectWhole(bench);
  });

  test('a task after one that has left the runtime attaches again', async () => {
    await run('leaves');
    await run('leaves');
    const back = await run<PooledBuffer>('echo', sent('x'));
    expect(textOf(back)).toBe('x');
    bench.pool.put(back);
    await expectWhole(bench);
  });

  test('handles that are nonsense are refused by value, and the worker lives', async () => {
    const before = await run('thread');
    const used = bench.pool.detach(bench.pool.get());
    bench.pool.discard(used);
    const slip = new SharedArrayBuffer(4096);
    for (const message of [used, 12345, 0, -1, 1.5, Number.NaN, 2 ** 53, 'text', null, {}]) {
      const order = { syncpool: 'order', slip, value: {}, moved: [[[['body']], 'p', message]] };
      const failure = await bench.piscina.run(order, { name: 'echo' });
      expect(failure).toMatchObject({ syncpool: 'failure', code: 'ERR_SYNCPOOL_STALE_HANDLE' });
      if (typeof message === 'number') expect(failure.error.message).toContain(String(message));
    }
    const unknown = { syncpool: 'order', slip, value: {}, moved: [[[['body']], 'nobody’s', 1]] };
    expect(await bench.piscina.run(unknown, { name: 'echo' })).toMatchObject({ code: 'ERR_SYNCPOOL_NO_POOL' });
    expect(await run('thread')).toBe(before);
    await expectWhole(bench);
  });

  test.each([
    ['null', null],
    ['an object', { message: 'forged' }],
  ])('a result that looks like a failure, with an error that is %s, is no reply', async (_, error) => {
    await expect(run('forgingFailure', { error })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_SYNCPOOL_SHIM_UNSUPPORTED' }),
    );
  });

  test('a text that looks like an order names no block', async () => {
    const other = bench.pool.detach(bench.pool.get());
    const order = JSON.parse(
      JSON.stringify({ syncpool: 'order', slip: {}, value: {}, moved: [[[['b']], 'p', other]] }),
    );
    expect(await bench.piscina.run(order, { name: 'echo' })).toEqual(order);
    expect(await run('echo', order)).toEqual(order);
    expect(bench.pool.discard(other)).toBe(true);
    await expectWhole(bench);
  });

  test('an error keeps its code, which piscina alone would lose', async () => {
    const failure = await run('leases', { count: 65 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).toMatchObject({ code: 'ERR_SYNCPOOL_EXHAUSTED' });
    expect(bench.pooled.stats().tasks.leases).toMatchObject({ failed: 1, leaked: 64 });
    await expectWhole(bench);
  });

  test('wrong arguments are refused', () => {
    expect(() => pooledTask(bench.runtime, 'echo' as never)).toThrow('"echo"');
    expect(() => pooledTask({} as never, () => 1)).toThrow('takes a runtime');
    expect(() => pooledTask(undefined as never, () => 1)).toThrow('got undefined');
    expect(() => pooledTask(bench.runtime, () => 1, { puts: 'nothing' as never })).toThrow('"nothing"');
    expect(() => pooledTask(bench.runtime, () => 1, { put: 'arguments' } as never)).toThrow('no option "put"');
    expect(() => pooledTask(bench.runtime, () => 1, null as never)).toThrow('must be an object, and are null');
    expect(() => moveBuffer(Buffer.alloc(3) as never)).toThrow('takes a pooled buffer, and got an object (Buffer)');
    expect(() => new PooledPiscina({} as never, bench.runtime)).toThrow('Piscina');
    expect(() => new PooledPiscina(bench.piscina, {} as never)).toThrow('runtime');
  });
});

describe.each(KERNELS)('several tasks of a worker at a time, on %s', (kernel) => {
  test('each is counted its own leaks', async () => {
    const bench = openBench(kernel, { concurrentTasksPerWorker: 8 });
    const runs = Array.from({ length: 40 }, (_, i) =>
      bench.pooled.run<PooledBuffer[]>({ count: 4, pauses: i % 5, put: i % 3, give: 1 }, { name: 'leases' }),
    );
    const given = await Promise.all(runs);
    expect(new Set(given.flat().map(({ byteOffset }) => byteOffset)).size).toBe(40);
    const leaked = runs.reduce((sum, _, i) => sum + (3 - (i % 3)), 0);
    expect(bench.pooled.stats().tasks.leases).toMatchObject({ runs: 40, failed: 0, leaked });
    for (const buffer of given.flat()) bench.pool.put(buffer);
    await expectWhole(bench);
    await bench.close();
  });

  test('a pool whose buffers come from the heap at the limit', async () => {
    const bench = openBench(kernel, {}, { maxBytes: 64 * 4096, onExhausted: 'heap' });
    const held = Array.from({ length: 60 }, () => bench.pool.get());
    const given = await bench.pooled.run<PooledBuffer[]>({ kind: 'heap' }, { name: 'results' });
    expect(given.length).toBe(20);
    const again = await bench.pooled.run<PooledBuffer[]>(given, { name: 'echo' });
    for (const buffer of [...held, ...again]) bench.pool.put(buffer);
    const { gets, adopts, puts, detaches, heap } = bench.pool.stats().totals;
    expect(heap).toBeGreaterThanOrEqual(16);
    expect(gets + adopts - puts - detaches).toBe(0);
    await bench.close();
  });
});
