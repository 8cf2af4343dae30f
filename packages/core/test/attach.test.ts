// How a thread finds a runtime: by inheritance, however it was started, or by token.

import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { SHARE_ENV, Worker, type WorkerOptions } from 'node:worker_threads';
import { attachRuntime, createRuntime, type KernelName, MiB, type Runtime, type RuntimeOptions } from '@syncpool/core';
import { Piscina } from 'piscina';
import { afterEach, describe, expect, inject, test, vi } from 'vitest';
import { type Answer, type Attached, type Command, POOL, type Received } from './support/commands.ts';
import { pattern } from './support/pattern.ts';
import { answeringFile, Remote } from './support/remote.ts';

const KERNELS: KernelName[] = ['wasm', 'atomics'];
const packageUrl = pathToFileURL(createRequire(import.meta.url).resolve('@syncpool/core')).href;

const runtimes: Runtime[] = [];
const remotes: Remote[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(remotes.splice(0).map((remote) => remote.end()));
  for (const runtime of runtimes.splice(0)) runtime.close();
});

/** A runtime with a pool, until the test ends. */
function make(options: RuntimeOptions = {}): Runtime {
  const runtime = createRuntime(options);
  runtimes.push(runtime);
  runtime.pool(POOL, { blockSize: 4096, maxBytes: MiB });
  return runtime;
}

/** A worker that answers commands, until the test ends. */
function start(options?: WorkerOptions): Remote {
  const remote = new Remote(options);
  remotes.push(remote);
  return remote;
}

/** A command that goes through that many generations of workers. */
function through(generations: number, command: Command): Command {
  return generations === 0
    ? command
    : { kind: 'relay', file: answeringFile(), command: through(generations - 1, command) };
}

const refused = (code: string): Answer => ({ code: `ERR_SYNCPOOL_${code}` });

describe.each(KERNELS)('with the %s kernel', (kernel) => {
  /** What a thread sees that has attached to the runtime. */
  const seen = { name: 'default', kernel, isSame: true };

  test('a worker attaches without being given anything', async () => {
    make({ kernel });
    expect(await start().get<Attached>({ kind: 'attach' })).toMatchObject(seen);
  });

  test('workers of workers attach, three generations down, each a thread of its own', async () => {
    const runtime = make({ kernel });
    const remote = start();
    const ids = new Set<number>();
    for (const generations of [0, 1, 2, 3]) {
      const attached = await remote.get<Attached>(through(generations, { kind: 'attach' }));
      expect(attached).toMatchObject(seen);
      ids.add(attached.threadId);
    }
    expect(ids.size).toBe(4);
    expect(runtime.stats().processors.live).toBe(5);
  });

  test.each([
    ['an environment of their own', { env: {} }],
    ['the environment of the process', { env: SHARE_ENV }],
    ['limits and streams of their own', { resourceLimits: { maxOldGenerationSizeMb: 64 }, stdout: true, stderr: true }],
    ['flags of their own', { execArgv: ['--no-warnings'] }],
  ] satisfies [string, WorkerOptions][])('workers with %s attach', async (_, options) => {
    make({ kernel });
    expect(await start(options).get<Attached>({ kind: 'attach' })).toMatchObject(seen);
  });

  test('workers made of a string attach', async () => {
    make({ kernel });
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData).then(({ attachRuntime }) => {
        const { name, kernel } = attachRuntime();
        parentPort.postMessage({ name, kernel, isSame: attachRuntime() === attachRuntime(name) });
      });`;
    const worker = new Worker(code, { eval: true, execArgv: [], workerData: packageUrl });
    // Both awaited from the start: the worker may be gone by the time its message is looked at.
    const [[message]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    expect(message).toEqual(seen);
  });

  test('workers of piscina attach, and hand buffers to the main thread', async () => {
    const runtime = make({ kernel });
    const filename = new URL('attach-task.js', inject('workerDir')).href;
    const piscina = new Piscina({ filename, minThreads: 2, maxThreads: 2, execArgv: [] });
    const ask = async (command: Command) => (await piscina.run(command)) as Answer;
    expect((await ask({ kind: 'attach' })).result).toMatchObject(seen);
    const messages = await Promise.all(
      Array.from({ length: 16 }, (_, salt) => ask({ kind: 'send', from: 'default', salt, usedLength: salt })),
    );
    for (const [salt, { result }] of messages.entries()) {
      const buffer = runtime.pool(POOL).adopt(result as number);
      expect(buffer.equals(pattern(buffer.length, salt))).toBe(true);
      expect(buffer.usedLength).toBe(salt);
      runtime.pool(POOL).put(buffer);
    }
    await piscina.destroy();
  });

  test('a worker that was started before the runtime attaches by token, and its workers by name', async () => {
    const remote = start();
    expect(await remote.ask({ kind: 'attach' })).toEqual(refused('NO_RUNTIME'));
    const { token } = make({ kernel });
    expect(await remote.ask({ kind: 'attach' })).toEqual(refused('NO_RUNTIME'));
    expect(await remote.get<Attached>({ kind: 'attach', to: token })).toMatchObject(seen);
    expect(await remote.get<Attached>({ kind: 'attach' })).toMatchObject(seen);
    expect(await remote.get<Attached>(through(1, { kind: 'attach' }))).toMatchObject(seen);
  });

  test('a runtime made in a worker is known to its workers, and elsewhere by its token only', async () => {
    const remote = start();
    const pool = { blockSize: 4096, maxBytes: MiB };
    const { token } = await remote.get<Attached>({ kind: 'create', name: 'inner', kernel, pool });
    expect(await remote.get(through(2, { kind: 'attach', to: 'inner' }))).toMatchObject({ name: 'inner', kernel });
    expect(() => attachRuntime('inner')).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_NO_RUNTIME' }));
    const runtime = attachRuntime(token);
    runtimes.push(runtime);
    expect(runtime.kernel).toBe(kernel);
    const buffer = runtime.pool(POOL).get();
    buffer.set(pattern(buffer.length, 3));
    const message = runtime.pool(POOL).detach(buffer, 5);
    const received = await remote.get<Received>({ kind: 'receive', from: 'inner', salt: 3, message });
    expect(received).toEqual({ usedLength: 5, isRight: true });
  });

  test('runtime.kernel is the one that runs', () => {
    const runtime = make({ kernel });
    const claim = vi.spyOn(Atomics, 'compareExchange');
    const pool = runtime.pool(POOL);
    for (const buffer of Array.from({ length: 100 }, () => pool.get())) pool.put(buffer);
    const claims = claim.mock.calls.length;
    claim.mockRestore();
    // Claims are compare-and-swap: of the wasm kernel none is a call of JavaScript.
    if (kernel === 'atomics') expect(claims).toBeGreaterThan(10);
    else expect(claims).toBe(0);
    expect(runtime.stats().kernel).toBe(kernel);
  });
});

describe('the environment variable SYNCPOOL_KERNEL', () => {
  test.each(KERNELS)('selects the %s kernel, here and in a worker with an environment of its own', async (kernel) => {
    vi.stubEnv('SYNCPOOL_KERNEL', kernel);
    expect(make().kernel).toBe(kernel);
    vi.stubEnv('SYNCPOOL_KERNEL', 'nonsense');
    const remote = start({ env: { SYNCPOOL_KERNEL: kernel } });
    expect(await remote.get<Attached>({ kind: 'create', name: 'own' })).toMatchObject({ name: 'own', kernel });
  });

  test('gives way to the option, and means the wasm kernel when it is empty', () => {
    vi.stubEnv('SYNCPOOL_KERNEL', 'atomics');
    expect(make({ kernel: 'wasm' }).kernel).toBe('wasm');
    vi.stubEnv('SYNCPOOL_KERNEL', '');
    expect(make({ name: 'other' }).kernel).toBe('wasm');
  });

  test.each(['nonsense', 'WASM', 'js', ' '])('is refused when it is %j', async (value) => {
    vi.stubEnv('SYNCPOOL_KERNEL', value);
    const refusal = { code: 'ERR_SYNCPOOL_INVALID_OPTION', message: expect.stringContaining('SYNCPOOL_KERNEL') };
    expect(() => make()).toThrow(expect.objectContaining(refusal));
    expect(() => attachRuntime()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_NO_RUNTIME' }));
    expect(await start().ask({ kind: 'create', name: 'own' })).toEqual(refused('INVALID_OPTION'));
  });
});

describe('names', () => {
  test('several runtimes live side by side, each found by its name', async () => {
    const named = [make({ name: 'a', kernel: 'wasm' }), make({ name: 'b', kernel: 'atomics' }), make()];
    const remote = start();
    for (const { name, kernel } of named) {
      expect(await remote.get<Attached>({ kind: 'attach', to: name })).toMatchObject({ name, kernel, isSame: true });
      expect(await remote.get(through(1, { kind: 'attach', to: name }))).toMatchObject({ name, kernel });
    }
    const [a, b] = named as [Runtime, Runtime];
    const message = await remote.get<number>({ kind: 'send', from: 'a', salt: 1, usedLength: 1 });
    expect(b.pool(POOL).tryAdopt(message)).toBeUndefined();
    expect(a.pool(POOL).tryAdopt(message)?.usedLength).toBe(1);
  });

  test('in one thread it is always the same object, whoever asks and how', async () => {
    const runtime = make();
    expect(attachRuntime()).toBe(runtime);
    expect(attachRuntime('default')).toBe(runtime);
    expect(attachRuntime(runtime.token)).toBe(runtime);
    const remote = start();
    expect(await remote.get({ kind: 'copy', url: `${packageUrl}?second`, to: 'default' })).toBe(true);
    expect(runtime.stats().processors.live).toBe(2);
  });

  test('a name is taken once: in the thread that made the runtime, and in workers that inherit it', async () => {
    make();
    expect(() => createRuntime()).toThrow(expect.objectContaining({ code: 'ERR_SYNCPOOL_EXISTS' }));
    const remote = start();
    expect(await remote.ask({ kind: 'create', name: 'default' })).toEqual(refused('EXISTS'));
    expect(await remote.get<Attached>({ kind: 'create', name: 'free' })).toMatchObject({ name: 'free' });
  });

  test('a closed runtime is found by nobody, and its name is free again', async () => {
    const closed = make({ kernel: 'wasm' });
    const [attached, late] = [start(), start()];
    await attached.get({ kind: 'attach' });
    closed.close();
    expect(await attached.ask({ kind: 'lease', from: 'default', count: 1 })).toEqual(refused('NO_RUNTIME'));
    expect(await late.ask({ kind: 'attach' })).toEqual(refused('NO_RUNTIME'));
    expect(await late.ask({ kind: 'attach', to: closed.token })).toEqual(refused('CLOSED'));
    expect(await start().ask({ kind: 'attach' })).toEqual(refused('NO_RUNTIME'));
    make({ kernel: 'atomics' });
    expect(await start().get<Attached>({ kind: 'attach' })).toMatchObject({ kernel: 'atomics' });
  });

  test.each([undefined, null, 1, {}, { control: {}, data: 1 }])('attaching to %j is refused', (to) => {
    if (to === undefined) expect(() => attachRuntime(to)).toThrow(/no runtime "default"/);
    else
      expect(() => attachRuntime(to as never)).toThrow(
        expect.objectContaining({ code: 'ERR_SYNCPOOL_INVALID_OPTION' }),
      );
  });
});
