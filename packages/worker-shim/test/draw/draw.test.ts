// The drawings of the fixtures: kept whole as golden files (`npx vitest run test/draw -u` writes them anew), and held to what no golden file shows.

import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { drawJson, drawSvg, drawTerminal } from '../../dist/draw/index.js';
import { planPlacement, type Topology } from '../../dist/index.js';
import { fc } from '../support/property.ts';
import { FIXTURES, type FixtureName, topologyOf } from '../support/trees.ts';

/** Threads of a plan on a fixture, and one with a name that nobody should choose. */
function pinnedOn(topology: Topology): Map<number, string[]> {
  const { main, workers } = planPlacement(topology, { workers: 3, policy: 'compact' });
  const pinned = new Map([[main[0] ?? 0, ['main']]]);
  for (const { worker, cpus } of workers) {
    for (const cpu of cpus) pinned.set(cpu, [...(pinned.get(cpu) ?? []), `worker ${worker}`]);
  }
  return pinned.set(main[0] ?? 0, [
    ...(pinned.get(main[0] ?? 0) ?? []),
    'a name of more letters than <fit> & "quotes"',
  ]);
}

function golden(name: FixtureName, ending: string): string {
  return `../golden/${name.replace(/\W+/g, '-')}.${ending}`;
}

test.each(FIXTURES)('the table of %s', async (name) => {
  await expect(drawTerminal(topologyOf(name))).toMatchFileSnapshot(golden(name, 'txt'));
});

test.each(['hybrid', 'container', 'nodes without CPUs'] as const)('%s with threads pinned', async (name) => {
  const topology = topologyOf(name);
  const pinned = pinnedOn(topology);
  await expect(drawTerminal(topology, { pinned, width: 80 })).toMatchFileSnapshot(golden(name, 'pinned.txt'));
  await expect(drawJson(topology, pinned)).toMatchFileSnapshot(golden(name, 'json'));
});

test.each(['hybrid', 'ARM without a shared cache', 'nodes without CPUs'] as const)(
  'the picture of %s',
  async (name) => {
    const topology = topologyOf(name);
    await expect(drawSvg(topology, pinnedOn(topology))).toMatchFileSnapshot(golden(name, 'svg'));
  },
);

/** A group of the picture, as the parser gives it. */
interface Group {
  '@_transform': string;
  rect: { '@_class': string; '@_width': number; '@_height': number };
  text?: string | number | { '#text': string } | (string | number | { '#text': string })[];
  g?: Group[];
}

const parser = new XMLParser({ ignoreAttributes: false, parseAttributeValue: true, isArray: (tag) => tag === 'g' });

/** The groups of a picture, each with the size of what is around it. */
function groupsOf(
  groups: readonly Group[],
  around: { width: number; height: number },
): { group: Group; around: { width: number; height: number } }[] {
  return groups.flatMap((group) => {
    const { '@_width': width, '@_height': height } = group.rect;
    return [{ group, around }, ...groupsOf(group.g ?? [], { width, height })];
  });
}

describe.each(FIXTURES)('on %s', (name) => {
  const topology = topologyOf(name);
  const ids = topology.cpus.map((cpu) => cpu.id);

  test('the table has every CPU once', () => {
    const cells = drawTerminal(topology)
      .split('\n')
      .filter((line) => line.startsWith('│'));
    const cores = cells
      .map((line) => line.split('│'))
      .filter((cell) => cell.length === 6 && /^\s*(?:\d+)?\s*$/.test(cell[3] ?? ''));
    const found = cores.flatMap((cell) => [...(cell[4] ?? '').replace('memory only', '').matchAll(/\d+/g)].map(Number));
    expect(found.sort((a, b) => a - b)).toEqual(ids);
  });

  test('the picture has every CPU once, and each box inside of the one around it', () => {
    const { svg } = parser.parse(drawSvg(topology)) as { svg: { g: Group[]; '@_width': number; '@_height': number } };
    const groups = groupsOf(svg.g, { width: svg['@_width'], height: svg['@_height'] });
    const cpus = groups.filter(({ group }) => group.rect['@_class'].startsWith('cpu'));
    const labels = cpus.map(({ group }) =>
      Number(typeof group.text === 'object' ? Object(group.text)['#text'] : group.text),
    );
    expect(labels.sort((a, b) => a - b)).toEqual(ids);
    for (const { group, around } of groups) {
      const [, x, y] = /^translate\((\d+) (\d+)\)$/.exec(group['@_transform']) ?? [];
      expect(Number(x) + group.rect['@_width']).toBeLessThan(around.width);
      expect(Number(y) + group.rect['@_height']).toBeLessThan(around.height);
    }
  });

  test('the JSON is the topology', () => {
    const { pinned, ...drawn } = JSON.parse(drawJson(topology, new Map([[ids[0] ?? 0, ['main']]])));
    const nodes = topology.nodes.map((node) => ({ ...node, distances: Object.fromEntries(node.distances) }));
    expect(drawn).toEqual({ ...topology, nodes });
    expect(pinned).toEqual({ [ids[0] ?? 0]: ['main'] });
  });
});

describe('names of threads', () => {
  const names = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 4 });

  test('leave the picture well-formed and the JSON whole, whatever they are', () => {
    const topology = topologyOf('hybrid');
    fc.assert(
      fc.property(names, (given) => {
        const pinned = new Map([[3, given]]);
        expect(XMLValidator.validate(drawSvg(topology, pinned))).toBe(true);
        expect(JSON.parse(drawJson(topology, pinned)).pinned[3]).toEqual(given);
      }),
    );
  });

  test('move no cursor and set no colour', () => {
    const pinned = new Map([[3, ['\u001b[31mred\u001b[0m\r\n\u009b2J', 'b']]]);
    const text = drawTerminal(topologyOf('hybrid'), { pinned });
    expect(
      [...text].filter((letter) => letter !== '\n' && (letter < ' ' || (letter >= '\u007f' && letter <= '\u009f'))),
    ).toEqual([]);
  });

  test('are all there where a CPU has many', () => {
    const many = Array.from({ length: 20 }, (_, i) => `worker-${i}`);
    const text = drawTerminal(topologyOf('hybrid'), { pinned: new Map([[3, many]]) });
    expect(many.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });
});

test('colours are there if asked, and only then', () => {
  const topology = topologyOf('container');
  const pinned = new Map([[8, ['main']]]);
  expect(drawTerminal(topology, { pinned })).not.toContain('\u001b');
  expect(drawTerminal(topology, { pinned, colour: true })).toContain('\u001b[32m[8]+72\u001b[39m');
});

test('a machine of which nothing is known is said to be one', () => {
  const flat = { ...topologyOf('packages in a node'), system: 'flat' } as const;
  expect(drawTerminal(flat)).toContain('8 CPUs, no more is known of this machine');
});
