// Workers that are killed while pages are given back, in a process of their own: whether that survives it. For ordinary and deep
// runs alike.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import type { Backend } from './backends.ts';

export interface Survival {
  readonly killed: number;
  readonly returnedBytes: number;
}

/** Kills so many workers. Rejects with what the process said last if that dies. */
export async function keeperStorm(backend: Backend, seed: number, kills: number): Promise<Survival> {
  const script = fileURLToPath(new URL('keeper-process.js', inject('workerDir')));
  const { stdout } = await promisify(execFile)(process.execPath, [script, backend, `${seed}`, `${kills}`]);
  return JSON.parse(stdout) as Survival;
}
