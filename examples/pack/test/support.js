// What the tests share: trees of files, and the example run as its users run it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

export const SEED = Number(process.env.SEED || Date.now() % 2 ** 31);

/** Bytes that deflate makes nothing of, the same for the same seed (xorshift32). @param {number} length */
export function noise(length, seed = SEED) {
  const bytes = Buffer.alloc(length);
  let state = seed | 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}

/**
 * A folder with these files, gone after the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string | Buffer>} files
 * @param {Record<string, string>} [links] where each points
 */
export function folderOf(t, files, links = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'example-pack-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), contents);
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(folder, name));
  return folder;
}

/**
 * Runs main.js to its end.
 *
 * @param {string[]} args
 * @param {{ nodeArgs?: string[], cwd?: string, env?: Record<string, string> }} [how]
 */
export async function pack(args, { nodeArgs = [], cwd = tmpdir(), env = {} } = {}) {
  const { INIT_CWD: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [...nodeArgs, MAIN, ...args], {
    cwd,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A run that hangs fails its test, and does not outlive it.
    timeout: 100_000,
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}
