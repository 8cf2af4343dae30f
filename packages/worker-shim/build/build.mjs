// Builds @syncpool/worker-shim: what the entries need, bundled, and the declarations, into dist. Dependencies stay outside.
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

/** What package.json exports, below src. What two of them share goes into a chunk beside them. */
const ENTRIES = ['index.ts', 'draw/index.ts', 'piscina/index.ts'];
/**
 * What the launcher runs, a CommonJS file each: `--require` wants one for the preload, and the command starts 10 ms sooner than
 * through the loader of ES modules.
 */
const COMMANDS = ['launch/main.ts', 'launch/preload.ts'];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
const common = {
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  logLevel: 'warning',
};
await build({
  ...common,
  entryPoints: ENTRIES.map((entry) => join(root, 'src', entry)),
  outbase: join(root, 'src'),
  outdir: dist,
  splitting: true,
  format: 'esm',
});
await build({
  ...common,
  entryPoints: COMMANDS.map((entry) => join(root, 'src', entry)),
  outbase: join(root, 'src'),
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  // A CommonJS module has no import.meta.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
});

// By its file, not through .bin: another version of the compiler may stand there.
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
await promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root }).catch((failed) => {
  process.stderr.write(failed.stdout || String(failed));
  process.exit(1);
});
