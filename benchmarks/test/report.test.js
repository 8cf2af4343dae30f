// The page of results: what it shows, what it refuses, and that a browser shows it.

import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parseHTML } from 'linkedom';
import { afterAll, describe, expect, test } from 'vitest';
import { outputOf } from '../lib/machine.js';
import { show, showIn } from '../report/numbers.js';
import { pageOf } from '../report/page.js';
import { readmeChart } from '../report/readme-chart.js';
import { readResults } from '../report/read.js';
import { RESULTS } from './sample.js';

const MAIN = fileURLToPath(new URL('../report/main.js', import.meta.url));
const CHROMIUM = outputOf('chromium', ['--version']);
const parent = mkdtempSync(join(tmpdir(), 'syncpool-report-'));
afterAll(() => rmSync(parent, { recursive: true }));

/** A folder with these files; an object is written as JSON. */
function folderWith(files) {
  const folder = mkdtempSync(join(parent, 'results-'));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return folder;
}

const withSamples = () => folderWith(Object.fromEntries(RESULTS.map((result) => [`${result.name}.json`, result])));

describe('reading', () => {
  test('a folder of results', () => {
    expect(readResults(withSamples()).map(({ name, unit }) => [name, unit])).toEqual([
      ['get-put', 'ns'],
      ['shapes', 'us'],
    ]);
  });

  test.each([
    ['no results', {}, /no results there\. Run npm run bench first/],
    ['a file that was cut', { 'cut.json': '{"name": "cu' }, /cut\.json: no JSON/],
    ['a file without values', { 'x.json': { ...RESULTS[0], values: undefined } }, /x\.json: not a result[\s\S]*values/],
    ['a round that is no number', { 'x.json': { ...RESULTS[0], values: { a: [null] } } }, /x\.json[\s\S]*values/],
    [
      'a verdict without a target',
      { 'x.json': { ...RESULTS[0], verdicts: [{ name: 'a', value: 1, holds: true }] } },
      /either most or least/,
    ],
    [
      'a line that is too short',
      { 'x.json': { ...RESULTS[1], series: [{ ...RESULTS[1].series[0], lines: { a: [1] } }] } },
      /as many points/,
    ],
    [
      'a matrix with a row too few',
      { 'x.json': { ...RESULTS[1], matrices: [{ ...RESULTS[1].matrices[0], values: [[1, 2]] }] } },
      /a row of values/,
    ],
  ])('%s is named', (_what, files, message) => {
    expect(() => readResults(folderWith(files))).toThrow(message);
  });

  test('the command says it without a stack, and writes nothing', () => {
    const folder = folderWith({ 'cut.json': '{' });
    const run = () => execFileSync(process.execPath, [MAIN, '--from', folder], { encoding: 'utf8', stdio: 'pipe' });
    expect(run).toThrow(/cut\.json: no JSON/);
    expect(run).not.toThrow(/at .*\.js:/);
    expect(() => statSync(join(folder, 'report.html'))).toThrow('ENOENT');
  });
});

test('numbers have three digits and a unit that fits', () => {
  expect([show(1.2345), show(1234.5), show(0)]).toEqual(['1.23', '1,235', '0']);
  expect([showIn(1210, 'ns'), showIn(2.5e6, 'us'), showIn(12, '%'), showIn(3, '')]).toEqual([
    '1.21 \u00b5s',
    '2.5 s',
    '12%',
    '3',
  ]);
});

describe('the page', () => {
  const page = () => pageOf(readResults(withSamples()));

  test('has every claim, verdict and reason, as text', () => {
    const { document } = parseHTML(page());
    const text = document.body.textContent;
    for (const part of [
      'a get & a put < everything else',
      '2 of 3 targets hold',
      'MISSED',
      'Go: not on the PATH',
      'A CPU, 2 CPUs',
    ])
      expect(text).toContain(part);
    expect(document.querySelector('script')).toBeNull();
  });

  test('asks for nothing from elsewhere', () => {
    const links = page().matchAll(/(?:href|src)="([^"]*)"|url\(([^)]*)\)/g);
    for (const [, link] of links) expect(link).toMatch(/^(#|data:)/);
  });

  test('draws each chart', () => {
    const { document } = parseHTML(page());
    const charts = [...document.querySelectorAll('figure.chart')];
    expect(charts.map((chart) => chart.querySelector('figcaption').textContent)).toEqual([
      'measured, against the target',
      'medians, and the middle half of the rounds',
      'a curve',
      'over names',
      'a get: the tail',
      'steals',
      'in groups',
    ]);
    const marksOf = (i, marks) => charts[i].querySelectorAll(`[aria-label="${marks}"] > *`).length;
    expect([marksOf(0, 'dot'), marksOf(1, 'bar'), marksOf(2, 'line'), marksOf(3, 'line')]).toEqual([3, 3, 2, 1]);
    expect([marksOf(4, 'line'), marksOf(4, 'dot'), marksOf(5, 'cell'), marksOf(6, 'bar')]).toEqual([2, 6, 2, 2]);
    expect(page()).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('the README chart is an SVG file of its own', () => {
    const peers = {
      ...RESULTS[0],
      unit: 'ns',
      values: { 'syncpool, 64 KiB': [5], 'reusify, 64 KiB': [10], 'reusify, 1 KiB': [77] },
    };
    const svg = readmeChart(peers);
    expect(svg).toContain('2 \u00d7 ours');
    expect(svg).not.toContain('77 ns');
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('A CPU, Node v20.20.2, 2026-11-25: npm run bench -- peers');
    expect(svg).toContain('prefers-color-scheme');
  });
});

describe.skipIf(CHROMIUM === undefined)(
  `in ${CHROMIUM ?? 'Chromium, which is not installed here (Debian: apt-get install chromium)'}`,
  () => {
    /** What Chromium makes of a page; its console goes to stderr. */
    async function load(file, ...args) {
      const flags = [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--enable-logging=stderr',
        `--user-data-dir=${join(parent, 'profile')}`,
      ];
      return promisify(execFile)('chromium', [...flags, ...args, pathToFileURL(file).href], {
        maxBuffer: 2 ** 26,
        timeout: 60_000,
      });
    }

    test('it is shown: every chart has marks, the console is silent, nothing is requested', async () => {
      const folder = withSamples();
      const out = join(folder, 'page.html');
      execFileSync(process.execPath, [MAIN, '--from', folder, '--out', out]);
      const { stdout, stderr } = await load(out, '--dump-dom');
      const { document } = parseHTML(stdout);
      const charts = [...document.querySelectorAll('figure.chart svg[class^="plot"]')];
      expect(charts.length).toBeGreaterThanOrEqual(7);
      for (const chart of charts) expect(chart.querySelectorAll('path, rect, circle, line').length).toBeGreaterThan(1);
      // The page's policy allows no request: one would be an error on the console.
      expect(stderr).not.toMatch(/CONSOLE/);
      const shot = join(folder, 'page.png');
      await load(out, `--screenshot=${shot}`, '--window-size=1000,2000', '--hide-scrollbars');
      // A page of one colour would be a few thousand bytes.
      expect(statSync(shot).size).toBeGreaterThan(40_000);
    });
  },
);
