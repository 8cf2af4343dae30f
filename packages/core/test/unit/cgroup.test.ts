// Which folders of the cgroup file systems are this process's, from what /proc says of it.

import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type CgroupMount,
  foldersOf,
  namesBelow,
  parseMembership,
  parseMounts,
  textOf,
} from '../../src/host/cgroup.ts';
import { HYBRID, rootWith, V1_CONTAINER, V2_CONTAINER } from '../support/cgroups.ts';
import { fc } from '../support/property.ts';

/** Names of cgroups: anything that is a file name, blanks and backslashes too. */
const name = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(...'ab :,\\\t\n0147-.ä'), minLength: 1, maxLength: 6 }),
    fc.constantFrom('memory', 'x - y'),
  )
  .filter((one) => one !== '.' && one !== '..');
const names = fc.array(name, { maxLength: 4 });
const pathOf = (segments: readonly string[]) => `/${segments.join('/')}`;
const path = names.map(pathOf);

/** As the kernel writes a path into mountinfo. */
function escaped(text: string): string {
  return text.replace(/[ \t\n\\]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

const anyMount: fc.Arbitrary<CgroupMount> = fc.record({
  version: fc.constantFrom(1 as const, 2 as const),
  top: path,
  folder: path,
});

const tags = fc.constantFrom('', 'shared:9 ', 'master:15 ', 'shared:1 master:2 propagate_from:3 ');
const memoryOptions = fc.constantFrom('rw,memory', 'rw,cpuacct,memory,xattr', 'ro,memory');
const noise = fc.constantFrom(
  '22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro',
  '32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu',
  '33 31 0:30 / /memory rw - tmpfs memory rw,memory',
  '40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=memory',
  '',
);

describe('the mounts of cgroups', () => {
  test('are read from any mountinfo, whatever their names, their tags and the lines between them', () => {
    const line = fc.tuple(anyMount, tags, memoryOptions, noise);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        const text = lines.map(([{ version, top, folder }, tag, options, before]) => {
          const kind = version === 1 ? `cgroup cgroup ${options}` : 'cgroup2 cgroup2 rw,nsdelegate';
          return `${before}\n35 31 0:32 ${escaped(top)} ${escaped(folder)} rw,relatime ${tag}- ${kind}\n`;
        });
        expect(parseMounts(text.join(''))).toEqual(lines.map(([mount]) => mount));
      }),
    );
  });

  test('are none in a text that is no mountinfo', () => {
    expect(parseMounts('')).toEqual([]);
    expect(parseMounts('35 31 0:32 / /sys/fs/cgroup rw - cgroup2')).toEqual([
      { version: 2, top: '/', folder: '/sys/fs/cgroup' },
    ]);
    for (const cut of [
      '35 31 0:32 / /sys/fs/cgroup rw',
      '35 31 - cgroup2',
      ' - cgroup2 x rw',
      '35 31 0:32 top /folder rw - cgroup2 x rw',
      '35 31 0:32 /top folder rw - cgroup2 x rw',
    ]) {
      expect(parseMounts(cut)).toEqual([]);
    }
    const pieces = fc.constantFrom(' - ', 'cgroup', 'cgroup2', 'memory', ' ', '/', '\\', '\\0', '\n', '35', ',');
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), (text) => {
        for (const { top, folder } of parseMounts(text.join(''))) expect([top[0], folder[0]]).toEqual(['/', '/']);
      }),
    );
  });
});

describe('the cgroup of the process', () => {
  test('is that of the memory controller on version 1, alone or mounted with others', () => {
    expect(parseMembership(V1_CONTAINER['proc/self/cgroup'] ?? '')).toEqual({ version: 1, path: '/docker/c0ffee' });
    expect(parseMembership('3:cpu,memory,pids:/a\n0::/b\n')).toEqual({ version: 1, path: '/a' });
    expect(parseMembership('0::/b\n3:memory:/a\n')).toEqual({ version: 1, path: '/a' });
  });

  test('is that of the one hierarchy where version 1 does not have the controller', () => {
    expect(parseMembership(V2_CONTAINER['proc/self/cgroup'] ?? '')).toEqual({ version: 2, path: '/' });
    expect(parseMembership('5:cpu:/a\n1:name=memory:/c\n0::/b')).toEqual({ version: 2, path: '/b' });
  });

  test('may have colons and commas in its path', () => {
    const oneLine = path.filter((one) => !one.includes('\n'));
    fc.assert(
      fc.property(oneLine, oneLine, (mine, other) => {
        expect(parseMembership(`2:cpu:${other}\n4:memory:${mine}\n0::${other}\n`)).toEqual({ version: 1, path: mine });
        expect(parseMembership(`2:cpu:${other}\n0::${mine}\n`)).toEqual({ version: 2, path: mine });
      }),
    );
  });

  test('is none in a text that names none', () => {
    for (const text of ['', '\n', '5:cpu:/a\n', '0:/a\n', ':memory:/a\n', '0::a\n', 'x::/a', '4:memory:']) {
      expect(parseMembership(text)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseMembership(text)?.path[0] ?? '/').toBe('/');
      }),
    );
  });
});

describe('the way from the top of a mount down to a cgroup', () => {
  test('is what follows the top in its path', () => {
    fc.assert(
      fc.property(names, names, (above, below) => {
        expect(namesBelow(pathOf(above), pathOf([...above, ...below]))).toEqual(below);
      }),
    );
  });

  test('is unknown for a cgroup that is not below the top', () => {
    expect(namesBelow('/docker/a', '/docker/b')).toBeUndefined();
    expect(namesBelow('/docker/a', '/docker')).toBeUndefined();
    expect(namesBelow('/doc', '/docker')).toBeUndefined();
  });

  test('is unknown where either is outside of the namespace', () => {
    expect(namesBelow('/..', '/')).toBeUndefined();
    expect(namesBelow('/', '/../sibling')).toBeUndefined();
    expect(namesBelow('/..', '/../sibling')).toBeUndefined();
  });
});

describe('the folders of a cgroup', () => {
  const at = (top: string, folder: string, version: 1 | 2 = 2): CgroupMount => ({ version, top, folder });

  test('go up from its own to the top of the mount', () => {
    const mounts = parseMounts(HYBRID['proc/self/mountinfo'] ?? '');
    expect(foldersOf('/r', mounts, { version: 1, path: '/jobs/42' })).toEqual([
      '/r/sys/fs/cgroup/memory/jobs/42',
      '/r/sys/fs/cgroup/memory/jobs',
      '/r/sys/fs/cgroup/memory',
    ]);
    expect(foldersOf('/', [at('/docker/c', '/cg')], { version: 2, path: '/docker/c' })).toEqual(['/cg']);
  });

  test('are one level apart and never leave the mount, whatever the paths', () => {
    const dotted = fc.array(fc.oneof(name, fc.constantFrom('..', '')), { maxLength: 5 }).map(pathOf);
    const mount = fc.record({ version: fc.constant(2 as const), top: dotted, folder: path });
    fc.assert(
      fc.property(mount, dotted, (shown, mine) => {
        const folders = foldersOf('/r', [shown], { version: 2, path: mine });
        const below = folders.map((folder) => posix.relative(posix.join('/r', shown.folder), folder));
        const depths = below.map((way) => way.split('/').filter((segment) => segment !== '').length);
        expect(depths).toEqual(Array.from(below, (_, i) => below.length - 1 - i));
        for (const way of below) expect(way.split('/')).not.toContain('..');
      }),
    );
  });

  test('are looked for in a mount of the version, that shows the cgroup', () => {
    const mounts = [at('/', '/one', 1), at('/other', '/two'), at('/mine', '/three'), at('/', '/four')];
    expect(foldersOf('/', mounts, { version: 2, path: '/mine/a' })).toEqual(['/three/a', '/three']);
    expect(foldersOf('/', mounts, { version: 1, path: '/mine' })).toEqual(['/one/mine', '/one']);
  });

  test('are the top alone where it cannot be told what is below, and none without a mount', () => {
    expect(foldersOf('/', [at('/docker/c', '/cg')], { version: 2, path: '/test' })).toEqual(['/cg']);
    expect(foldersOf('/', [at('/', '/cg')], { version: 2, path: '/../x' })).toEqual(['/cg']);
    expect(foldersOf('/', [at('/', '/cg', 1)], { version: 2, path: '/' })).toEqual([]);
  });
});

describe('the text of a file', () => {
  test('is undefined where there is no file, or none that can be read', () => {
    const root = rootWith({ 'a/b': 'text' });
    expect(textOf(`${root}/a/b`)).toBe('text');
    expect(textOf(`${root}/a/c`)).toBeUndefined();
    expect(textOf(`${root}/a`)).toBeUndefined();
    expect(textOf(`${root}/a/b/c`)).toBeUndefined();
  });
});
