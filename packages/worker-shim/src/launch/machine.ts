// `syncpool-launch topology`: the machine, and which threads are pinned where on it.

import { writeFileSync } from 'node:fs';
import { drawJson, drawSvg, drawTerminal, type Pinned, type TerminalOptions } from '../draw/index.ts';
import type { Plan } from '../placement/plan.ts';
import type { Topology } from '../topology/topology.ts';
import type { TopologyOptions } from './arguments.ts';
import { pinnedThreads } from './pinned-threads.ts';

/** Names by CPU. */
function byCpu(threads: readonly { readonly name: string; readonly cpus: readonly number[] }[]): Pinned {
  const names = new Map<number, string[]>();
  for (const { name, cpus } of threads) {
    for (const cpu of cpus) names.set(cpu, [...(names.get(cpu) ?? []), name]);
  }
  return names;
}

/** Where the terminal ends; what is not a terminal has no end. */
function terminalOptions(stream: NodeJS.WriteStream): TerminalOptions {
  return { colour: stream.isTTY && stream.hasColors(), ...(stream.isTTY ? { width: stream.columns } : {}) };
}

/** The machine with a plan on it, for a stream. */
export function planDrawing(topology: Topology, plan: Plan, isMainPinned: boolean, stream: NodeJS.WriteStream): string {
  const workers = plan.workers.map(({ worker, cpus }) => ({ name: `worker ${worker}`, cpus }));
  const main = isMainPinned ? [{ name: 'main', cpus: plan.main }] : [];
  return drawTerminal(topology, { pinned: byCpu([...main, ...workers]), ...terminalOptions(stream) });
}

/** Prints or writes the machine as asked, with the threads that the launcher has pinned, or those of one process. */
export function showMachine(topology: Topology, { form, pid }: TopologyOptions): void {
  const pinned = byCpu(pinnedThreads(topology.allowed, pid));
  if (form.as === 'json') process.stdout.write(drawJson(topology, pinned));
  else if (form.as === 'svg') writeFileSync(form.file, drawSvg(topology, pinned));
  else process.stdout.write(drawTerminal(topology, { pinned, ...terminalOptions(process.stdout) }));
}
