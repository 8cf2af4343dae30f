// What compiles and what does not, as users of the published declarations see it: test/types holds the programs.
// A line on which an error is expected ends in `// error: TS1234`; every other error fails the test, a missing one too.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'test', 'types');
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

const PROJECTS = ['tsconfig.dom.json', 'tsconfig.no-dom.json', 'tsconfig.float16.json'];
const TYPES = [
  ['the types of Node 20', dirname(require.resolve('@types/node/package.json'))],
  ['the latest types of Node', dirname(require.resolve('types-node-latest/package.json'))],
] as const;

/** A folder for each of the above, in which `node` is that package: references from elsewhere to the types of Node end there too. */
const typeRoots = new Map<string, string>();

beforeAll(() => {
  for (const [, folder] of TYPES) {
    const typeRoot = mkdtempSync(join(tmpdir(), 'syncpool-types-'));
    symlinkSync(folder, join(typeRoot, 'node'));
    typeRoots.set(folder, typeRoot);
  }
});

afterAll(() => {
  for (const typeRoot of typeRoots.values()) rmSync(typeRoot, { recursive: true });
});

/** What the compiler prints. That it fails when it prints errors is no failure here. */
async function compile(project: string, types: string, ...flags: string[]): Promise<string> {
  const typeRoot = typeRoots.get(types) ?? '';
  const args = [tsc, '-p', join(sources, project), '--typeRoots', typeRoot, '--pretty', 'false', ...flags];
  const options = { cwd: sources, maxBuffer: 1 << 26 };
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch((failed: { stdout: string }) => {
    if (/error TS\d+/.test(failed.stdout)) return failed;
    throw failed;
  });
  return stdout;
}

/** `file:line code` of each error in the compiler's output; the text of one that names no place. */
function errorsIn(output: string): string[] {
  return output
    .split('\n')
    .filter((line) => /error TS\d+/.test(line))
    .map((line) => line.replace(/^(.+)\((\d+),\d+\): error (TS\d+).*$/, '$1:$2 $3'));
}

async function filesOf(project: string, types: string): Promise<string[]> {
  return (await compile(project, types, '--listFilesOnly')).split('\n').filter((file) => file !== '');
}

/** The errors that the marked lines of the files ask for, as errorsIn has them. */
function expectedIn(files: readonly string[]): string[] {
  return files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line, i) => [/\/\/ error: (TS\d+)$/.exec(line)?.[1], `${basename(file)}:${i + 1}`])
      .filter(([code]) => code !== undefined)
      .map(([code, place]) => `${place} ${code}`),
  );
}

test('errors are read off the output of the compiler', () => {
  const output =
    "a.ts(3,14): error TS2345: Argument\n  of type.\n../b.d.ts(1,2): error TS1: x\nerror TS2688: Cannot find 'node'.\n";
  expect(errorsIn(output)).toEqual(['a.ts:3 TS2345', '../b.d.ts:1 TS1', "error TS2688: Cannot find 'node'."]);
});

describe.each(TYPES)('with %s', (_, types) => {
  test.each(PROJECTS)('%s has the errors it expects and no others', async (project) => {
    const files = (await filesOf(project, types)).filter((file) => file.startsWith(sources));
    expect(files.map((file) => basename(file)).sort()).toContain('accepted.ts');
    const expected = expectedIn(files);
    expect(expected.length).toBeGreaterThan(0);
    expect(errorsIn(await compile(project, types)).sort()).toEqual(expected.sort());
  });

  test('no other types of Node are in the program', async () => {
    const files = (await filesOf('tsconfig.dom.json', types)).filter((file) =>
      file.endsWith('/node/buffer.buffer.d.ts'),
    );
    expect(files).toEqual([join(types, 'buffer.buffer.d.ts')]);
  });
});

test('the published declarations need no file of the source tree', async () => {
  const own = (await filesOf('tsconfig.no-dom.json', TYPES[0][1])).filter((file) => file.startsWith(root));
  const published = own.map((file) => file.slice(root.length)).filter((file) => !file.startsWith('test/types/'));
  expect(published).toContain('dist/index.d.ts');
  expect(published.filter((file) => !file.startsWith('dist/') && !file.startsWith('node_modules/'))).toEqual([]);
});
