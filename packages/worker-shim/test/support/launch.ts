// Programs run below the launcher, as users run them: real processes, and what they print.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { effectiveAffinity } from '@syncpool/worker-shim';

/** A process that hangs fails its test through this, not through the runner's limit. */
const LONGEST_MS = 60_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The launcher's own file. */
export const launcher = fileURLToPath(new URL('../../dist/launch/main.cjs', import.meta.url));

/** The path of a program of test/programs. */
export function program(name: string): string {
  return fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
}

/** Starts a command with all its streams in pipes. */
export function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const child = spawn(command, args, { stdio: 'pipe', env, timeout: LONGEST_MS, killSignal: 'SIGKILL' });
  const ended = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], stdout, stderr]): Ended => ({ code, signal, stdout, stderr }),
  );
  return { child, ended };
}

/** Starts the launcher; `main` is another copy of it. */
export function startLauncher(args: readonly string[], env?: NodeJS.ProcessEnv, main = launcher) {
  return start(process.execPath, [main, ...args], env);
}

export function runLauncher(args: readonly string[], env?: NodeJS.ProcessEnv, main?: string): Promise<Ended> {
  return startLauncher(args, env, main).ended;
}

/** What a Node.js program below the launcher printed: a JSON value a line. Fails if it failed. */
export async function reportsOf<T>(flags: readonly string[], name: string, args: readonly string[] = []): Promise<T[]> {
  return parseReports(await runLauncher([...flags, '--', process.execPath, program(name), ...args]));
}

/** The JSON values of a program's lines. */
export function parseReports<T>({ code, signal, stdout, stderr }: Ended): T[] {
  if (code !== 0) throw new Error(`the program ended with ${code ?? signal}: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

/** Two CPUs that this process may use, the later one first so that nothing is where it would be anyway. */
export function twoCpus(): readonly [first: number, second: number] {
  const [second, first] = effectiveAffinity() ?? [];
  if (first === undefined || second === undefined) throw new Error('these tests need two CPUs');
  return [first, second];
}
