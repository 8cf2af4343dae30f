// Seen from outside, the launcher is the program: its streams, its signals, its end.

import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { launcher, program, runLauncher, start, startLauncher } from '../support/launch.ts';

/** What the stream has shown, once it has shown the text. Fails if it ends before. */
async function shown(stream: Readable, text: string): Promise<string> {
  let seen = '';
  while (!seen.includes(text)) {
    const [chunk] = await Promise.race([once(stream, 'data'), once(stream, 'end')]);
    if (chunk === undefined) throw new Error(`ended before it showed ${JSON.stringify(text)}: ${seen}`);
    seen += String(chunk);
  }
  return seen;
}

describe('the launcher ends', () => {
  test.each([0, 1, 7, 255])('with the exit code of the program: %d', async (code) => {
    const ended = await runLauncher(['--', process.execPath, '-e', `process.exit(${code})`]);
    expect(ended).toEqual({ code, signal: null, stdout: '', stderr: '' });
  });

  test.each(['SIGTERM', 'SIGKILL', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2'])(
    'by the signal of the program: %s',
    async (signal) => {
      const { code, signal: by } = await runLauncher(['--', 'sh', '-c', `kill -${signal.slice(3)} $$`]);
      expect([code, by]).toEqual([null, signal]);
    },
  );

  test('with its number, as shells have it, where the signal does not end Node.js', async () => {
    // SIGPIPE, which Node.js ignores, is 13.
    expect((await runLauncher(['--', 'sh', '-c', 'kill -PIPE $$'])).code).toBe(128 + 13);
  });

  test.each([
    [127, ['--', 'no-such-command'], /^syncpool-launch: no-such-command: no such command$/m],
    [127, ['--', '/no/such/command'], /no such command/],
    [126, ['--', '/'], /^syncpool-launch: \/ cannot be run: /m],
    [125, ['--cpus', '999', '--', 'true'], /CPU 999, which this process may not use: it may use /],
    [2, ['--pin', '--', 'true'], /'--pin'.*\nTry: syncpool-launch --help/],
    [2, ['--workers', '0', '--', 'true'], /workers must be 1 to 1024, not 0/],
    [2, [], /there is no command/],
  ])('with %d for %j, saying why', async (code, args, message) => {
    const ended = await runLauncher(args);
    expect(ended).toMatchObject({ code, signal: null, stdout: '' });
    expect(ended.stderr).toMatch(message);
  });
});

describe('signals to the launcher', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const)('reach the program: %s', async (signal) => {
    const { child, ended } = startLauncher(['--', process.execPath, program('signals.mjs'), signal]);
    await shown(child.stdout, 'ready');
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, signal: null, stdout: `ready below ${child.pid}.\n${signal}\n` });
  });

  test('end it, if they end the program', async () => {
    const { child, ended } = startLauncher([
      '--',
      process.execPath,
      '-e',
      "console.log('ready'); setTimeout(() => {}, 1e6)",
    ]);
    await shown(child.stdout, 'ready');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  test('typed at a terminal reach the program once', async () => {
    // script (util-linux) runs the command at a terminal of its own, and passes on what is typed. `exec`, for a shell that
    // stayed between the two would be at the terminal as well, and end of the keys.
    const words = ['exec', process.execPath, launcher, '--', process.execPath, program('signals.mjs')];
    const { child, ended } = start('script', ['--quiet', '--return', '--command', words.join(' '), '/dev/null']);
    const pid = Number(/below (\d+)\./.exec(await shown(child.stdout, '.'))?.[1]);
    child.stdin.write('\x03');
    await shown(child.stdout, 'SIGINT');
    child.stdin.write('\x1c');
    await shown(child.stdout, 'SIGQUIT');
    // What it passes on comes after whatever it may have passed on before.
    process.kill(pid, 'SIGUSR2');
    await shown(child.stdout, 'SIGUSR2');
    child.stdin.write('\x04');
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout.match(/SIG\w+/g)).toEqual(['SIGINT', 'SIGQUIT', 'SIGUSR2']);
  });
});

describe('the launcher', () => {
  test('gives the program its standard streams', async () => {
    const { child, ended } = startLauncher(['--', 'sh', '-c', 'cat; echo wrong >&2']);
    child.stdin.end('typed');
    expect(await ended).toEqual({ code: 0, signal: null, stdout: 'typed', stderr: 'wrong\n' });
  });

  test('gives the program its arguments as they are', async () => {
    const args = ['--workers', 'a b', '--', '"', ''];
    const printing = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const { stdout } = await runLauncher(['--', process.execPath, '-e', printing, '--', ...args]);
    expect(JSON.parse(stdout)).toEqual(args);
  });

  test('prints its plan for a dry run, and runs nothing', async () => {
    const { code, stdout, stderr } = await runLauncher(['--dry-run', '--workers', '2', '--', 'no-such-command']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/2 workers, compact/);
    expect(stdout).toMatch(/worker 0 +CPU \d+ .*node 0/);
    // And the machine, with the plan on it.
    expect(stdout).toMatch(/│.*worker 1/);
  });

  test('prints plan and places on standard error where that is asked for, and nothing otherwise', async () => {
    const flags = ['--workers', '1', '--', process.execPath, program('one.cjs')];
    const [silent, told] = [await runLauncher(flags), await runLauncher(['--verbose', ...flags])];
    expect(silent.stderr).toBe('');
    expect(told.stderr).toMatch(/1 worker, compact/);
    expect(told.stderr).toMatch(/process \d+: worker 0 \(thread \d+\) is on CPU \d+\n/);
    expect(told.stdout.split('\n')).toHaveLength(2);
  });

  test.each([
    ['--help', /^Usage: syncpool-launch/],
    ['--version', /^\d+\.\d+\.\d+\n$/],
  ])('answers %s', async (flag, answer) => {
    const { code, stdout } = await runLauncher([flag]);
    expect(code).toBe(0);
    expect(stdout).toMatch(answer);
  });
});
