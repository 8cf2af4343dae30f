// The program as a child process that looks, from outside, as if it were not one: the same standard streams, signals passed on,
// the same end.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** What shells say of a command that cannot be run, and of one that there is not. */
const CANNOT_RUN = 126;
const NOT_FOUND = 127;
/** Shells' exit code of a program that a signal has ended: this plus its number. */
const BY_SIGNAL = 128;

/**
 * What others may send the launcher in the program's stead. Not the rest: what stops and continues, and the size of the
 * terminal, the terminal sends to both; what tells of a fault is nobody's to pass on.
 */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** What a terminal sends to all of its foreground processes, the program among them. */
const FROM_KEYBOARD: readonly string[] = ['SIGINT', 'SIGQUIT'];

/**
 * Whether a terminal's keys reach this process, and so the program too: to pass on a Ctrl-C as well would make two of
 * it, at which many programs stop at once. Then a `kill -INT` of the launcher alone is lost; `kill -TERM` is not.
 */
function isInForeground(): boolean {
  if (process.platform !== 'linux') return process.stdin.isTTY === true;
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group === foreground;
}

/** Ends this process as the program ended. */
function endAs(code: number | null, signal: NodeJS.Signals | null): void {
  process.exitCode = code ?? BY_SIGNAL + (signal === null ? 0 : constants.signals[signal]);
  // One that does not end Node.js leaves the code above, which says the same as well as a code can.
  if (signal !== null) process.kill(process.pid, signal);
}

/** Runs a command to its end, which becomes this process's. `complain` is told if it cannot be run. */
export function runCommand(
  [command = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  complain: (message: string) => void,
): void {
  const child = spawn(command, args, { stdio: 'inherit', env });
  const passOn = (signal: NodeJS.Signals) => {
    if (!FROM_KEYBOARD.includes(signal) || !isInForeground()) child.kill(signal);
  };
  const stop = () => {
    for (const signal of PASSED_ON) process.off(signal, passOn);
  };
  for (const signal of PASSED_ON) process.on(signal, passOn);
  child.once('error', (error: NodeJS.ErrnoException) => {
    // Of a kill that failed because the program has just ended: its end comes next.
    if (child.pid !== undefined) return;
    stop();
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    process.exitCode = isMissing ? NOT_FOUND : CANNOT_RUN;
    complain(isMissing ? `${command}: no such command` : `${command} cannot be run: ${error.message}`);
  });
  child.once('exit', (code, signal) => {
    stop();
    endAs(code, signal);
  });
}
