// Which folders of the cgroup file systems limit the memory of this process: its own cgroup's and those of its
// ancestors, as far up as they can be seen from here.
//
// /proc/self/cgroup gives the process's cgroup as a path below the root of its hierarchy; /proc/self/mountinfo says which
// part of the hierarchy is mounted where. In a container the mount usually shows the container's own
// cgroup and what is below, and the path may be `/`, the container's, or the host's name for it.

import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** 1: the memory controller has a hierarchy of its own. 2: one hierarchy for all controllers. */
export type CgroupVersion = 1 | 2;

/** A mounted hierarchy, or a part of one, that can hold the memory controller. */
export interface CgroupMount {
  readonly version: CgroupVersion;
  /** The cgroup that the mount shows at its top, as a path in the hierarchy. */
  readonly top: string;
  /** Where in the file system it shows it. */
  readonly folder: string;
}

/** A process's place in the hierarchy that has the memory controller. */
export interface Membership {
  readonly version: CgroupVersion;
  readonly path: string;
}

/** The text of a file, undefined where it cannot be read: no such file, no right to it, or its cgroup is gone. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** A field of mountinfo: blanks, line breaks and backslashes stand there as \ and three octal digits. */
function unescapeField(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function mountOf(line: string): CgroupMount | undefined {
  // "35 31 0:32 /top /folder rw,relatime shared:9 - cgroup source rw,memory": fields before the dash may be more.
  const [place = '', kind = ''] = line.split(' - ');
  const [, , , top, folder] = place.split(' ').map(unescapeField);
  const [type, , options = ''] = kind.split(' ');
  if (!top?.startsWith('/') || !folder?.startsWith('/')) return undefined;
  if (type === 'cgroup2') return { version: 2, top, folder };
  return type === 'cgroup' && options.split(',').includes('memory') ? { version: 1, top, folder } : undefined;
}

/** The cgroup mounts of /proc/self/mountinfo that can hold the memory controller, in its order. */
export function parseMounts(mountinfo: string): CgroupMount[] {
  return mountinfo.split('\n').flatMap((line) => mountOf(line) ?? []);
}

/**
 * The place that /proc/self/cgroup gives the process where its memory is counted. On a system with both versions a controller
 * is in one of them, and version 1 names it: "4:memory:/path". Version 2 has the line "0::/path".
 */
export function parseMembership(cgroup: string): Membership | undefined {
  let unified: Membership | undefined;
  for (const line of cgroup.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    if (controllers.split(',').includes('memory')) return { version: 1, path };
    if (controllers === '') unified ??= { version: 2, path };
  }
  return unified;
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/**
 * The names that lead from the top of a mount down to a cgroup; undefined if they cannot be told. That is so where the cgroup is not
 * below the top, and where either lies outside of the process's cgroup namespace: such paths begin with `/..`.
 */
export function namesBelow(top: string, path: string): string[] | undefined {
  const above = segmentsOf(top);
  const names = segmentsOf(path);
  if (names.includes('..') || above.some((name, i) => name !== names[i])) return undefined;
  return names.slice(above.length);
}

/**
 * The folders, under `root`, of the process's cgroup and its ancestors, the process's own first. If it cannot be told where below
 * its top a mount has the process, the top stands for it: in a container that is the container's cgroup (OpenJDK's choice too, JDK-8343191).
 */
export function foldersOf(root: string, mounts: readonly CgroupMount[], { version, path }: Membership): string[] {
  const shown = mounts.filter((mount) => mount.version === version);
  const mount = shown.find(({ top }) => namesBelow(top, path) !== undefined) ?? shown[0];
  if (mount === undefined) return [];
  const names = namesBelow(mount.top, path) ?? [];
  const levels = Array.from({ length: names.length + 1 }, (_, up) => names.slice(0, names.length - up));
  return levels.map((inside) => posix.join(root, mount.folder, ...inside));
}
