// What the attach tests ask of other threads: a command in, an answer out, run where the thread is.

import { once } from 'node:events';
import { threadId, Worker } from 'node:worker_threads';
import {
  attachRuntime,
  createRuntime,
  type KernelName,
  type Message,
  type PooledBuffer,
  type PoolOptions,
  type RuntimeToken,
  SyncPoolError,
} from '@syncpool/core';
import { pattern } from './pattern.ts';

export type Command =
  | { readonly kind: 'attach'; readonly to?: string | RuntimeToken }
  | { readonly kind: 'create'; readonly name: string; readonly kernel?: KernelName; readonly pool?: PoolOptions }
  /** Attaches through a second copy of the package at this URL. */
  | { readonly kind: 'copy'; readonly url: string; readonly to: string }
  | { readonly kind: 'lease'; readonly from: string; readonly count: number }
  | { readonly kind: 'put'; readonly from: string }
  /** Leases a buffer, writes the pattern of `salt` into it and detaches it. */
  | { readonly kind: 'send'; readonly from: string; readonly salt: number; readonly usedLength: number }
  /** Adopts if it is the first, and puts; whether the pattern of `salt` was there. */
  | { readonly kind: 'receive'; readonly from: string; readonly salt: number; readonly message: Message }
  | { readonly kind: 'leave'; readonly from: string }
  /** Asks a worker that this thread starts, the same one each time. `file` is the URL of a worker that answers. */
  | { readonly kind: 'relay'; readonly file: string; readonly command: Command };

export interface Attached {
  readonly name: string;
  readonly kernel: KernelName;
  readonly threadId: number;
  readonly token: RuntimeToken;
  /** Whether attaching again, by name and by token, gave the same object. */
  readonly isSame: boolean;
}

export interface Received {
  readonly usedLength: number;
  readonly isRight: boolean;
}

/** What came of a command: its result, or the code of its error. */
export interface Answer {
  readonly result?: unknown;
  readonly code?: string;
}

/** The pool of every runtime of these tests. */
export const POOL = 'bodies';

const leased: PooledBuffer[] = [];
let child: Worker | undefined;

function attach(to?: string | RuntimeToken): Attached {
  const runtime = to === undefined ? attachRuntime() : attachRuntime(to);
  const { name, kernel, token } = runtime;
  const isSame = attachRuntime(name) === runtime && attachRuntime(token) === runtime;
  return { name, kernel, threadId, token, isSame };
}

function create(name: string, kernel?: KernelName, pool?: PoolOptions): Attached {
  const runtime = createRuntime(kernel === undefined ? { name } : { name, kernel });
  if (pool !== undefined) runtime.pool(POOL, pool);
  return attach(name);
}

function send(from: string, salt: number, usedLength: number): Message {
  const pool = attachRuntime(from).pool(POOL);
  const buffer = pool.get();
  buffer.set(pattern(buffer.length, salt));
  return pool.detach(buffer, usedLength);
}

function receive(from: string, salt: number, message: Message): Received | undefined {
  const pool = attachRuntime(from).pool(POOL);
  const buffer = pool.tryAdopt(message);
  if (buffer === undefined) return undefined;
  const { usedLength } = buffer;
  const isRight = buffer.equals(pattern(buffer.length, salt));
  pool.put(buffer);
  return { usedLength, isRight };
}

async function relay(file: string, command: Command): Promise<unknown> {
  child ??= new Worker(new URL(file), { execArgv: [] });
  const answered = once(child, 'message');
  child.postMessage(command);
  const [answer] = (await answered) as [Answer];
  if (answer.code !== undefined) throw Object.assign(new Error('in the child'), { code: answer.code });
  return answer.result;
}

async function run(command: Command): Promise<unknown> {
  switch (command.kind) {
    case 'attach':
      return attach(command.to);
    case 'create':
      return create(command.name, command.kernel, command.pool);
    case 'copy': {
      const copy = (await import(command.url)) as { attachRuntime: (name: string) => object; SyncPoolError: unknown };
      return copy.SyncPoolError !== SyncPoolError && copy.attachRuntime(command.to) === attachRuntime(command.to);
    }
    case 'lease': {
      const pool = attachRuntime(command.from).pool(POOL);
      for (let i = 0; i < command.count; i++) leased.push(pool.get());
      return leased.length;
    }
    case 'put':
      for (const buffer of leased.splice(0)) attachRuntime(command.from).pool(POOL).put(buffer);
      return 0;
    case 'send':
      return send(command.from, command.salt, command.usedLength);
    case 'receive':
      return receive(command.from, command.salt, command.message);
    case 'leave':
      return attachRuntime(command.from).leave();
    case 'relay':
      return relay(command.file, command.command);
  }
}

/** Runs a command; a refusal by the package is an answer too, any other error is thrown. */
export async function answer(command: Command): Promise<Answer> {
  try {
    return { result: await run(command) };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code?.startsWith('ERR_SYNCPOOL_')) return { code };
    throw error;
  }
}
