// The layers of a package's sources, and their sizes: what the tests of every package check with.

import { posix } from 'node:path';
import { parseSource, valueImportsOf, walk } from './source.ts';

export type Graph = ReadonlyMap<string, readonly string[]>;

/** Value imports of every source, by path below src; modules of Node and of the build's output are left out. */
export function graphOf(sources: ReadonlyMap<string, string>): Graph {
  return new Map(
    [...sources].map(([path, text]) => {
      const relative = valueImportsOf(parseSource(text)).filter((from) => from.startsWith('.'));
      return [path, relative.map((from) => posix.join(posix.dirname(path), from))];
    }),
  );
}

/** Edges that do not point down the layers, and files that stand in none. */
export function layerFaults(graph: Graph, layers: readonly string[]): string[] {
  const rank = new Map(layers.flatMap((layer, i) => layer.split(' ').map((path) => [path, i] as const)));
  const homeless = [...graph.keys()].filter((path) => !rank.has(path)).map((path) => `${path} is in no layer`);
  const gone = [...rank.keys()].filter((path) => !graph.has(path)).map((path) => `${path} is in a layer, and no file`);
  const edges = [...graph].flatMap(([path, targets]) => targets.map((target) => [path, target] as const));
  const upward = edges.filter(([path, target]) => rank.has(target) && (rank.get(target) ?? 0) <= (rank.get(path) ?? 0));
  return [...homeless, ...gone, ...upward.map(([path, target]) => `${path} -> ${target}`)];
}

export function linesOf(text: string): number {
  return text.trimEnd().split('\n').length;
}

/** Functions of a source with more than `most` lines, from the line of their name to the closing brace. */
export function longFunctions(path: string, text: string, most: number): string[] {
  const { program, lineAt } = parseSource(text);
  const found: string[] = [];
  walk(program, (node, above) => {
    if (!/Function(?:Declaration|Expression)$/.test(node.type)) return;
    const parent = above.at(-1);
    const start = lineAt(parent?.type === 'MethodDefinition' ? parent.start : node.start);
    const lines = lineAt(node.end - 1) - start + 1;
    if (lines > most) found.push(`${path}:${start} has ${lines} lines, the limit is ${most}`);
  });
  return found;
}
