#!/usr/bin/env node
// syncpool-launch: the command.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ShimError } from '../errors.ts';
import { readTopology } from '../topology/read.ts';
import { isUsageError, type LaunchOptions, parseCommandLine, USAGE } from './arguments.ts';
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

function launch(options: LaunchOptions): void {
  const { command, dryRun, verbose, keepMainFree } = options;
  if (process.platform !== 'linux') {
    complain(`threads cannot be pinned on ${process.platform}: the program runs as it would without the launcher`);
    if (!dryRun) runCommand(command, process.env, complain);
    return;
  }
  const topology = readTopology();
  const plan = planFor(topology, options);
  if (dryRun) process.stdout.write(planText(topology, plan, keepMainFree));
  else if (verbose) process.stderr.write(planText(topology, plan, keepMainFree));
  if (!dryRun) runCommand(command, environment(writeBriefing(briefingOf(topology, plan, options))), complain);
}

function main(): void {
  const asked = parseCommandLine(process.argv.slice(2));
  if (asked.what === 'help') process.stdout.write(USAGE);
  else if (asked.what === 'version') process.stdout.write(version());
  else if (asked.what === 'launch') launch(asked.launch);
  else throw new Error('to come');
}

try {
  main();
} catch (error) {
  if (isUsageError(error)) {
    complain(`${error.message}\nTry: syncpool-launch --help`);
    process.exitCode = WRONG_USAGE;
  } else if (error instanceof ShimError) {
    complain(error.message);
    process.exitCode = LAUNCHER_FAILED;
  } else {
    throw error;
  }
}
