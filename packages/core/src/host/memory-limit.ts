// How near the process is to the memory limit of its container: what cgroups, version 1 or 2, say of it, and not
// what the machine has. Elsewhere than on Linux, and where no limit is set, there is none and no pressure.
//
// Node's process.constrainedMemory() and availableMemory() do not serve: they know no usage but the process's own cgroup's, in
// Node 20 no limit but its own either, and they count file cache as used. A container that has read large files would
// look full for ever.

import { posix } from 'node:path';
import { type CgroupMount, type CgroupVersion, foldersOf, parseMembership, parseMounts, textOf } from './cgroup.ts';

/** What is used of a limit. */
export interface LimitedMemory {
  readonly source: 'v1' | 'v2';
  readonly usageBytes: number;
  readonly limitBytes: number;
}

/** The limit that the process is nearest to; 'none' where none is set, or none can be made out. */
export type ContainerMemory = LimitedMemory | { readonly source: 'none' };

export type MemoryPressure = 'low' | 'medium' | 'high';

const NONE: ContainerMemory = { source: 'none' };

/** The files of a cgroup's folder. */
interface Files {
  readonly source: 'v1' | 'v2';
  /** Each may set a limit; the lowest holds. From memory.high on the kernel slows the process down until it has reclaimed. */
  readonly limits: readonly string[];
  readonly usage: string;
  /** The line of memory.stat with the file cache that was not used lately, children included. */
  readonly inactiveFile: string;
}

const FILES: Readonly<Record<CgroupVersion, Files>> = {
  1: {
    source: 'v1',
    limits: ['memory.limit_in_bytes'],
    usage: 'memory.usage_in_bytes',
    inactiveFile: 'total_inactive_file',
  },
  2: {
    source: 'v2',
    limits: ['memory.max', 'memory.high'],
    usage: 'memory.current',
    inactiveFile: 'inactive_file',
  },
};

/** A file or field that holds a number of bytes; undefined if it is missing or holds anything else. */
export function parseBytes(text: string | undefined): number | undefined {
  const [, digits] = /^(\d+)\s*$/.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * A file that holds a limit; Infinity for none. Version 2 says "max". Version 1 has the largest number of whole pages that its counter
 * holds, 2^63 less a page, so everything that is not a safe integer is none: 8 PiB and more.
 */
export function parseLimit(text: string | undefined): number {
  const bytes = parseBytes(text);
  return bytes !== undefined && Number.isSafeInteger(bytes) ? bytes : Number.POSITIVE_INFINITY;
}

/** A line "name bytes" of memory.stat. */
export function parseStat(stat: string | undefined, name: string): number | undefined {
  const line = stat?.split('\n').find((each) => each.startsWith(`${name} `));
  return parseBytes(line?.slice(name.length + 1));
}

/**
 * What one cgroup uses of its limit, undefined if it has none. Usage is what container tools call the working set (cAdvisor and the
 * kubelet's eviction, docker stats): all that is charged, less the inactive file cache. Without that last figure
 * nothing is said: with the cache counted, a limit would look reached that is not.
 */
function readLevel(folder: string, files: Files): LimitedMemory | undefined {
  const text = (name: string) => textOf(posix.join(folder, name));
  const limitBytes = Math.min(...files.limits.map((name) => parseLimit(text(name))));
  // Asked first, because most levels have none, and the other files are dearer to read.
  if (limitBytes === Number.POSITIVE_INFINITY) return undefined;
  const chargedBytes = parseBytes(text(files.usage));
  const inactiveBytes = parseStat(text('memory.stat'), files.inactiveFile);
  if (chargedBytes === undefined || inactiveBytes === undefined) return undefined;
  // The files are read one after the other, so the cache can seem larger than the whole.
  return { source: files.source, usageBytes: Math.max(0, chargedBytes - inactiveBytes), limitBytes };
}

/** How much of the limit is used; a limit of 0 is always reached. */
function fullness({ usageBytes, limitBytes }: LimitedMemory): number {
  return limitBytes === 0 ? Number.POSITIVE_INFINITY : usageBytes / limitBytes;
}

/**
 * Of several limits the one that is used up most, the first of equals. Not the lowest limit: siblings can
 * bring an ancestor's nearer than the process's own.
 */
export function nearest(levels: readonly LimitedMemory[]): LimitedMemory | undefined {
  return levels.reduce<LimitedMemory | undefined>(
    (most, level) => (most === undefined || fullness(level) > fullness(most) ? level : most),
    undefined,
  );
}

/**
 * How pressing a usage is: 'high' from 90 % of the limit on, 'medium' from 70 % on.
 *
 * The tiers of .NET's ArrayPool (GetMemoryPressure in dotnet/runtime, System.Private.CoreLib/src/System/Buffers/Utilities.cs), with two
 * differences: there the percentages are of the collector's threshold for high memory load, by default about 90 % of
 * memory, so that they come to 81 % and 63 %; and without a container the load is the machine's, which is none of ours.
 */
export function memoryPressure(usageBytes: number, limitBytes: number): MemoryPressure {
  if (usageBytes >= 0.9 * limitBytes) return 'high';
  return usageBytes >= 0.7 * limitBytes ? 'medium' : 'low';
}

/** What a MemoryWatch is made with; each has a default. */
export interface MemoryWatchOptions {
  /** Folder that stands for the root of the file system. Default `/`. */
  readonly root?: string;
  /** How long a reading serves, in milliseconds. Default 1,000. */
  readonly everyMs?: number;
  /** A clock in milliseconds that does not go back. Default performance.now(). */
  readonly now?: () => number;
}

/**
 * Reads the container's memory, at most once in `everyMs`; in between the last reading serves, at the cost of a look at the clock.
 * A reading is one file, and one to four for each level of cgroups, at about 10 microseconds a file. Where cgroups are mounted is
 * read once; which cgroup the process is in each time, because a supervisor may move it after its start.
 */
export class MemoryWatch {
  readonly #root: string;
  readonly #everyMs: number;
  readonly #now: () => number;
  #mounts: readonly CgroupMount[] | undefined;
  #memory = NONE;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor({ root = '/', everyMs = 1_000, now = () => performance.now() }: MemoryWatchOptions = {}) {
    this.#root = root;
    this.#everyMs = everyMs;
    this.#now = now;
  }

  /** The last reading, or a new one when it is due. Never throws: whatever is missing or unreadable is no limit. */
  read(): ContainerMemory {
    const now = this.#now();
    if (now - this.#readAt >= this.#everyMs) {
      this.#readAt = now;
      this.#memory = this.#readNow();
    }
    return this.#memory;
  }

  /** 'low' where there is no limit. */
  pressure(): MemoryPressure {
    const memory = this.read();
    return memory.source === 'none' ? 'low' : memoryPressure(memory.usageBytes, memory.limitBytes);
  }

  #readNow(): ContainerMemory {
    const proc = (name: string) => textOf(posix.join(this.#root, 'proc/self', name)) ?? '';
    this.#mounts ??= parseMounts(proc('mountinfo'));
    const membership = parseMembership(proc('cgroup'));
    if (membership === undefined) return NONE;
    const levels = foldersOf(this.#root, this.#mounts, membership);
    return nearest(levels.flatMap((folder) => readLevel(folder, FILES[membership.version]) ?? [])) ?? NONE;
  }
}
