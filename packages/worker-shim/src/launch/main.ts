#!/usr/bin/env node
// syncpool-launch: the command.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ShimError } from '../errors.ts';
import type { Plan } from '../placement/plan.ts';
import { readTopology } from '../topology/read.ts';
import type { Topology } from '../topology/topology.ts';
import { isUsageError, type LaunchOptions, parseCommandLine, type TopologyOptions, USAGE } from './arguments.ts';
import { BRIEFING, writeBriefing } from './briefing.ts';
import { briefingOf, planFor } from './plan-for.ts';
import { preloadOption, withOption } from './preload-option.ts';
import { planText } from './report.ts';
import { runCommand } from './run.ts';

/** As coreutils' `env` and `timeout` say that they, and not the command, have failed. */
const LAUNCHER_FAILED = 125;
const WRONG_USAGE = 2;

function complain(message: string): void {
  process.stderr.write(`syncpool-launch: ${message}\n`);
}

function version(): string {
  const { version: number } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return `${number}\n`;
}

/** The environment of the program: NODE_OPTIONS brings the preload into its processes, the briefing tells them the plan. */
function environment(briefing: string): NodeJS.ProcessEnv {
  const option = preloadOption(fileURLToPath(new URL('preload.cjs', import.meta.url)));
  return { ...process.env, NODE_OPTIONS: withOption(process.env.NODE_OPTIONS, option), [BRIEFING]: briefing };
}

/** The plan and a map of the machine. What draws is loaded for those who want to see: it would slow down every start. */
async function show(topology: Topology, plan: Plan, isMainPinned: boolean, stream: NodeJS.WriteStream): Promise<void> {
  const { planDrawing } = await import('./machine.ts');
  stream.write(planText(topology, plan, isMainPinned));
  stream.write(planDrawing(topology, plan, isMainPinned, stream));
}

async function launch(options: LaunchOptions): Promise<void> {
  const { command, dryRun, verbose, keepMainFree } = options;
  if (process.platform !== 'linux') {
    complain(`threads cannot be pinned on ${process.platform}: the program runs as it would without the launcher`);
    if (!dryRun) runCommand(command, process.env, complain);
    return;
  }
  const topology = readTopology();
  const plan = planFor(topology, options);
  if (dryRun) return show(topology, plan, keepMainFree, process.stdout);
  if (verbose) await show(topology, plan, keepMainFree, process.stderr);
  runCommand(command, environment(writeBriefing(briefingOf(topology, plan, options))), complain);
}

async function topology(options: TopologyOptions): Promise<void> {
  const { showMachine } = await import('./machine.ts');
  showMachine(readTopology(), options);
}

async function main(): Promise<void> {
  const asked = parseCommandLine(process.argv.slice(2));
  if (asked.what === 'launch') await launch(asked.launch);
  else if (asked.what === 'topology') await topology(asked.topology);
  else process.stdout.write(asked.what === 'help' ? USAGE : version());
}

/** Whether the system has refused something, as it does a file that cannot be written. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

function fail(error: unknown): void {
  if (isUsageError(error)) {
    complain(`${error.message}\nTry: syncpool-launch --help`);
    process.exitCode = WRONG_USAGE;
  } else if (error instanceof ShimError || isSystemError(error)) {
    complain(error.message);
    process.exitCode = LAUNCHER_FAILED;
  } else {
    throw error;
  }
}

main().catch(fail);
