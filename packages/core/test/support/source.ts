// The package's own sources as syntax trees, for the tests that hold them to rules. TypeScript is
// stripped by esbuild, which is how every binding reads the sources too; what only types used is gone then.

import { readdirSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AnyNode, type Program, parse } from 'acorn';
import { transformSync } from 'esbuild';

const ownSources = fileURLToPath(new URL('../../src/', import.meta.url));

/** A source file without its types. */
export interface Parsed {
  readonly program: Program;
  /** Line of the original text for an offset into the stripped one, which is where nodes start and end. */
  readonly lineAt: (offset: number) => number;
  /** The stripped text of a node. */
  readonly textOf: (node: AnyNode) => string;
}

/** Every hand-written source by its path below src, `kernel/slab.ts`; below another package's src where it is given. */
export function readSources(src: string = ownSources): Map<string, string> {
  const paths = readdirSync(src, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  const written = paths.filter((path) => /\.ts$/.test(path) && !path.startsWith('generated/')).sort();
  return new Map(written.map((path) => [path, readFileSync(join(src, path), 'utf8')]));
}

export function parseSource(text: string): Parsed {
  const { code, map } = transformSync(text, { loader: 'ts', sourcemap: 'external', sourcesContent: false });
  const lines = new SourceMap(JSON.parse(map));
  const lineAt = (offset: number) => {
    const before = code.slice(0, offset).split('\n');
    const entry = lines.findEntry(before.length - 1, before.at(-1)?.length ?? 0);
    if (!('originalLine' in entry)) throw new Error(`no source line for: ${code.slice(offset, offset + 40)}`);
    return entry.originalLine + 1;
  };
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
  return { program, lineAt, textOf: (node) => code.slice(node.start, node.end) };
}

function isNode(value: unknown): value is AnyNode {
  return typeof (value as { type?: unknown } | null)?.type === 'string';
}

/** Calls `visit` for a node and all below it, with the nodes above, outermost first. */
export function walk(
  node: AnyNode,
  visit: (node: AnyNode, above: readonly AnyNode[]) => void,
  above: readonly AnyNode[] = [],
): void {
  visit(node, above);
  const inside = [...above, node];
  for (const child of Object.values(node).flat()) if (isNode(child)) walk(child, visit, inside);
}

/** Modules that a file imports or re-exports at run time. */
export function valueImportsOf(parsed: Parsed): string[] {
  const found: string[] = [];
  walk(parsed.program, (node) => {
    if (!('source' in node) || node.source === null || node.source === undefined) return;
    if (node.source.type === 'Literal') found.push(String(node.source.value));
  });
  return found;
}

/** Modules that a file's text names in any way, for types too. */
export function namedImportsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  return [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => String(match[1]));
}
