// How the preload's option is written so that Node.js reads it back, wherever the package is installed.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHARE_ENV, type WorkerOptions } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { preloadOption, withOption, withPreload } from '../../../src/launch/preload-option.ts';

const option = preloadOption('/a/preload.cjs');

afterEach(() => vi.unstubAllEnvs());

describe('the option of the preload', () => {
  test.each(['plain', 'with a space', 'with "quotes"', 'with\\backslash', "with 'single' ones"])(
    'is read by Node.js from NODE_OPTIONS: a path %s',
    (name) => {
      const folder = mkdtempSync(join(tmpdir(), 'syncpool-preload-'));
      try {
        const file = join(folder, `${name}.cjs`);
        writeFileSync(file, 'globalThis.loaded = true;');
        const env = { ...process.env, NODE_OPTIONS: withOption('--no-warnings', preloadOption(file)) };
        const printed = execFileSync(process.execPath, ['-p', 'globalThis.loaded'], { env, encoding: 'utf8' });
        expect(printed.trim()).toBe('true');
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  test('comes before the options that are there, and once', () => {
    expect(withOption(undefined, option)).toBe('--require "/a/preload.cjs"');
    expect(withOption('', option)).toBe('--require "/a/preload.cjs"');
    const both = '--require "/a/preload.cjs" --no-warnings';
    expect(withOption('--no-warnings', option)).toBe(both);
    expect(withOption(both, option)).toBe(both);
  });
});

describe("a worker's options", () => {
  const unchanged: readonly (WorkerOptions | undefined)[] = [undefined, {}, { env: SHARE_ENV }, { eval: true }];

  test.each(unchanged)('stay the same object where the worker has those of its creator: %o', (options) => {
    vi.stubEnv('NODE_OPTIONS', undefined);
    expect(withPreload(options, option)).toEqual({ options, putInto: 'nothing' });
    expect(withPreload(options, option).options).toBe(options);
  });

  test('get it into an env that lacks it, and keep what else is there', () => {
    const env = { A: '1', NODE_OPTIONS: '--no-warnings' };
    expect(withPreload({ env, argv: ['x'] }, option)).toEqual({
      options: { env: { A: '1', NODE_OPTIONS: '--require "/a/preload.cjs" --no-warnings' }, argv: ['x'] },
      putInto: 'env',
    });
    expect(env.NODE_OPTIONS).toBe('--no-warnings');
  });

  test('get it into execArgv where the environment has lost it', () => {
    vi.stubEnv('NODE_OPTIONS', '--no-warnings');
    expect(withPreload({ execArgv: ['--expose-gc'] }, option)).toEqual({
      options: { execArgv: ['--require', '/a/preload.cjs', '--expose-gc'] },
      putInto: 'execArgv',
    });
    vi.stubEnv('NODE_OPTIONS', option.text);
    expect(withPreload({ execArgv: [] }, option).putInto).toBe('nothing');
  });

  test('that Node.js refuses are left for it to refuse', () => {
    vi.stubEnv('NODE_OPTIONS', undefined);
    const wrong = { execArgv: '--expose-gc' } as unknown as WorkerOptions;
    expect(withPreload(wrong, option).options).toBe(wrong);
    const text = 'no options' as unknown as WorkerOptions;
    expect(withPreload(text, option).options).toBe(text);
  });
});
