// A machine for people at a terminal: a table with a row for each last-level cache.

import Table from 'cli-table3';
import colors from 'picocolors';
import type { Cpu, Topology } from '../topology/topology.ts';
import { namesAt, type Part, type Pinned, packagesOf, plural, summaryOf } from './parts.ts';

export interface TerminalOptions {
  readonly pinned?: Pinned;
  /** ANSI colours. Default: false. */
  readonly colour?: boolean;
  /** Columns that the table may take, as far as a core and a name fit. Default: 100. */
  readonly width?: number;
}

/** Columns of the borders, the paddings and the three narrow cells. */
const FRAME_WIDTH = 27;
const PINNED_WIDTH = 34;
const NARROWEST_CELL = 20;
/** Longer names of threads are cut: they fit a line of their cell. */
const NAME_LETTERS = 26;

/** Without colours of the library's own. */
const PLAIN = { head: [], border: [] };

interface Pen {
  readonly isAllowed: (cpu: Cpu) => boolean;
  readonly namesOf: (cpu: Cpu) => readonly string[];
  readonly colour: ReturnType<typeof colors.createColors>;
}

/** A CPU's id: in brackets with a thread on it, in parentheses if this process may not use it. */
function cpuText(cpu: Cpu, { isAllowed, namesOf }: Pen): string {
  if (namesOf(cpu).length > 0) return `[${cpu.id}]`;
  return isAllowed(cpu) ? `${cpu.id}` : `(${cpu.id})`;
}

function paint(text: string, cpus: readonly Cpu[], { isAllowed, namesOf, colour }: Pen): string {
  if (cpus.some((cpu) => namesOf(cpu).length > 0)) return colour.green(text);
  return cpus.some(isAllowed) ? text : colour.dim(text);
}

/** A text, and how it is painted. */
interface Token {
  readonly text: string;
  readonly painted: string;
}

function coreToken(core: Part, pen: Pen): Token {
  const mark = core.cpus[0]?.kind === 'efficiency' ? 'e' : '';
  const text = core.cpus.map((cpu) => cpuText(cpu, pen) + mark).join('+');
  return { text, painted: paint(text, core.cpus, pen) };
}

function tokenOf(part: Part, pen: Pen): Token {
  if (part.kind !== 'cluster') return coreToken(part, pen);
  const cores = part.parts.map((core) => coreToken(core, pen));
  const join = (key: keyof Token) => `{${cores.map((core) => core[key]).join(' ')}}`;
  return { text: join('text'), painted: join('painted') };
}

/** Cores and clusters in lines of at most `width`, those of a kind of equal width. */
function coreLines(llc: Part, width: number, pen: Pen): string {
  const tokens = llc.parts.map((part) => ({ kind: part.kind, ...tokenOf(part, pen) }));
  const widest = (kind: string) => Math.max(...tokens.map((token) => (token.kind === kind ? token.text.length : 0)));
  const widths = { core: widest('core'), cluster: widest('cluster') };
  const lines: string[] = [];
  let room = 0;
  for (const { kind, text, painted } of tokens) {
    const columns = widths[kind === 'cluster' ? 'cluster' : 'core'];
    const padded = painted + ' '.repeat(columns - text.length);
    if (room < columns || lines.length === 0) {
      lines.push(padded);
      room = width - columns - 2;
    } else {
      lines.push(`${lines.pop()}  ${padded}`);
      room -= columns + 2;
    }
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** Who is pinned where, from a new line for each CPU that has somebody. */
function pinnedLines(llc: Part, { namesOf }: Pen): string {
  const short = (name: string) => (name.length > NAME_LETTERS ? `${name.slice(0, NAME_LETTERS - 1)}…` : name);
  const busy = llc.cpus.filter((cpu) => namesOf(cpu).length > 0);
  return busy.map((cpu) => `${cpu.id} ${namesOf(cpu).map(short).join(', ')}`).join('\n');
}

function machineTable(topology: Topology, pen: Pen, width: number, hasPins: boolean): string {
  const cell = Math.max(NARROWEST_CELL, width - FRAME_WIDTH - (hasPins ? PINNED_WIDTH + 1 : 0));
  const head = ['package', 'node', 'LLC', 'cores', ...(hasPins ? ['pinned'] : [])];
  const colWidths = hasPins ? [null, null, null, null, PINNED_WIDTH] : [];
  const table = new Table({ head, colWidths, wordWrap: true, style: PLAIN });
  for (const pack of packagesOf(topology)) {
    const rows = pack.parts.flatMap((node) => node.parts.map((llc, i) => ({ node, llc, isFirst: i === 0 })));
    rows.forEach(({ node, llc, isFirst }, i) => {
      const [cpu] = llc.cpus;
      const span = (content: number | undefined, rowSpan: number) => ({ content: `${content}`, rowSpan });
      table.push([
        ...(i === 0 ? [span(cpu?.package, rows.length)] : []),
        ...(isFirst ? [span(cpu?.node, node.parts.length)] : []),
        `${cpu?.llc}`,
        coreLines(llc, cell, pen),
        ...(hasPins ? [pinnedLines(llc, pen)] : []),
      ]);
    });
  }
  for (const node of topology.nodes.filter(({ cpus }) => cpus.length === 0)) {
    table.push(['', `${node.id}`, '', 'memory only', ...(hasPins ? [''] : [])]);
  }
  return table.toString();
}

function distanceTable({ nodes }: Topology): string {
  const head = ['distance', ...nodes.map((node) => `${node.id}`)];
  const noLines = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };
  const table = new Table({ head, chars: noLines, style: PLAIN });
  for (const node of nodes) table.push([`${node.id}`, ...nodes.map((to) => `${node.distances.get(to.id) ?? '?'}`)]);
  return table.toString();
}

/** What the marks in the table mean, as far as it has them. */
function legendOf(topology: Topology, { isAllowed, namesOf }: Pen): string[] {
  const llcs = packagesOf(topology).flatMap((pack) => pack.parts.flatMap((node) => node.parts));
  const has = (test: (cpu: Cpu) => boolean) => topology.cpus.some(test);
  const marks = [
    ...(has((cpu) => cpu.smt > 0) ? ['0+1 one core'] : []),
    ...(llcs.some((llc) => llc.parts.some((part) => part.kind === 'cluster')) ? ['{0 1} one cluster'] : []),
    ...(has((cpu) => cpu.kind === 'efficiency') ? ['0e efficiency core'] : []),
    ...(has((cpu) => !isAllowed(cpu)) ? ['(0) not for this process'] : []),
    ...(has((cpu) => namesOf(cpu).length > 0) ? ['[0] has a thread pinned'] : []),
    ...(llcs.length > 1 ? ['a package or LLC bears the number of its lowest CPU'] : []),
  ];
  return marks.length === 0 ? [] : [marks.join(', ')];
}

/** The machine as text with box characters: packages, nodes, last-level caches, cores with their CPUs, and who is pinned where. */
export function drawTerminal(topology: Topology, options: TerminalOptions = {}): string {
  const { pinned = new Map<number, readonly string[]>(), colour = false, width = 100 } = options;
  const allowed = new Set(topology.allowed);
  const pen: Pen = {
    isAllowed: (cpu) => allowed.has(cpu.id),
    namesOf: (cpu) => namesAt(pinned, cpu),
    colour: colors.createColors(colour),
  };
  const hasPins = topology.cpus.some((cpu) => pen.namesOf(cpu).length > 0);
  const lines = [
    summaryOf(topology),
    machineTable(topology, pen, width, hasPins),
    ...legendOf(topology, pen),
    ...(topology.nodes.length > 1 ? [distanceTable(topology)] : []),
    ...(topology.warnings.length > 0 ? [`${plural(topology.warnings.length, 'warning')}:`] : []),
    ...topology.warnings.map((warning) => `  ${warning}`),
  ];
  return `${lines.join('\n')}\n`;
}
