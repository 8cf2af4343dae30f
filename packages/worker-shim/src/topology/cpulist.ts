// Lists of CPUs as the kernel and taskset write them: "0-3,8", ids and ranges with both ends in them, a comma between.

import { outOfRange, show, wrongType } from '../errors.ts';

/** As many as any kernel is built for (CONFIG_NR_CPUS): a list that names more is none, and is not expanded. */
export const MOST_CPUS = 8192;

/** The CPUs of one item of a list; undefined if it is none. A stride, as in "0-30:2/4", is read as the kernel reads it. */
function cpusOf(item: string): number[] | undefined {
  const match = /^(\d+)(?:-(\d+)(?::(\d+)\/(\d+))?)?$/.exec(item);
  if (match === null) return undefined;
  const [, from, to = from, used = '1', group = '1'] = match;
  const [first, last, taken, of] = [Number(from), Number(to), Number(used), Number(group)];
  if (last < first || last >= MOST_CPUS || of === 0 || taken > of) return undefined;
  const cpus: number[] = [];
  for (let cpu = first; cpu <= last; cpu++) if ((cpu - first) % of < taken) cpus.push(cpu);
  return cpus;
}

/** A list in the kernel's format, ascending and each id once; undefined if the text is no such list. The empty list is one. */
export function readCpuList(text: string): number[] | undefined {
  const items = text.trim() === '' ? [] : text.trim().split(',');
  const found = items.map((item) => cpusOf(item.trim()));
  if (found.includes(undefined)) return undefined;
  return [...new Set(found.flatMap((cpus) => cpus ?? []))].sort((a, b) => a - b);
}

/**
 * CPU ids of a list, `parseCpuList('0-3,8')`, ascending, each once. The empty text is the empty list. Throws with
 * `ERR_SYNCPOOL_SHIM_INVALID_OPTION` for anything else than ids below 8,192 and ranges of them.
 */
export function parseCpuList(text: string): number[] {
  if (typeof text !== 'string') throw wrongType(`a list of CPUs is text like "0-3,8", not ${show(text)}`);
  const cpus = readCpuList(text);
  if (cpus === undefined) {
    throw outOfRange(`${show(text)} is no list of CPUs: write ids below ${MOST_CPUS} and ranges, "0-3,8"`);
  }
  return cpus;
}

/** The shortest text of a set of CPU ids, `formatCpuList([0, 1, 2, 8])` is `'0-2,8'`: what `taskset -c` takes. */
export function formatCpuList(cpus: Iterable<number>): string {
  const ranges: [first: number, last: number][] = [];
  for (const cpu of [...new Set(cpus)].sort((a, b) => a - b)) {
    const open = ranges.at(-1);
    if (open !== undefined && open[1] === cpu - 1) open[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
