// A machine as a picture: boxes in boxes, CPUs as the innermost, with the names of the threads pinned to them.

import type { Cpu, Topology } from '../topology/topology.ts';
import { namesAt, type Part, type Pinned, packagesOf, summaryOf } from './parts.ts';

/** Sizes in pixels. */
const CPU = { width: 72, height: 36 };
const PADDING = 6;
const LABEL_HEIGHT = 16;
/** What fits into a CPU's box. */
const NAME_LETTERS = 11;
/** Boxes are laid out so that the whole is about this much wider than high. */
const WIDTH_TO_HEIGHT = 1.6;

const STYLE = `
  text { font: 11px system-ui, sans-serif; fill: #1f2328; }
  .name { font-size: 10px; }
  rect { stroke: #57606a; fill: #ffffff; }
  .package { fill: #eef1f4; }
  .node { fill: #dde7f3; }
  .memory { fill: #f3e9dd; }
  .llc { fill: #f7f9fb; }
  .cluster { fill: none; stroke-dasharray: 3 2; }
  .core { fill: #e3e7eb; stroke: none; }
  .efficiency { fill: #dcefdc; }
  .denied { fill: #c9ced3; }
  .pinned { fill: #ffd479; }`;

/** A box with a place, and what is in it. Places are relative to the box around. */
interface Box {
  readonly style: string;
  readonly label: string;
  /** A second line, and what a reader sees who points at it. */
  readonly names: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly inside: readonly Placed[];
}

interface Placed {
  readonly box: Box;
  readonly x: number;
  readonly y: number;
}

interface Rows {
  readonly placed: readonly Placed[];
  readonly width: number;
  readonly height: number;
}

/** Boxes in rows of `columns`, below `top`. */
function inRows(boxes: readonly Box[], columns: number, top: number): Rows {
  const placed: Placed[] = [];
  let [y, width] = [top, 0];
  for (let from = 0; from < boxes.length; from += columns) {
    let x = PADDING;
    const row = boxes.slice(from, from + columns);
    for (const box of row) {
      placed.push({ box, x, y });
      x += box.width + PADDING;
    }
    width = Math.max(width, x);
    y += Math.max(...row.map((box) => box.height)) + PADDING;
  }
  return { placed, width, height: y };
}

/** Boxes in the number of columns that comes nearest to the wanted shape. */
function inShape(boxes: readonly Box[], top: number): Rows {
  const misfit = ({ width, height }: Rows) => Math.abs(Math.log(width / height / WIDTH_TO_HEIGHT));
  const tries = boxes.map((_, i) => inRows(boxes, i + 1, top));
  return tries.reduce((best, next) => (misfit(next) < misfit(best) ? next : best));
}

/** About what a label takes. */
function textWidth(label: string): number {
  return label.length * 6 + 2 * PADDING;
}

interface Pen {
  readonly isAllowed: (cpu: Cpu) => boolean;
  readonly namesOf: (cpu: Cpu) => readonly string[];
}

function cpuBox(part: Part, { isAllowed, namesOf }: Pen): Box {
  const [cpu] = part.cpus;
  const names = cpu === undefined ? [] : namesOf(cpu);
  const state = names.length > 0 ? 'pinned' : cpu !== undefined && !isAllowed(cpu) ? 'denied' : '';
  return { ...CPU, style: `cpu ${state}`.trim(), label: part.label, names, inside: [] };
}

function boxOf(part: Part, pen: Pen): Box {
  if (part.kind === 'cpu') return cpuBox(part, pen);
  const isCore = part.kind === 'core';
  const boxes = part.parts.map((inner) => boxOf(inner, pen));
  // A core is as wide as its threads and says its number by theirs.
  const rows = isCore ? inRows(boxes, boxes.length, PADDING) : inShape(boxes, LABEL_HEIGHT + PADDING);
  const label = isCore ? '' : part.label;
  const style = isCore && part.cpus[0]?.kind === 'efficiency' ? 'core efficiency' : part.kind;
  return {
    style,
    label,
    names: [],
    width: Math.max(rows.width, textWidth(label)),
    height: rows.height,
    inside: rows.placed,
  };
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.codePointAt(0)};`);
}

function shortName(names: readonly string[]): string {
  const [first = ''] = names;
  const more = names.length > 1 ? ` +${names.length - 1}` : '';
  const room = NAME_LETTERS - more.length;
  return (first.length > room ? `${first.slice(0, room - 1)}…` : first) + more;
}

function write({ box, x, y }: Placed, depth: number): string[] {
  const indent = '  '.repeat(depth);
  const name = shortName(box.names);
  const title = box.names.length === 0 ? '' : `<title>CPU ${box.label}: ${escapeXml(box.names.join(', '))}</title>`;
  return [
    `${indent}<g transform="translate(${x} ${y})">${title}`,
    `${indent}  <rect class="${box.style}" width="${box.width}" height="${box.height}" rx="3"/>`,
    ...(box.label === '' ? [] : [`${indent}  <text x="${PADDING}" y="14">${escapeXml(box.label)}</text>`]),
    ...(name === '' ? [] : [`${indent}  <text class="name" x="${PADDING}" y="28">${escapeXml(name)}</text>`]),
    ...box.inside.flatMap((inner) => write(inner, depth + 1)),
    `${indent}</g>`,
  ];
}

/** The machine as an SVG document: packages, nodes, last-level caches, clusters, cores, CPUs. `pinned` CPUs bear their threads' names. */
export function drawSvg(topology: Topology, pinned: Pinned = new Map()): string {
  const allowed = new Set(topology.allowed);
  const pen: Pen = { isAllowed: (cpu) => allowed.has(cpu.id), namesOf: (cpu) => namesAt(pinned, cpu) };
  const packages = packagesOf(topology).map((part) => boxOf(part, pen));
  const memory = topology.nodes.filter((node) => node.cpus.length === 0);
  const empty = memory.map(({ id }): Box => {
    const label = `node ${id}: memory only`;
    return { style: 'node memory', label, names: [], width: textWidth(label), height: CPU.height, inside: [] };
  });
  const summary = summaryOf(topology);
  const { placed, width, height } = inShape([...packages, ...empty], LABEL_HEIGHT + PADDING);
  const whole = Math.max(width, textWidth(summary));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${height}" viewBox="0 0 ${whole} ${height}" role="img">`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect width="${whole}" height="${height}"/>`,
    `  <text x="${PADDING}" y="15">${escapeXml(summary)}</text>`,
    ...placed.flatMap((box) => write(box, 1)),
    '</svg>\n',
  ].join('\n');
}
