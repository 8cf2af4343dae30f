// Reads of /sys, /proc and the cgroup file systems below a root folder. Every one of them may fail: files come and go with
// the kernel's version, the hypervisor and the container. What fails is noted once per kind of file, not per CPU.

import { readdirSync, readFileSync } from 'node:fs';
import { formatCpuList, readCpuList } from './cpulist.ts';

/** How long a file's text is shown in a warning. */
const SHOWN_LETTERS = 40;

interface Fault {
  readonly file: string;
  readonly why: string;
  readonly cpus: number[];
}

/** The file systems of the kernel, below a root. Paths are given as they are on a machine, from `/`. */
export class Sysfs {
  readonly #root: string;
  readonly #faults = new Map<string, Fault>();

  constructor(root: string) {
    // Paths are added to it, not joined: of a machine of 256 CPUs, 400 files are read, and every start of the launcher waits for that.
    this.#root = root.replace(/\/$/, '');
  }

  /** The text of a file without the blanks around it, undefined where it cannot be read. */
  text(path: string): string | undefined {
    try {
      return readFileSync(this.#root + path, 'utf8').trim();
    } catch {
      return undefined;
    }
  }

  /** The numbers N for which a folder has an entry `prefixN`, ascending; none where it cannot be read. */
  numbered(folder: string, prefix: string): number[] {
    let names: string[];
    try {
      names = readdirSync(this.#root + folder);
    } catch {
      names = [];
    }
    const found = names.filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)));
    return found.map((name) => Number(name.slice(prefix.length))).sort((a, b) => a - b);
  }

  /** The list of CPUs, or of nodes, in a file. Undefined where there is no such file, and with a warning if it holds something else. */
  list(path: string): number[] | undefined {
    const text = this.text(path);
    const ids = text === undefined ? undefined : readCpuList(text);
    if (text !== undefined && ids === undefined) this.malformed(path, text, 'a list');
    return ids;
  }

  /**
   * The ids in a file that lists the things which have a folder `prefixN` in `folder` each. Ids without a folder are not there; undefined if
   * none is left.
   */
  listWithFolders(path: string, folder: string, prefix: string): readonly number[] | undefined {
    const ids = this.list(path);
    const folders = new Set(this.numbered(folder, prefix));
    const there = folders.size === 0 ? ids : ids?.filter((id) => folders.has(id));
    if (ids !== undefined && there !== undefined && there.length > 0 && there.length < ids.length) {
      this.warn(path, `names some that have no folder in ${folder}; left out`);
    }
    return there?.length ? there : undefined;
  }

  /** Notes that a file holds something else than it should: it counts as missing. */
  malformed(path: string, text: string, what: string): void {
    const shown = text.length > SHOWN_LETTERS ? `${text.slice(0, SHOWN_LETTERS)}...` : text;
    this.warn(path, `${JSON.stringify(shown)} is not ${what}`);
  }

  /**
   * Notes what is wrong with a file and what is taken instead. For a file that each CPU has, `file` says cpuN and the CPUs
   * are told together: a machine of 256 has one line, not 256.
   */
  warn(file: string, why: string, cpus: readonly number[] = []): void {
    const key = `${file}\n${why}`;
    const fault = this.#faults.get(key) ?? { file, why, cpus: [] };
    fault.cpus.push(...cpus);
    this.#faults.set(key, fault);
  }

  /** What was noted, a line for each. */
  warnings(): string[] {
    return [...this.#faults.values()].map(({ file, why, cpus }) => {
      const whose = cpus.length === 0 ? '' : ` (CPU ${formatCpuList(cpus)})`;
      return `${file}${whose}: ${why}`;
    });
  }
}
