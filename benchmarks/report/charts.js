// Charts, drawn by Observable Plot into SVG. Colours are custom properties of the page, so that a chart follows its light or dark.

import * as Plot from '@observablehq/plot';
import { median } from '../lib/report.js';
import { document } from './dom.js';
import { needsLogarithm, show, showIn } from './numbers.js';

const WIDTH = 860;
const BAR = 26;
const COLOURS = Array.from({ length: 8 }, (_, i) => `var(--series-${i + 1})`);
const PERCENTILES = ['50', '99', '99.9'];
/** Clamps of the chart of targets: what is farther off is at its edge. */
const LEAST_SHARE = 1 / 16;
const MOST_SHARE = 4;
const SHARES = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4];
const OURS = /\b(syncpool|ours|pooled)\b/i;

function draw(options) {
  return Plot.plot({ document, width: WIDTH, style: { fontSize: '13px', background: 'none' }, ...options });
}

/** Long names would not fit beside an axis. */
function margin(names) {
  return Math.min(340, 24 + 7.2 * Math.max(...names.map((name) => String(name).length)));
}

/** How much of what is allowed each verdict takes: 1 is its target, whether that is a least or a most. */
function shareOf({ value, most, least }) {
  if (most !== undefined) return most === 0 ? (value === 0 ? LEAST_SHARE : MOST_SHARE) : value / most;
  return value === 0 ? MOST_SHARE : least / value;
}

export function wanted({ most, least, unit }) {
  return most === undefined ? `at least ${showIn(least, unit)}` : `at most ${showIn(most, unit)}`;
}

/** Every verdict against its target: left of the line is within it. */
export function targets(results) {
  const rows = results.flatMap(({ name, verdicts }) =>
    verdicts.map((verdict) => ({
      ...verdict,
      label: `${name}: ${verdict.name}`,
      share: Math.min(MOST_SHARE, Math.max(LEAST_SHARE, shareOf(verdict))),
    })),
  );
  const colour = ({ holds }) => (holds ? 'var(--good)' : 'var(--bad)');
  return draw({
    height: 70 + 20 * rows.length,
    marginLeft: 430,
    marginRight: 150,
    x: {
      type: 'log',
      domain: [LEAST_SHARE, MOST_SHARE],
      ticks: SHARES,
      tickFormat: (share) => (share === 1 ? 'target' : share < 1 ? `1/${1 / share}` : `${share} \u00d7`),
      label: null,
      axis: 'top',
    },
    y: { domain: rows.map(({ label }) => label), label: null, tickSize: 0, tickFormat: (label) => short(label, 60) },
    marks: [
      Plot.gridX(SHARES, { stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.ruleY(rows, { y: 'label', x1: 1, x2: 'share', stroke: colour, strokeWidth: 4 }),
      Plot.dot(rows, {
        y: 'label',
        x: 'share',
        fill: colour,
        r: 5,
        title: (row) => `${row.label}: ${show(row.value)} (${wanted(row)})`,
      }),
      Plot.ruleX([1], { stroke: 'var(--ink)', strokeWidth: 1.5 }),
      Plot.text(rows, {
        y: 'label',
        frameAnchor: 'right',
        dx: 10,
        textAnchor: 'start',
        text: (row) => `${showIn(row.value, row.unit)}  (${wanted(row).replace('at ', '')})`,
        fill: colour,
      }),
    ],
  });
}

const short = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}\u2026`);

/**
 * For a contender the one that is ours in the same case. Names say cases after commas: `reusify, 64 KiB` is compared with `syncpool, 64 KiB`.
 * Undefined if there is none, or several.
 */
function oursFor(name, names) {
  const parts = name.split(', ');
  const ours = names.filter((other) => {
    const all = other.split(', ');
    const cases = all.filter((part) => !OURS.test(part));
    return cases.length < all.length && cases.every((part) => parts.includes(part));
  });
  return ours.length === 1 ? ours[0] : undefined;
}

const quantile = (values, part) => [...values].sort((a, b) => a - b)[Math.round(part * (values.length - 1))];

/** Contenders side by side: a bar to the median, a line over the middle half of the rounds, and how many times ours it is. */
export function contenders(values, unit) {
  const rows = Object.entries(values).map(([name, rounds]) => ({
    name,
    middle: median(rounds),
    low: quantile(rounds, 0.25),
    high: quantile(rounds, 0.75),
  }));
  const names = rows.map(({ name }) => name);
  const ours = new Map(rows.map((row) => [row, rows.find(({ name }) => name === oursFor(row.name, names))]));
  const isOurs = (row) => ours.get(row) === row;
  const ratio = (row) => {
    const to = ours.get(row);
    return to === undefined || to === row || to.middle === 0 ? '' : `   ${show(row.middle / to.middle)} \u00d7 ours`;
  };
  const isLog = needsLogarithm(rows.map(({ middle }) => middle));
  // A logarithmic bar begins somewhere below the least: half of it.
  const from = isLog ? Math.min(...rows.map(({ low, middle }) => (low > 0 ? low : middle))) / 2 : 0;
  return draw({
    height: 50 + BAR * rows.length,
    marginLeft: margin(names),
    marginRight: 170,
    x: {
      type: isLog ? 'log' : 'linear',
      label: `${unit}${isLog ? ' (logarithmic)' : ''}`,
      grid: true,
      ticks: isLog ? powersOfTen(rows.map(({ middle }) => middle)) : 5,
      tickFormat: isLog ? '~s' : undefined,
    },
    y: { domain: names, label: null, tickSize: 0 },
    marks: [
      Plot.barX(rows, {
        y: 'name',
        x1: from,
        x2: 'middle',
        fill: (row) => (isOurs(row) ? 'var(--accent)' : 'var(--others)'),
        insetTop: 4,
        insetBottom: 4,
        title: (row) =>
          `${row.name}: ${showIn(row.middle, unit)} (${showIn(row.low, unit)} to ${showIn(row.high, unit)})`,
      }),
      Plot.ruleY(rows, {
        y: 'name',
        x1: (row) => Math.max(row.low, from),
        x2: 'high',
        stroke: 'var(--ink)',
        strokeWidth: 1.5,
      }),
      Plot.text(rows, {
        y: 'name',
        frameAnchor: 'right',
        dx: 12,
        textAnchor: 'start',
        text: (row) => `${showIn(row.middle, unit)}${ratio(row)}`,
        fontWeight: (row) => (isOurs(row) ? 700 : 400),
        fill: 'var(--ink)',
      }),
    ],
  });
}

/** Curves over an axis of numbers, which are mostly powers of two, or of names. */
export function curves({ x, unit, lines }) {
  const points = Object.entries(lines).flatMap(([line, ys]) =>
    ys.flatMap((y, i) => (y === null ? [] : [{ line, x: x.values[i], y }])),
  );
  const isNumeric = x.values.every((value) => typeof value === 'number' && value > 0);
  const isLog = needsLogarithm(points.map(({ y }) => y));
  const names = Object.keys(lines);
  return draw({
    height: 380,
    marginLeft: 64,
    marginBottom: 44,
    x: {
      type: isNumeric ? 'log' : 'point',
      base: 2,
      domain: isNumeric ? undefined : x.values,
      ticks: x.values,
      tickFormat: (value) => (isNumeric ? shortPower(value) : value),
      label: x.name,
    },
    y: {
      type: isLog ? 'log' : 'linear',
      zero: !isLog,
      label: `${unit}${isLog ? ' (logarithmic)' : ''}`,
      grid: true,
      ticks: 5,
      tickFormat: isLog ? '~s' : undefined,
    },
    color: { domain: names, range: COLOURS, legend: true },
    symbol: { domain: names },
    marks: [
      Plot.line(points, { x: 'x', y: 'y', stroke: 'line', strokeWidth: 2 }),
      Plot.dot(points, {
        x: 'x',
        y: 'y',
        fill: 'line',
        r: 3.5,
        title: (point) => `${point.line}, ${point.x}: ${showIn(point.y, unit)}`,
      }),
    ],
  });
}

/** On a logarithmic axis a line for each power of ten is enough. */
function powersOfTen(values) {
  const [from, to] = [Math.floor(Math.log10(Math.min(...values))), Math.floor(Math.log10(Math.max(...values)))];
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}

/** 1,048,576 on an axis is 1Mi. */
function shortPower(value) {
  if (value >= 2 ** 20 && value % 2 ** 20 === 0) return `${value / 2 ** 20}Mi`;
  return value >= 2 ** 10 && value % 2 ** 10 === 0 ? `${value / 2 ** 10}Ki` : String(value);
}

/** How many are slower than so much: the tail, on two logarithmic axes; with the percentiles that people ask for. */
export function histogram({ unit, contenders: all }) {
  const steps = Object.entries(all).flatMap(([name, { bins }]) => tail(name, bins));
  const marks = Object.entries(all).flatMap(([name, { percentiles }]) =>
    PERCENTILES.filter((percentile) => percentile in percentiles).map((percentile) => ({
      name,
      percentile,
      share: 1 - Number(percentile) / 100,
      value: percentiles[percentile],
    })),
  );
  return draw({
    height: 380,
    marginLeft: 84,
    marginBottom: 44,
    x: {
      type: 'log',
      label: `${unit} (logarithmic)`,
      tickFormat: '~s',
      ticks: powersOfTen(steps.map(({ upTo }) => upTo)),
      grid: true,
    },
    y: {
      type: 'log',
      label: 'share that took longer',
      tickFormat: (share) => `${show(100 * share)}%`,
      ticks: powersOfTen(steps.map(({ share }) => share)),
      grid: true,
    },
    color: { domain: Object.keys(all), range: COLOURS, legend: true },
    marks: [
      Plot.line(steps, { x: 'upTo', y: 'share', stroke: 'name', strokeWidth: 2, curve: 'step-after' }),
      Plot.dot(marks, {
        x: 'value',
        y: 'share',
        fill: 'name',
        stroke: 'var(--ground)',
        r: 4.5,
        title: (mark) => `${mark.name}, p${mark.percentile}: ${showIn(mark.value, unit)}`,
      }),
    ],
  });
}

/** For each bin the share of all that lies above it; a logarithm has no place for none. */
function tail(name, bins) {
  const total = bins.reduce((sum, [, count]) => sum + count, 0);
  let above = total;
  return bins.flatMap(([upTo, count]) => {
    above -= count;
    return above > 0 && upTo > 0 ? [{ name, upTo, share: above / total }] : [];
  });
}

/** A table of shades. */
export function matrix({ rows, columns, values, unit }) {
  const cells = rows.flatMap((row, i) =>
    columns.flatMap((column, j) =>
      values[i][j] === null ? [] : [{ row: String(row), column: String(column), value: values[i][j] }],
    ),
  );
  const isDense = columns.length > 12;
  const cell = isDense ? {} : { inset: 1.5, rx: 3 };
  return draw({
    height: 70 + Math.max(rows.length * (isDense ? 14 : 36), 60),
    marginLeft: margin(rows),
    marginTop: 36,
    x: { type: 'band', domain: columns.map(String), label: null, axis: 'top', tickSize: 0 },
    y: { type: 'band', domain: rows.map(String), label: null, tickSize: 0 },
    opacity: { type: needsLogarithm(cells.map(({ value }) => value)) ? 'log' : 'linear', range: [0.05, 0.55] },
    marks: [
      Plot.cell(cells, {
        x: 'column',
        y: 'row',
        fill: 'var(--accent)',
        fillOpacity: 'value',
        ...cell,
        title: ({ row, column, value }) => `${row}, ${column}: ${showIn(value, unit)}`,
      }),
      ...(isDense
        ? []
        : [Plot.text(cells, { x: 'column', y: 'row', text: ({ value }) => showIn(value, unit), fill: 'var(--ink)' })]),
    ],
  });
}
