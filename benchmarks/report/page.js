// The page: one file, no requests.

import { readFileSync } from 'node:fs';
import { contenders, curves, histogram, matrix, targets, wanted } from './charts.js';
import { document, element } from './dom.js';
import { showIn } from './numbers.js';

const STYLE = readFileSync(new URL('page.css', import.meta.url), 'utf8');
/** Charts of more bars are closed at first. */
const MANY = 14;

function machineText({ cpu, cpus, memoryGiB, system, kernel, node, go, peers }) {
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  return [
    `${cpu}, ${cpus} CPUs, ${memoryGiB} GiB, ${system} ${kernel}`,
    `Node ${node}, Go: ${go}`,
    versions.join(', '),
  ];
}

/** The machines of the results, each with the benchmarks that ran there: mostly one. */
function machines(results) {
  const groups = new Map();
  for (const { name, machine } of results) {
    const text = machineText(machine);
    const key = text.join('\n');
    groups.set(key, { text, names: [...(groups.get(key)?.names ?? []), name] });
  }
  return [...groups.values()].map(({ text, names }) =>
    element(
      'div',
      { class: 'machine' },
      ...text.map((line) => element('div', {}, line)),
      ...(groups.size > 1 ? [element('div', { class: 'of' }, names.join(', '))] : []),
    ),
  );
}

function tableOfVerdicts(results) {
  const row = (name, verdict) =>
    element(
      'tr',
      { class: verdict.holds ? 'holds' : 'missed' },
      element('td', {}, element('a', { href: `#${name}` }, name)),
      element('td', {}, verdict.name),
      element('td', { class: 'number' }, showIn(verdict.value, verdict.unit)),
      element('td', { class: 'number' }, wanted(verdict)),
      element('td', { class: 'verdict' }, verdict.holds ? 'holds' : 'MISSED'),
    );
  const head = ['benchmark', 'what', 'measured', 'target', ''].map((text) => element('th', {}, text));
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...results.flatMap(({ name, verdicts }) => verdicts.map((verdict) => row(name, verdict)))),
  );
}

function figure(title, chart) {
  return element('figure', { class: 'chart' }, element('figcaption', {}, title), chart);
}

/** Contenders that stand alone, and those in groups. */
function valuesOf({ values, unit }) {
  const entries = Object.entries(values);
  const alone = Object.fromEntries(entries.filter(([, rounds]) => Array.isArray(rounds)));
  const groups = entries.filter(([, rounds]) => !Array.isArray(rounds));
  const all = [
    ...(Object.keys(alone).length > 0 ? [['medians, and the middle half of the rounds', alone]] : []),
    ...groups,
  ];
  const charts = all.map(([title, group]) => figure(title, contenders(group, unit)));
  const bars = all.reduce((sum, [, group]) => sum + Object.keys(group).length, 0);
  if (bars <= MANY) return charts;
  return [
    element(
      'details',
      {},
      element('summary', {}, `${bars} contenders: medians, and the middle half of the rounds`),
      ...charts,
    ),
  ];
}

function section(result) {
  const { name, claim, date, seed, machine, series, histograms, matrices, skipped } = result;
  return element(
    'section',
    { id: name },
    element('h2', {}, name),
    ...(claim === undefined ? [] : [element('p', { class: 'claim' }, claim)]),
    element(
      'p',
      { class: 'of' },
      `${date.slice(0, 16).replace('T', ' ')} UTC, commit ${machine.commit}, seed ${seed}: npm run bench -- ${name}`,
    ),
    ...skipped.map((why) => element('p', { class: 'skipped' }, `Not measured: ${why}`)),
    ...series.map((one) => figure(one.name, curves(one))),
    ...histograms.map((one) => figure(`${one.name}: the tail`, histogram(one))),
    ...matrices.map((one) => figure(one.name, matrix(one))),
    ...valuesOf(result),
  );
}

/** The whole page as text. */
export function pageOf(results) {
  const verdicts = results.flatMap((result) => result.verdicts);
  const missed = verdicts.filter(({ holds }) => !holds).length;
  const { head, body } = document;
  head.replaceChildren(
    element('meta', { charset: 'utf-8' }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('meta', {
      'http-equiv': 'Content-Security-Policy',
      content: "default-src 'none'; style-src 'unsafe-inline'",
    }),
    element('title', {}, 'syncpool: benchmarks'),
    element('style', {}, STYLE),
  );
  body.replaceChildren(
    element(
      'header',
      {},
      element('h1', {}, 'syncpool: benchmarks'),
      element('p', { class: 'sum' }, `${verdicts.length - missed} of ${verdicts.length} targets hold`),
      ...machines(results),
    ),
    element('nav', {}, ...results.map(({ name }) => element('a', { href: `#${name}` }, name))),
    element(
      'main',
      {},
      ...(verdicts.length === 0
        ? []
        : [
            element(
              'section',
              { id: 'targets' },
              element('h2', {}, 'Targets'),
              element(
                'p',
                { class: 'claim' },
                'How much of what its target allows each figure takes. Left of the line is within it.',
              ),
              figure('measured, against the target', targets(results)),
              element('details', {}, element('summary', {}, 'the same as a table'), tableOfVerdicts(results)),
            ),
          ]),
      ...results.map(section),
    ),
  );
  return `<!doctype html>\n${document.documentElement.outerHTML}\n`;
}
