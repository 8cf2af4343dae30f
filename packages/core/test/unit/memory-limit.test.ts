// The memory of a container: its limit, what is used of it, and how pressing that is.

import fs, { rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import {
  type LimitedMemory,
  memoryPressure,
  MemoryWatch,
  nearest,
  parseBytes,
  parseLimit,
  parseStat,
} from '../../src/host/memory-limit.ts';
import {
  type Files,
  HYBRID,
  rootWith,
  V1_CONTAINER,
  V1_UNLIMITED,
  V2_CONTAINER,
  V2_SERVICE,
  v2,
  write,
} from '../support/cgroups.ts';
import { fc } from '../support/property.ts';

const MiB = 2 ** 20;
const NONE = { source: 'none' };

function memoryOf(files: Files) {
  return new MemoryWatch({ root: rootWith(files) }).read();
}

/** What is read of a limit, figures in MiB. */
function limited(source: 'v1' | 'v2', limit: number, usage: number): LimitedMemory {
  return { source, limitBytes: limit * MiB, usageBytes: usage * MiB };
}

describe("a container's memory", () => {
  test('on version 2 is what the container sees as the root', () => {
    expect(memoryOf(V2_CONTAINER)).toEqual(limited('v2', 512, 300));
  });

  test('on version 1 is what is mounted, whatever the host calls the cgroup', () => {
    expect(memoryOf(V1_CONTAINER)).toEqual(limited('v1', 256, 144));
  });

  test('on version 1 with a cgroup namespace is that of the path /', () => {
    const inNamespace = {
      'proc/self/cgroup': '7:memory:/\n0::/\n',
      'proc/self/mountinfo': '703 701 0:33 / /sys/fs/cgroup/memory ro,relatime - cgroup cgroup rw,memory\n',
    };
    expect(memoryOf({ ...V1_CONTAINER, ...inNamespace })).toEqual(limited('v1', 256, 144));
  });

  test('has no limit where none is set', () => {
    expect(memoryOf(V2_SERVICE)).toEqual(NONE);
    expect(memoryOf({ ...V1_CONTAINER, 'sys/fs/cgroup/memory/memory.limit_in_bytes': V1_UNLIMITED })).toEqual(NONE);
  });

  test('has the limit of an ancestor, with all that the ancestor uses', () => {
    const slice = { ...V2_SERVICE, ...v2('sys/fs/cgroup/system.slice', 4000, 3000, 1000) };
    expect(memoryOf(slice)).toEqual(limited('v2', 4000, 2000));
    expect(memoryOf(HYBRID)).toEqual(limited('v1', 1000, 750));
  });

  test('has the limit that is nearest, not the lowest', () => {
    const both = {
      ...V2_SERVICE,
      ...v2('sys/fs/cgroup/system.slice', 4000, 3900, 100),
      ...v2('sys/fs/cgroup/system.slice/app.service/workers', 2000, 1000, 100),
    };
    expect(memoryOf(both)).toEqual(limited('v2', 4000, 3800));
    expect(memoryOf({ ...both, ...v2('sys/fs/cgroup/system.slice', 4000, 1000, 0) })).toEqual(limited('v2', 2000, 900));
  });

  test('has memory.high for a limit where that is lower', () => {
    expect(memoryOf({ ...V2_CONTAINER, ...v2('sys/fs/cgroup', 512, 400, 100, 350) })).toEqual(limited('v2', 350, 300));
    expect(memoryOf({ ...V2_CONTAINER, ...v2('sys/fs/cgroup', 512, 400, 100, 600) })).toEqual(limited('v2', 512, 300));
    expect(memoryOf({ ...V2_CONTAINER, ...v2('sys/fs/cgroup', 'max', 400, 100, 350) })).toEqual(
      limited('v2', 350, 300),
    );
  });

  test('has no less than nothing in use', () => {
    expect(memoryOf({ ...V2_CONTAINER, ...v2('sys/fs/cgroup', 512, 100, 101) })).toEqual(limited('v2', 512, 0));
  });

  test('is found where blanks are in the way', () => {
    expect(
      memoryOf({
        'proc/self/cgroup': '0::/my app\n',
        'proc/self/mountinfo': '616 615 0:30 / /mnt/c\\040g rw - cgroup2 cgroup rw\n',
        ...v2('mnt/c g/my app', 100, 90, 5),
      }),
    ).toEqual(limited('v2', 100, 85));
  });

  test('is read on this machine, below its own root, without an error', () => {
    const reads = vi.spyOn(fs, 'readFileSync');
    syncBuiltinESMExports();
    const memory = new MemoryWatch().read();
    const paths = reads.mock.calls.map(([path]) => path);
    reads.mockRestore();
    syncBuiltinESMExports();
    expect(paths).toEqual(expect.arrayContaining(['/proc/self/mountinfo', '/proc/self/cgroup']));
    expect(['v1', 'v2', 'none']).toContain(memory.source);
    if (memory.source !== 'none') expect(memory.usageBytes).toBeGreaterThan(0);
  });
});

/** A limit hangs on these; the files of a fixture that are not named here may be missing. */
const NEEDED: [string, Files, string[]][] = [
  [
    'v2',
    V2_CONTAINER,
    ['proc/self/cgroup', 'proc/self/mountinfo', ...files('sys/fs/cgroup', 'max', 'current', 'stat')],
  ],
  [
    'v1',
    V1_CONTAINER,
    [
      'proc/self/cgroup',
      'proc/self/mountinfo',
      ...files('sys/fs/cgroup/memory', 'limit_in_bytes', 'usage_in_bytes', 'stat'),
    ],
  ],
];

function files(folder: string, ...kinds: string[]): string[] {
  return kinds.map((kind) => `${folder}/memory.${kind}`);
}

describe.each(NEEDED)("a container's memory (%s)", (_, fixture, needed) => {
  test('has no limit while a file that it needs is missing', () => {
    for (const path of needed) {
      const root = rootWith(fixture);
      rmSync(join(root, path));
      expect([path, new MemoryWatch({ root }).read()]).toEqual([path, NONE]);
    }
  });

  test('has no limit while a file that it needs is a folder', () => {
    for (const path of needed) {
      const { [path]: gone, ...others } = fixture;
      expect([path, memoryOf({ ...others, [`${path}/x`]: gone ?? '' })]).toEqual([path, NONE]);
    }
  });

  test('has no limit while a file that it needs says something else', () => {
    for (const path of needed) {
      for (const text of [
        '',
        '\n',
        'abc\n',
        '-1\n',
        '12abc\n',
        '0x10\n',
        '1.5\n',
        '1 2\n',
        '\0\n',
        'inactive_file\n',
        'inactive_file x\n',
      ]) {
        expect([path, text, memoryOf({ ...fixture, [path]: text })]).toEqual([path, text, NONE]);
      }
    }
  });

  test('needs no other file', () => {
    const only = Object.fromEntries(Object.entries(fixture).filter(([path]) => needed.includes(path)));
    expect(memoryOf(only)).toEqual(memoryOf(fixture));
    expect(memoryOf(only)).not.toEqual(NONE);
  });
});

describe("a container's memory, elsewhere", () => {
  test('has no limit without procfs', () => {
    expect(memoryOf({})).toEqual(NONE);
    expect(new MemoryWatch({ root: '/nonexistent/root' }).read()).toEqual(NONE);
  });

  test('has the limits of the levels that can be read, when one cannot', () => {
    const { 'sys/fs/cgroup/system.slice/app.service/memory.stat': _, ...others } = {
      ...V2_SERVICE,
      ...v2('sys/fs/cgroup/system.slice', 4000, 3000, 1000),
      ...v2('sys/fs/cgroup/system.slice/app.service', 1200, 1199, 0),
    };
    expect(memoryOf(others)).toEqual(limited('v2', 4000, 2000));
  });
});

describe('numbers in files', () => {
  test('are read as the kernel writes them', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(parseBytes(`${bytes}\n`)).toBe(bytes);
        expect(parseBytes(String(bytes))).toBe(bytes);
        expect(parseLimit(`${bytes}\n`)).toBe(bytes);
      }),
    );
  });

  test('are none in any other text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('max', ' 1', '1 1', '+1', '1e3', '-0', 'Infinity')), (text) => {
        fc.pre(!/^[0-9]+\s*$/.test(text));
        expect(parseBytes(text)).toBeUndefined();
        expect(parseLimit(text)).toBe(Number.POSITIVE_INFINITY);
      }),
    );
    expect(parseBytes(undefined)).toBeUndefined();
    expect(parseLimit(undefined)).toBe(Number.POSITIVE_INFINITY);
  });

  test('are no limit from 2^53 on: version 1 says 2^63 less a page, whatever the size of its pages', () => {
    const largest = 2n ** 63n;
    for (const page of [4096n, 16_384n, 65_536n])
      expect(parseLimit(`${largest - page}\n`)).toBe(Number.POSITIVE_INFINITY);
    expect(parseLimit(String(2 ** 53))).toBe(Number.POSITIVE_INFINITY);
    expect(parseLimit(String(2 ** 53 - 1))).toBe(2 ** 53 - 1);
  });

  test('are found in memory.stat by the whole name', () => {
    const field = fc.string({ unit: fc.constantFrom(...'abc_'), minLength: 1, maxLength: 4 });
    const entries = fc.uniqueArray(fc.tuple(field, fc.maxSafeNat()), { selector: ([one]) => one, maxLength: 12 });
    fc.assert(
      fc.property(entries, field, (lines, wanted) => {
        const stat = lines.map(([one, bytes]) => `${one} ${bytes}\n`).join('');
        expect(parseStat(stat, wanted)).toBe(new Map(lines).get(wanted));
      }),
    );
    expect(parseStat(undefined, 'a')).toBeUndefined();
  });
});

describe('the nearest limit', () => {
  const bytes = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 2 ** 46 }));
  const level: fc.Arbitrary<LimitedMemory> = fc.record({
    source: fc.constant('v2' as const),
    usageBytes: bytes,
    limitBytes: bytes,
  });

  test('is used up no less than any other', () => {
    fc.assert(
      fc.property(fc.array(level, { minLength: 1, maxLength: 6 }), (levels) => {
        const most = nearest(levels);
        if (most === undefined) throw new Error('there are levels');
        expect(levels).toContain(most);
        for (const { usageBytes, limitBytes } of levels) {
          // usage / limit, compared without division, in numbers that are exact. A limit of 0 is reached at once.
          if (most.limitBytes === 0) break;
          expect(limitBytes).toBeGreaterThan(0);
          const [mine, others] = [
            BigInt(most.usageBytes) * BigInt(limitBytes),
            BigInt(usageBytes) * BigInt(most.limitBytes),
          ];
          // Quotients so near to each other that they are one number may stand in either order.
          if (mine < others) expect(usageBytes / limitBytes).toBe(most.usageBytes / most.limitBytes);
        }
      }),
    );
  });

  test('is one of 0, used or not, wherever it stands', () => {
    const zero = limited('v2', 0, 0);
    const other = limited('v2', 100, 99);
    expect(nearest([zero, other])).toBe(zero);
    expect(nearest([other, zero])).toBe(zero);
  });

  test("is the process's own of equals, and none of none", () => {
    const levels = [limited('v2', 100, 50), limited('v2', 200, 100)];
    expect(nearest(levels)).toBe(levels[0]);
    expect(nearest([])).toBeUndefined();
  });
});

describe('memory pressure', () => {
  test('begins at 70 % and is high at 90 % of the limit, to the byte', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 49 }), (limit) => {
        const [medium, high] = [7n, 9n].map((tenths) => Number((BigInt(limit) * tenths + 9n) / 10n)) as [
          number,
          number,
        ];
        expect(memoryPressure(high, limit)).toBe('high');
        expect(memoryPressure(medium - 1, limit)).toBe('low');
        if (medium < high) {
          expect(memoryPressure(high - 1, limit)).toBe('medium');
          expect(memoryPressure(medium, limit)).toBe('medium');
        }
      }),
    );
  });

  test('is as .NET has it for round figures', () => {
    const at = (usage: number) => memoryPressure(usage, 1000);
    expect([0, 699, 700, 899, 900, 1000, 2000].map(at)).toEqual([
      'low',
      'low',
      'medium',
      'medium',
      'high',
      'high',
      'high',
    ]);
  });

  test('is always high with a limit of 0, and never rises without one', () => {
    expect(memoryPressure(0, 0)).toBe('high');
    expect(memoryPressure(1, 0)).toBe('high');
    expect(memoryPressure(Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY)).toBe('low');
  });
});

describe('a watch of memory', () => {
  const filled = (usage: number) => v2('sys/fs/cgroup', 1000, usage, 0);

  function watch(everyMs?: number) {
    const clock = { ms: 5000 };
    const root = rootWith({ ...V2_CONTAINER, ...filled(100) });
    const options = { root, now: () => clock.ms, ...(everyMs !== undefined && { everyMs }) };
    return { clock, root, memory: new MemoryWatch(options) };
  }

  test('says the pressure of what it reads', () => {
    const { memory, root } = watch(0);
    for (const [usage, pressure] of [
      [699, 'low'],
      [700, 'medium'],
      [900, 'high'],
      [100, 'low'],
    ] as const) {
      write(root, filled(usage));
      expect(memory.pressure()).toBe(pressure);
    }
    expect(new MemoryWatch({ root: rootWith(V2_SERVICE) }).pressure()).toBe('low');
  });

  test('reads once a second, and not before', () => {
    const { clock, memory, root } = watch();
    expect(memory.read()).toEqual(limited('v2', 1000, 100));
    write(root, filled(950));
    clock.ms += 999;
    expect(memory.read()).toEqual(limited('v2', 1000, 100));
    expect(memory.pressure()).toBe('low');
    clock.ms += 1;
    expect(memory.pressure()).toBe('high');
    write(root, filled(100));
    clock.ms += 999;
    expect(memory.pressure()).toBe('high');
    clock.ms += 1;
    expect(memory.pressure()).toBe('low');
  });

  test('reads at its own pace where one is given', () => {
    const { clock, memory, root } = watch(10);
    memory.read();
    write(root, filled(950));
    clock.ms += 9;
    expect(memory.pressure()).toBe('low');
    clock.ms += 1;
    expect(memory.pressure()).toBe('high');
  });

  test('touches no file before it is asked, and none between readings', () => {
    const { clock, memory, root } = watch();
    write(root, filled(950));
    expect(memory.pressure()).toBe('high');
    rmSync(root, { recursive: true });
    clock.ms += 999;
    expect(memory.pressure()).toBe('high');
    clock.ms += 1;
    expect(memory.read()).toEqual(NONE);
  });

  test('follows a limit that is changed, and a process that is moved', () => {
    const { clock, memory, root } = watch();
    memory.read();
    write(root, v2('sys/fs/cgroup', 2000, 100, 0));
    clock.ms += 1000;
    expect(memory.read()).toEqual(limited('v2', 2000, 100));
    write(root, { 'proc/self/cgroup': '0::/moved\n', ...v2('sys/fs/cgroup/moved', 200, 100, 0) });
    clock.ms += 1000;
    expect(memory.read()).toEqual(limited('v2', 200, 100));
  });

  test('reads where cgroups are mounted once', () => {
    const { clock, memory, root } = watch();
    memory.read();
    rmSync(join(root, 'proc/self/mountinfo'));
    clock.ms += 1000;
    expect(memory.read()).toEqual(limited('v2', 1000, 100));
  });
});
