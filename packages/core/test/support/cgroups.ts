// File trees as /proc and the cgroup file systems show them, in temporary folders that stand for the root.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Text by path below the root. */
export type Files = Readonly<Record<string, string>>;

const parent = mkdtempSync(join(tmpdir(), 'syncpool-cgroups-'));
process.on('exit', () => rmSync(parent, { recursive: true, force: true }));
let trees = 0;

/** Writes, or writes over, files below a root. */
export function write(root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** A root with these files and nothing else. */
export function rootWith(files: Files): string {
  trees += 1;
  const root = join(parent, String(trees));
  mkdirSync(root);
  write(root, files);
  return root;
}

const MiB = 2 ** 20;

/** The limit file of a version 1 cgroup without a limit, pages having 4 KiB. */
export const V1_UNLIMITED = '9223372036854771712\n';

/** The files of a version 2 cgroup, figures in MiB. */
export function v2(
  folder: string,
  max: number | 'max',
  current: number,
  inactive: number,
  high: number | 'max' = 'max',
) {
  const line = (limit: number | 'max') => `${limit === 'max' ? limit : limit * MiB}\n`;
  return {
    [`${folder}/memory.max`]: line(max),
    [`${folder}/memory.high`]: line(high),
    [`${folder}/memory.current`]: `${current * MiB}\n`,
    [`${folder}/memory.stat`]: `anon ${MiB}\nfile ${3 * MiB}\ninactive_anon ${5 * MiB}\nactive_anon ${7 * MiB}\ninactive_file ${inactive * MiB}\nactive_file ${11 * MiB}\nslab ${13 * MiB}\n`,
  };
}

/** The files of a version 1 cgroup, figures in MiB. Its own inactive file cache differs from that with its children's. */
function v1(folder: string, limit: number | 'none', usage: number, inactive: number) {
  return {
    [`${folder}/memory.limit_in_bytes`]: limit === 'none' ? V1_UNLIMITED : `${limit * MiB}\n`,
    [`${folder}/memory.usage_in_bytes`]: `${usage * MiB}\n`,
    [`${folder}/memory.stat`]: `cache ${MiB}\ninactive_file ${2 * MiB}\nhierarchical_memory_limit ${V1_UNLIMITED}total_cache ${MiB}\ntotal_inactive_file ${inactive * MiB}\ntotal_active_file ${MiB}\n`,
  };
}

const ROOT_MOUNT = '22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n';

/** A container on a version 2 host: the container's cgroup is all that it sees. */
export const V2_CONTAINER: Files = {
  'proc/self/cgroup': '0::/\n',
  'proc/self/mountinfo': `612 611 0:51 / / rw,relatime master:278 - overlay overlay rw,lowerdir=/l1:/l2,upperdir=/u,workdir=/w
615 612 0:54 / /sys ro,nosuid,nodev,noexec,relatime - sysfs sysfs ro
616 615 0:30 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate,memory_recursiveprot
`,
  ...v2('sys/fs/cgroup', 512, 400, 100),
};

/** A service on a version 2 host; the folders above have no limits. The root cgroup has none of the files. */
export const V2_SERVICE: Files = {
  'proc/self/cgroup': '0::/system.slice/app.service/workers\n',
  'proc/self/mountinfo': `${ROOT_MOUNT}35 23 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw\n`,
  ...v2('sys/fs/cgroup/system.slice', 'max', 3000, 1000),
  ...v2('sys/fs/cgroup/system.slice/app.service', 'max', 1200, 100),
  ...v2('sys/fs/cgroup/system.slice/app.service/workers', 'max', 1000, 100),
};

/** A container on a version 1 host: the paths are the host's, the mount shows the container's cgroup at its top. */
export const V1_CONTAINER: Files = {
  'proc/self/cgroup': `11:cpu,cpuacct:/docker/c0ffee
7:memory:/docker/c0ffee
1:name=systemd:/docker/c0ffee
`,
  'proc/self/mountinfo': `701 700 0:60 / / rw,relatime - overlay overlay rw
702 701 0:29 /docker/c0ffee /sys/fs/cgroup/cpu,cpuacct ro,nosuid master:11 - cgroup cgroup rw,cpu,cpuacct
703 701 0:33 /docker/c0ffee /sys/fs/cgroup/memory ro,nosuid,nodev,noexec,relatime master:15 - cgroup cgroup rw,memory
`,
  ...v1('sys/fs/cgroup/memory', 256, 200, 56),
};

/** A machine with version 1 controllers, and version 2 mounted beside them without any. */
export const HYBRID: Files = {
  'proc/self/cgroup': '9:name=systemd:/\n8:pids:/\n4:memory:/jobs/42\n1:cpu:/\n0::/jobs/42\n',
  'proc/self/mountinfo': `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`,
  ...v1('sys/fs/cgroup/memory', 'none', 9000, 4000),
  ...v1('sys/fs/cgroup/memory/jobs', 1000, 800, 50),
  ...v1('sys/fs/cgroup/memory/jobs/42', 'none', 300, 20),
  'sys/fs/cgroup/unified/jobs/42/cgroup.procs': '1\n',
};
