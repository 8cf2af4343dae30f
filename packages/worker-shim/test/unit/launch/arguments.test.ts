// The command line: what it means, and what is refused.

import { describe, expect, test } from 'vitest';
import { isUsageError, parseCommandLine } from '../../../src/launch/arguments.ts';

const PLAIN = {
  workers: undefined,
  policy: 'compact',
  cpus: undefined,
  keepMainFree: false,
  skipSmt: false,
  verbose: false,
  dryRun: false,
};

function launchOf(text: string) {
  const asked = parseCommandLine(text.split(' '));
  if (asked.what !== 'launch') throw new Error(`${text} is no launch`);
  return asked.launch;
}

describe('the command line', () => {
  test('is the command behind --, with its own options', () => {
    expect(launchOf('-- node a.js --workers 3 -- x')).toEqual({
      ...PLAIN,
      command: ['node', 'a.js', '--workers', '3', '--', 'x'],
    });
  });

  test('names workers, policy and CPUs', () => {
    expect(launchOf('--workers 3 --policy spread --cpus 4-6 --keep-main-free --skip-smt --verbose -- a')).toEqual({
      workers: 3,
      policy: 'spread',
      cpus: [4, 5, 6],
      keepMainFree: true,
      skipSmt: true,
      verbose: true,
      dryRun: false,
      command: ['a'],
    });
    expect(launchOf('--per-node -- a').policy).toBe('per-node');
  });

  test('gives the CPUs in their order, and means them explicitly', () => {
    expect(launchOf('--cpus 6,0-2,4 -- a')).toMatchObject({ policy: 'explicit', cpus: [6, 0, 1, 2, 4] });
  });

  test('needs no command for a dry run', () => {
    expect(launchOf('--dry-run')).toEqual({ ...PLAIN, dryRun: true, command: [] });
  });

  test('can ask for the machine', () => {
    const topologyOf = (text: string) => {
      const asked = parseCommandLine(['topology', ...text.split(' ').filter((word) => word !== '')]);
      return asked.what === 'topology' ? asked.topology : asked;
    };
    expect(topologyOf('')).toEqual({ form: { as: 'text' }, pid: undefined });
    expect(topologyOf('--json')).toEqual({ form: { as: 'json' }, pid: undefined });
    expect(topologyOf('--svg a.svg --pid 12')).toEqual({ form: { as: 'svg', file: 'a.svg' }, pid: 12 });
  });

  test.each([
    ['', /no command/],
    ['--', /no command/],
    ['node a.js', /write -- in front of the command/],
    ['--workers many -- a', /--workers must be a number, not "many"/],
    ['--workers -- a', /workers/],
    ['--policy near -- a', /--policy must be one of compact, .*explicit, not "near"/],
    ['--policy explicit -- a', /needs --cpus/],
    ['--per-node --policy compact -- a', /contradict/],
    ['--cpus 1,x -- a', /"x" is no list of CPUs/],
    ['--cpus , -- a', /names no CPU/],
    ['--pin -- a', /--pin/],
    ['topology --json --svg a.svg', /contradict/],
    ['topology --svg', /svg/],
    ['topology --pid self', /--pid must be a number, not "self"/],
    ['topology all', /all/],
  ])('is refused: %s', (text, message) => {
    const refused = () => parseCommandLine(text.split(' ').filter((word) => word !== ''));
    expect(refused).toThrow(message);
    expect(refused).toThrow(expect.toSatisfy(isUsageError));
  });
});
