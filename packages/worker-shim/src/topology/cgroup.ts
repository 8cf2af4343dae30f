// What the cgroups of this process say about CPUs: which it may use (cpuset), and how much of their time (cpu). Both
// controllers have a version 1 hierarchy each, or share the one of version 2.
//
// /proc/self/cgroup gives the process's cgroup as a path in its hierarchy; /proc/self/mountinfo says which part of a hierarchy
// is mounted where. In a container the mount often shows the container's own cgroup at its top.

import { posix } from 'node:path';
import type { Sysfs } from './sysfs.ts';

type Controller = 'cpu' | 'cpuset';

interface Mount {
  readonly version: 1 | 2;
  /** Version 1: the controllers of the hierarchy. */
  readonly controllers: readonly string[];
  /** The cgroup at the top of the mount, as a path in the hierarchy. */
  readonly top: string;
  readonly folder: string;
}

/** The limits of a process on CPUs, each only where there is one. */
export interface CpuLimits {
  readonly cpuset?: readonly number[];
  /** Quota over period of the tightest cgroup above the process. */
  readonly quotaCpus?: number;
}

/** A field of mountinfo: blanks, line breaks and backslashes stand there as \ and three octal digits. */
function unescapeField(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function mountsOf(mountinfo: string): Mount[] {
  // "35 31 0:32 /top /folder rw,relatime shared:9 - cgroup source rw,cpu": fields before the dash may be more.
  return mountinfo.split('\n').flatMap((line): Mount[] => {
    const [place = '', kind = ''] = line.split(' - ');
    const [, , , top, folder] = place.split(' ').map(unescapeField);
    const [type, , options = ''] = kind.trim().split(' ');
    if (!top?.startsWith('/') || !folder?.startsWith('/')) return [];
    if (type === 'cgroup2') return [{ version: 2, controllers: [], top, folder }];
    return type === 'cgroup' ? [{ version: 1, controllers: options.split(','), top, folder }] : [];
  });
}

/** The path that /proc/self/cgroup gives for a controller: "3:cpuset:/path" where version 1 has it, else "0::/path". */
function membershipOf(cgroup: string, controller: Controller): { version: 1 | 2; path: string } | undefined {
  const lines = cgroup.split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line.trim()) ?? [];
    return controllers === undefined || path === undefined ? [] : [{ controllers: controllers.split(','), path }];
  });
  const own = lines.find(({ controllers }) => controllers.includes(controller));
  if (own !== undefined) return { version: 1, path: own.path };
  const unified = lines.find(({ controllers }) => controllers.join() === '');
  return unified === undefined ? undefined : { version: 2, path: unified.path };
}

function namesIn(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

/** The names from a mount's top down to a cgroup; undefined if it is not below, or outside of the process's cgroup namespace. */
function namesBelow(top: string, path: string): string[] | undefined {
  const above = namesIn(top);
  const names = namesIn(path);
  if (names.includes('..') || above.some((name, i) => name !== names[i])) return undefined;
  return names.slice(above.length);
}

/** The folders of the process's cgroup and its ancestors, its own first. A top stands for a cgroup that cannot be found below one. */
function foldersOf(
  mounts: readonly Mount[],
  cgroup: string,
  controller: Controller,
): { version: 1 | 2; folders: string[] } {
  const place = membershipOf(cgroup, controller);
  if (place === undefined) return { version: 2, folders: [] };
  const { version, path } = place;
  const shown = mounts.filter((m) => m.version === version && (version === 2 || m.controllers.includes(controller)));
  const mount = shown.find(({ top }) => namesBelow(top, path) !== undefined) ?? shown[0];
  if (mount === undefined) return { version, folders: [] };
  const names = namesBelow(mount.top, path) ?? [];
  const levels = names.map((_, i) => names.slice(0, names.length - i));
  return { version, folders: [...levels, []].map((inside) => posix.join(mount.folder, ...inside)) };
}

/** CPUs of time of a quota and a period, both in microseconds; undefined without a limit, null if they are no such thing. */
function cpusOfTime(quota: string | undefined, period: string | undefined): number | undefined | null {
  if (quota === 'max' || quota === '-1') return undefined;
  const share = /^\d+$/.test(quota ?? '') && /^\d+$/.test(period ?? '') ? Number(quota) / Number(period) : Number.NaN;
  return Number.isFinite(share) && share > 0 ? share : null;
}

function quotaIn(sysfs: Sysfs, version: 1 | 2, folder: string): number | undefined {
  const path = posix.join(folder, version === 2 ? 'cpu.max' : 'cpu.cfs_quota_us');
  const text = sysfs.text(path);
  if (text === undefined) return undefined; // the root cgroup has none
  const [quota, period] =
    version === 2 ? text.split(/\s+/) : [text, sysfs.text(posix.join(folder, 'cpu.cfs_period_us'))];
  const cpus = cpusOfTime(quota, period);
  if (cpus !== null) return cpus;
  sysfs.malformed(path, version === 2 ? text : `${text} of ${period}`, 'a quota and a period; it counts as no limit');
  return undefined;
}

/** The cgroup's own list, else that of its nearest ancestor with one. An empty one says that it has its parent's. */
function cpusetIn(sysfs: Sysfs, version: 1 | 2, folders: readonly string[]): readonly number[] | undefined {
  const names = version === 2 ? ['cpuset.cpus.effective'] : ['cpuset.effective_cpus', 'cpuset.cpus'];
  for (const folder of folders) {
    for (const name of names) {
      const list = sysfs.list(posix.join(folder, name));
      if (list !== undefined && list.length > 0) return list;
    }
  }
  return undefined;
}

/** Reads what limits the process's CPUs. Without cgroups nothing does. */
export function readCpuLimits(sysfs: Sysfs): CpuLimits {
  const cgroup = sysfs.text('/proc/self/cgroup');
  const mountinfo = sysfs.text('/proc/self/mountinfo');
  for (const [file, text] of Object.entries({ cgroup, mountinfo })) {
    if (text === undefined) sysfs.warn(`/proc/self/${file}`, 'missing; no cpuset and no quota are assumed');
  }
  if (cgroup === undefined || mountinfo === undefined) return {};
  const mounts = mountsOf(mountinfo);
  const time = foldersOf(mounts, cgroup, 'cpu');
  const quotas = time.folders.flatMap((folder) => quotaIn(sysfs, time.version, folder) ?? []);
  const sets = foldersOf(mounts, cgroup, 'cpuset');
  const cpuset = cpusetIn(sysfs, sets.version, sets.folders);
  return {
    ...(cpuset === undefined ? {} : { cpuset }),
    ...(quotas.length === 0 ? {} : { quotaCpus: Math.min(...quotas) }),
  };
}
