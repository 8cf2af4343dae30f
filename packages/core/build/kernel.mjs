// Builds the kernel from src/kernel three ways out of one source:
//   wasm     the steps, compiled by AssemblyScript; the drivers as JavaScript over them
//   atomics  steps and drivers as JavaScript over Atomics
// (The explorer's generators are the tests' third binding.) A bound kernel is a function of its
// control memory, because one process can hold several runtimes.
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';
import { keepConstants } from './constants.mjs';

export const kernelDir = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'kernel');

/** Rewrites TypeScript to AssemblyScript at equal length, so that the columns of asc's errors stay right. */
export function toAssemblyScript(text) {
  return text
    .replace(/(from '\.\/[\w-]+)\.ts'/g, "$1'   ")
    .replace(/\/\* @inline \*\//g, '@inline      ')
    .replace(/\bimport type\b/g, 'import     ')
    .replace(/([{,]\s*)type (?=[A-Z])/g, '$1     ');
}

/** Compiles steps.ts. `patch(name, text)` may change a source first: the mutation tests do. */
export async function compileSteps(patch = (_name, text) => text) {
  const outputs = new Map();
  const messages = [];
  const sink = { write: (text) => messages.push(String(text)) };
  const { error } = await asc.main(
    // biome-ignore format: one option a line says less
    ['steps.ts', '--baseDir', '.', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'threads', '--disable', 'bulk-memory',
     '--importMemory', '--sharedMemory', '--noExportMemory', '--initialMemory', '1', '--maximumMemory', '65536',
     '--outFile', 'kernel.wasm', '--textFile', 'kernel.wat'],
    {
      stdout: sink,
      stderr: sink,
      readFile(name) {
        const file = basename(name) === 'word.ts' ? 'word.wasm.as' : basename(name);
        try {
          return toAssemblyScript(patch(file, readFileSync(join(kernelDir, file), 'utf8')));
        } catch (cause) {
          if (cause.code === 'ENOENT') return null;
          throw cause;
        }
      },
      writeFile(name, contents) {
        outputs.set(basename(name), contents);
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`asc: ${error.message}\n${messages.join('')}`);
  return { wasm: Buffer.from(outputs.get('kernel.wasm')), wat: String(outputs.get('kernel.wat')) };
}

/** The names that steps.ts exports. */
export function stepNames() {
  const text = readFileSync(join(kernelDir, 'steps.ts'), 'utf8');
  return [...text.matchAll(/export \{([^}]*)\}/g)].flatMap((match) =>
    match[1]
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  );
}

const wasmSteps = {
  name: 'steps-from-wasm',
  setup(pluginBuild) {
    pluginBuild.onLoad({ filter: /[\\/]kernel[\\/]steps\.ts$/ }, () => ({
      loader: 'js',
      contents: stepNames()
        .map((name) => `export const ${name} = steps.${name};`)
        .join('\n'),
    }));
  },
};

/** Turns the text of an ES module without imports into a function body that returns its exports. */
export function returnExports(text) {
  return text.replace(
    /\nexport \{([^}]*)\};\s*$/,
    (_all, names) => `\nreturn {${names.replace(/(\w+) as (\w+)/g, '$2: $1')}};`,
  );
}

/** Bundles the kernel as a function that binds it: to `words`, and for wasm to the instance's `steps`. */
export async function bundleKernel(backend) {
  const result = await build({
    entryPoints: [join(kernelDir, 'index.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'node20',
    legalComments: 'none',
    plugins: backend === 'wasm' ? [wasmSteps] : [],
  });
  const parameters = backend === 'wasm' ? 'words, steps' : 'words';
  const body = returnExports(keepConstants(result.outputFiles[0].text));
  return `export function bind(${parameters}) {\n${body}\n}\n`;
}
