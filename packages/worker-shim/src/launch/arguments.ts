// What stands on the launcher's command line.

import { parseArgs } from 'node:util';
import { outOfRange, show } from '../errors.ts';
import type { PlacementPolicy } from '../placement/options.ts';
import { parseCpuList } from '../topology/cpulist.ts';

export const USAGE = `Usage: syncpool-launch [options] -- COMMAND [ARGUMENT ...]
       syncpool-launch topology [--json | --svg FILE] [--pid PID]

Runs COMMAND and pins each worker thread that its Node.js processes start, as it starts.

  --workers N        workers to plan for; later ones go round (default: one for each CPU that may be used)
  --policy POLICY    compact (default), spread, per-llc, per-node or explicit
  --per-node         the same as --policy per-node
  --cpus LIST        with explicit, the CPUs of the workers in their order, as in 0,2,4-7; else the only ones that they may get.
                     Without --policy, explicit is meant
  --keep-main-free   leaves a core to the main thread, which is pinned there
  --skip-smt         uses one CPU of each core
  --dry-run          prints the plan and the machine, and runs nothing
  --verbose          prints them, and each worker's place as it takes it, on standard error
  --help, --version

topology draws the machine, with the workers that the launcher has pinned on it; with --pid, all pinned threads of that process.

Exits as COMMAND does, by the same signal if it was one; with 2 for wrong options, 125 for a plan that cannot be had here,
126 for a COMMAND that cannot be run, and 127 for one that does not exist.
`;

/** What the launcher is asked to do. */
export type Asked =
  | { readonly what: 'help' | 'version' }
  | { readonly what: 'topology'; readonly topology: TopologyOptions }
  | { readonly what: 'launch'; readonly launch: LaunchOptions };

export interface TopologyOptions {
  readonly form: { readonly as: 'text' | 'json' } | { readonly as: 'svg'; readonly file: string };
  /** The process whose threads are shown; undefined: the launcher's workers of all processes. */
  readonly pid: number | undefined;
}

export interface LaunchOptions {
  /** Undefined: one for each CPU that may be used. */
  readonly workers: number | undefined;
  readonly policy: PlacementPolicy;
  readonly cpus: readonly number[] | undefined;
  readonly keepMainFree: boolean;
  readonly skipSmt: boolean;
  readonly verbose: boolean;
  readonly dryRun: boolean;
  /** Not empty but for a dry run. */
  readonly command: readonly string[];
}

/** The command line is wrong. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

const TERMINATOR = '--';

const LAUNCH_OPTIONS = {
  workers: { type: 'string' },
  policy: { type: 'string' },
  'per-node': { type: 'boolean' },
  cpus: { type: 'string' },
  'keep-main-free': { type: 'boolean' },
  'skip-smt': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

const POLICIES: readonly string[] = [
  'compact',
  'spread',
  'per-llc',
  'per-node',
  'explicit',
] satisfies PlacementPolicy[];

function isPolicy(text: string): text is PlacementPolicy {
  return POLICIES.includes(text);
}

/** The list in the order in which it is written, which says who gets which. */
function cpusInOrder(text: string): number[] {
  const cpus = text.split(',').flatMap(parseCpuList);
  if (cpus.length === 0) throw outOfRange(`--cpus names no CPU: ${show(text)}`);
  return cpus;
}

function policyOf(asked: string | undefined, perNode: boolean, hasCpus: boolean): PlacementPolicy {
  if (perNode && asked !== undefined && asked !== 'per-node') {
    throw new UsageError(`--per-node and --policy ${asked} contradict each other`);
  }
  const policy = perNode ? 'per-node' : (asked ?? (hasCpus ? 'explicit' : 'compact'));
  if (!isPolicy(policy)) throw new UsageError(`--policy must be one of ${POLICIES.join(', ')}, not ${show(policy)}`);
  if (policy === 'explicit' && !hasCpus) throw new UsageError('--policy explicit needs --cpus, the CPUs to use');
  return policy;
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d+$/.test(text)) throw new UsageError(`${flag} must be a number, not ${show(text)}`);
  return text === undefined ? undefined : Number(text);
}

function parseLaunch(own: readonly string[], command: readonly string[]): Asked {
  const { values, positionals } = parseArgs({ args: [...own], options: LAUNCH_OPTIONS, allowPositionals: true });
  if (values.help) return { what: 'help' };
  if (values.version) return { what: 'version' };
  const [stray] = positionals;
  if (stray !== undefined) throw new UsageError(`write -- in front of the command: ... -- ${stray}`);
  const { 'dry-run': dryRun = false, verbose = false, cpus } = values;
  if (command.length === 0 && !dryRun) throw new UsageError('there is no command: write it behind --');
  const launch: LaunchOptions = {
    workers: numberOf('--workers', values.workers),
    policy: policyOf(values.policy, values['per-node'] ?? false, cpus !== undefined),
    cpus: cpus === undefined ? undefined : cpusInOrder(cpus),
    keepMainFree: values['keep-main-free'] ?? false,
    skipSmt: values['skip-smt'] ?? false,
    verbose,
    dryRun,
    command,
  };
  return { what: 'launch', launch };
}

const TOPOLOGY_OPTIONS = {
  json: { type: 'boolean' },
  svg: { type: 'string' },
  pid: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

function parseTopology(args: readonly string[]): Asked {
  const { values } = parseArgs({ args: [...args], options: TOPOLOGY_OPTIONS });
  const { svg, json, help } = values;
  if (help) return { what: 'help' };
  if (json && svg !== undefined) throw new UsageError('--json and --svg contradict each other');
  const form = svg === undefined ? ({ as: json ? 'json' : 'text' } as const) : ({ as: 'svg', file: svg } as const);
  return { what: 'topology', topology: { form, pid: numberOf('--pid', values.pid) } };
}

/** Whether it says that the command line is wrong: ours, parseArgs' own, or a list or number out of range. */
export function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('ERR_PARSE_ARGS') || code === 'ERR_SYNCPOOL_SHIM_INVALID_OPTION';
}

/** Reads the command line, without node's own two words. Throws what `isUsageError` knows. */
export function parseCommandLine(args: readonly string[]): Asked {
  const end = args.indexOf(TERMINATOR);
  const own = end < 0 ? args : args.slice(0, end);
  const command = end < 0 ? [] : args.slice(end + 1);
  return own[0] === 'topology' ? parseTopology(own.slice(1)) : parseLaunch(own, command);
}
