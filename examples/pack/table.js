// The figures for people.

import Table from 'cli-table3';
import { KiB, MiB } from './sizes.js';

/** @typedef {ReturnType<typeof import('./figures.js').figuresOf>} Figures */

const LABELS = { pooled: 'pooled buffers', transfer: 'transfer lists', clone: 'structured clones' };

/** @param {string[]} head @param {(string | number)[][]} rows */
function tableOf(head, rows) {
  const colAligns = head.map((_, i) => (i === 0 ? 'left' : 'right'));
  const table = new Table({ head, colAligns, style: { head: [], border: [], compact: true } });
  table.push(...rows);
  return table.toString();
}

/** @param {number} bytes */
function mebibytes(bytes) {
  return (bytes / MiB).toFixed(1);
}

/** @param {Figures} figures */
function dataLines({ settings, found, files, bytes, pieces, tasks }) {
  const all = files === found.files && bytes === found.bytes;
  return [
    `${settings.directory}`,
    `${files} files, ${mebibytes(bytes)} MiB, in ${pieces} pieces of up to ${settings.blockBytes / KiB} KiB, ${tasks} tasks, ${settings.threads} threads, deflate level ${settings.level}`,
    ...(all ? [] : [`of ${found.files} files, ${mebibytes(found.bytes)} MiB: the smallest first, up to --limit-mb`]),
    ...(found.links > 0 ? [`${found.links} symbolic links not followed`] : []),
  ];
}

/** @param {Figures} figures */
function timeTable({ files, bytes, variants, settings }) {
  const rows = Object.entries(variants).map(([name, { seconds, megabytesPerSecond, cpuSeconds }]) => [
    LABELS[name],
    files,
    bytes,
    seconds.toFixed(3),
    megabytesPerSecond.toFixed(1),
    (variants.pooled.seconds / seconds).toFixed(3),
    cpuSeconds.toFixed(3),
  ]);
  return tableOf(['', 'files', 'bytes', `s (median of ${settings.rounds})`, 'MB/s', 'pooled / this', 'CPU s'], rows);
}

/** @param {number} thread */
function threadLabel(thread) {
  return thread === 0 ? 'main' : `worker ${thread}`;
}

/** @param {string} name @param {Figures['pools']['inputs']} pool */
function poolTable(name, pool) {
  const labels = new Map(pool.processors.map(({ processor, thread }) => [processor, threadLabel(thread)]));
  const rows = pool.processors.map(({ thread, gets, adopts, hits, stolenFrom }) => [
    threadLabel(thread),
    gets,
    adopts,
    ...[hits.magazine, hits.deque, hits.steal, hits.slab, hits.fresh],
    Object.entries(stolenFrom)
      .map(([processor, blocks]) => `${blocks} from ${labels.get(Number(processor))}`)
      .join(', '),
  ]);
  const head = [name, 'gets', 'adopts', 'magazine', 'deque', 'steal', 'slab', 'fresh', 'blocks stolen'];
  const percent = (100 * pool.freshShare).toFixed(2);
  return `${tableOf(head, rows)}\n${pool.freshBlocks} fresh blocks in ${pool.gets} gets: ${percent} %, the limit being ${mebibytes(pool.maxBytes)} MiB`;
}

/** @param {Figures} figures */
function verdict({ equal, different, deflatedBytes }) {
  if (!equal)
    return `NOT the same in all runs, or changed meanwhile:\n${different.map((name) => `  ${name}`).join('\n')}`;
  return `The outputs, ${mebibytes(deflatedBytes)} MiB, were the same in all runs of all variants: length and sha256 of each.`;
}

/** @param {Figures} figures */
export function reportOf(figures) {
  const { inputs, outputs } = figures.pools;
  const sections = [dataLines(figures).join('\n')];
  if (figures.files > 0) {
    sections.push(timeTable(figures), verdict(figures));
    sections.push(
      `Of the pooled runs, gets by the tier that served them (kernel: ${figures.settings.kernel}):`,
      poolTable('inputs', inputs),
      poolTable('outputs', outputs),
    );
  }
  return sections.join('\n\n');
}

/** @param {Figures} figures */
export function failureLines({ failures }) {
  if (failures.length === 0) return '';
  const lines = failures.map(({ name, reason }) => `  ${name}: ${reason}`);
  return `${failures.length} not read, the rest is done:\n${lines.join('\n')}`;
}
