// How a thread finds a runtime: its own list of attached ones, shared by all copies of the package
// in the thread through a global symbol, and the environment data that it inherited from the thread that started it.

import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { SyncPoolError } from '../errors.ts';
import { LAYOUT_VERSION } from '../kernel/layout.ts';
import type { Runtime } from '../runtime.ts';
import { assertToken, isClosedToken, type RuntimeToken } from '../token.ts';

interface Registry {
  readonly layoutVersion: number;
  readonly runtimes: Map<string, Runtime>;
}

const KEY = Symbol.for('@syncpool/core');
const ENVIRONMENT_PREFIX = 'syncpool:runtime:';

function registry(): Registry {
  const holder = globalThis as { [KEY]?: Registry };
  holder[KEY] ??= { layoutVersion: LAYOUT_VERSION, runtimes: new Map() };
  if (holder[KEY].layoutVersion === LAYOUT_VERSION) return holder[KEY];
  throw new SyncPoolError(
    'ERR_SYNCPOOL_LAYOUT_MISMATCH',
    `another copy of @syncpool/core in this thread has layout version ${holder[KEY].layoutVersion}, this one ${LAYOUT_VERSION}: use one version in the whole process`,
  );
}

/** The thread's attached runtime of that name, unless it is closed or left. */
export function find(name: string): Runtime | undefined {
  const runtime = registry().runtimes.get(name);
  return runtime?.closed ? undefined : runtime;
}

/** The token of a runtime that was made in this thread or before this thread was started. */
export function inherited(name: string): RuntimeToken | undefined {
  const token: unknown = getEnvironmentData(ENVIRONMENT_PREFIX + name);
  if (token === undefined) return undefined;
  assertToken(token);
  return isClosedToken(token) ? undefined : token;
}

/** Makes the runtime this thread's, and known to the workers that it starts from now on. */
export function remember(runtime: Runtime): void {
  registry().runtimes.set(runtime.name, runtime);
  // The types want a plain value; whatever clones will do, and a token does.
  setEnvironmentData(ENVIRONMENT_PREFIX + runtime.name, runtime.token as never);
}

/** Drops a runtime that this thread has left. Workers started later still find it. */
export function forget(runtime: Runtime): void {
  const { runtimes } = registry();
  if (runtimes.get(runtime.name) === runtime) runtimes.delete(runtime.name);
}

/** As `forget`, for a closed runtime: nobody shall find it any more. */
export function erase(runtime: Runtime): void {
  forget(runtime);
  setEnvironmentData(ENVIRONMENT_PREFIX + runtime.name, undefined as never);
}
