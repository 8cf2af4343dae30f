// What the launcher tells the Node.js processes below it, in an environment variable: the plan, and what has to be known of its CPUs.
// Lists of CPUs travel as text, so that a plan for hundreds of them stays some kilobytes.

import { formatCpuList, parseCpuList } from '../topology/cpulist.ts';
import type { CpuFacts } from '../placement/of-thread.ts';

/** The name of the variable. */
export const BRIEFING = 'SYNCPOOL_LAUNCH';

/** What the name of a placed worker's thread begins with; its number follows. */
export const WORKER_NAME = 'sp-worker-';

/** Raised when the text changes: a process of another version of this package below this launcher then goes unplaced. */
const VERSION = 1;

/** The plan, as a process needs it. */
export interface Briefing {
  /** CPUs of each place, by its number. */
  readonly places: readonly (readonly number[])[];
  /** The main thread's CPUs; undefined: it is not pinned. */
  readonly main: readonly number[] | undefined;
  /** CPUs that the program may use: what threads have that are not pinned. */
  readonly allowed: readonly number[];
  /** Of each CPU of the plan. */
  readonly cpus: readonly CpuFacts[];
  /** Firmware distances between the nodes of those CPUs. */
  readonly nodes: readonly (readonly [from: number, to: number, distance: number])[];
  readonly verbose: boolean;
}

/** The variable's text. */
export function writeBriefing({ places, main, allowed, cpus, nodes, verbose }: Briefing): string {
  return JSON.stringify({
    version: VERSION,
    places: places.map(formatCpuList),
    main: main === undefined ? undefined : formatCpuList(main),
    allowed: formatCpuList(allowed),
    cpus: cpus.map(({ id, core, cluster, llc, node }) => [id, core, cluster, llc, node]),
    nodes,
    verbose,
  });
}

/** As it stands in the text. */
interface Written {
  readonly version: number;
  readonly places: readonly string[];
  readonly main?: string;
  readonly allowed: string;
  readonly cpus: readonly (readonly [number, number, number, number, number])[];
  readonly nodes: Briefing['nodes'];
  readonly verbose: boolean;
}

function parse(text: string): Partial<Written> {
  try {
    return JSON.parse(text) as Partial<Written>;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** Undefined for a text of another version, or of somebody else. */
export function readBriefing(text: string): Briefing | undefined {
  const found = parse(text);
  if (found?.version !== VERSION) return undefined;
  const written = found as Written;
  return {
    places: written.places.map(parseCpuList),
    main: written.main === undefined ? undefined : parseCpuList(written.main),
    allowed: parseCpuList(written.allowed),
    cpus: written.cpus.map(([id, core, cluster, llc, node]) => ({ id, core, cluster, llc, node })),
    nodes: written.nodes,
    verbose: written.verbose,
  };
}
