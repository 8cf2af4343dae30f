// The golden files under test/golden: the kernel's WebAssembly text, and every number of the layout
// of control memory. Both are consequences of the sources; they are kept so that a change of either shows
// in a diff. test/golden.test.ts compares; run as a program, this file writes them anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compileSteps } from './kernel.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The command that writes the golden files, for whoever reads a difference. */
export const updateCommand = 'pnpm --filter @syncpool/core golden';

const LAYOUT_FILES = ['layout', 'widths', 'line', 'slab', 'row', 'entry', 'calibration'];

/** The parallelism whose default plan the dump shows: on larger machines the default has more rows. */
const PARALLELISM = 4;

/** The exports of the layout's files, and geometryOf with the default plan's maker: TypeScript, so bundled first. */
async function loadSources() {
  const contents = [
    ...LAYOUT_FILES.map((name) => `export * as ${name} from './kernel/${name}.ts';`),
    "export { geometryOf } from './host/geometry.ts';",
    "export { planRuntime } from './runtime-options.ts';",
  ].join('\n');
  const result = await build({
    stdin: { contents, resolveDir: join(root, 'src'), loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  return import(`data:text/javascript;base64,${Buffer.from(result.outputFiles[0].contents).toString('base64')}`);
}

function constantsOf(name, exports) {
  const numbers = Object.entries(exports).filter(([, value]) => typeof value === 'number');
  const lines = numbers.map(([key, value]) => `${key} ${value}`).sort();
  return [`# kernel/${name}.ts`, ...lines, ''];
}

/** The header's regions, each with its first byte and the first byte behind it. */
function regionsOf(geometry) {
  const { controlBytes, header } = geometry;
  const starts = Object.entries(header)
    .filter(([field]) => field.endsWith(' at'))
    .map(([field, [, value]]) => [field.slice(0, -' at'.length), value])
    .sort(([, a], [, b]) => a - b);
  return starts.map(([name, from], i) => `${name} ${from} .. ${starts[i + 1]?.[1] ?? controlBytes}`);
}

async function dumpLayout() {
  const sources = await loadSources();
  const geometry = sources.geometryOf(sources.planRuntime({}, PARALLELISM));
  const limits = Object.entries(geometry).filter(([, value]) => typeof value === 'number');
  return [
    ...LAYOUT_FILES.flatMap((name) => constantsOf(name, sources[name])),
    '# host/geometry.ts, the default plan: sizes and header words',
    ...limits.map(([key, value]) => `${key} ${value}`),
    ...Object.entries(geometry.header).map(([field, [at, value]]) => `header[${at}] ${field} ${value}`),
    '',
    '# host/geometry.ts, the default plan: regions of control memory, first byte .. first byte behind',
    ...regionsOf(geometry),
    '',
  ].join('\n');
}

/** Path of a golden file. */
function pathOf(name) {
  return join(root, 'test', 'golden', name);
}

/** What the sources give now, by the golden file's name. */
export async function currentGoldens() {
  const [{ wat }, layout] = await Promise.all([compileSteps(), dumpLayout()]);
  return { 'kernel.wat': wat, 'layout.txt': layout };
}

/** What a golden file says. */
export function readGolden(name) {
  return readFileSync(pathOf(name), 'utf8');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(await currentGoldens())) {
    writeFileSync(pathOf(name), text);
    process.stdout.write(`test/golden/${name}: ${text.split('\n').length - 1} lines\n`);
  }
}
