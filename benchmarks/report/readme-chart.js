// The README's chart: get + put against what it is measured against, as a picture of its own that follows the reader's light or dark.

import { contenders } from './charts.js';
import { document } from './dom.js';
import { ResultsError } from './read.js';

const STYLE = `
  svg { color: #1c2430; --ink: #1c2430; --grid: #dfe3e8; --accent: #2f6fdb; --others: #a9b4c2; font-family: system-ui, sans-serif; }
  @media (prefers-color-scheme: dark) {
    svg { color: #e4e8ee; --ink: #e4e8ee; --grid: #2c343f; --accent: #6aa4ff; --others: #566273; }
  }`;
const TITLE = 26;
/** Of the contenders those that end so, which the title says once. */
const CASE = ', 64 KiB';

function text(words, y, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'text');
  for (const [name, value] of Object.entries({ x: 4, y, 'text-anchor': 'start', ...attributes }))
    made.setAttribute(name, value);
  made.textContent = words;
  return made;
}

/** An SVG file. */
export function readmeChart({ values, unit, machine, date }) {
  const shown = Object.entries(values).filter(([name]) => name.endsWith(CASE));
  if (shown.length === 0) throw new ResultsError(`the result of peers has no contender whose name ends with "${CASE}"`);
  const chart = contenders(
    Object.fromEntries(shown.map(([name, rounds]) => [name.slice(0, -CASE.length), rounds])),
    unit,
  );
  const [width, height] = ['width', 'height'].map((name) => Number(chart.getAttribute(name)));
  const style = document.createElement('style');
  style.textContent = STYLE;
  const svg = chart.cloneNode(true);
  const all = height + 2 * TITLE;
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('height', all);
  svg.setAttribute('viewBox', `0 ${-TITLE} ${width} ${all}`);
  svg.setAttribute('role', 'img');
  svg.append(
    style,
    text('get + put of a block of 64 KiB on one thread, and what else gives 64 KiB', -8, {
      'font-size': 15,
      'font-weight': 600,
    }),
    text(`${machine.cpu}, Node ${machine.node}, ${date.slice(0, 10)}: npm run bench -- peers`, height + 16, {
      'font-size': 12,
      opacity: 0.7,
    }),
  );
  return `${svg.outerHTML}\n`;
}
