// The results as lib/report.js defines them, checked: a page must not show half of a file that was cut, or of another shape.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const rounds = z.array(z.number()).min(1);
const machine = z.object({
  cpu: z.string(),
  cpus: z.number(),
  memoryGiB: z.number(),
  system: z.string(),
  kernel: z.string(),
  node: z.string(),
  commit: z.string(),
  go: z.string(),
  peers: z.record(z.string(), z.string()),
});

const series = z
  .object({
    name: z.string(),
    x: z.object({ name: z.string(), values: z.array(z.union([z.number(), z.string()])).min(1) }),
    unit: z.string(),
    // A point that was not measured is null.
    lines: z.record(z.string(), z.array(z.number().nullable())),
  })
  .refine(({ x, lines }) => Object.values(lines).every((line) => line.length === x.values.length), {
    message: 'a line has not as many points as x has values',
    path: ['lines'],
  });

const histogram = z.object({
  name: z.string(),
  unit: z.string(),
  contenders: z.record(
    z.string(),
    z.object({
      percentiles: z.record(z.string(), z.number()),
      bins: z.array(z.tuple([z.number(), z.number()])).min(1),
    }),
  ),
});

const matrix = z
  .object({
    name: z.string(),
    rows: z.array(z.union([z.string(), z.number()])).min(1),
    columns: z.array(z.union([z.string(), z.number()])).min(1),
    values: z.array(z.array(z.number().nullable())),
    unit: z.string(),
  })
  .refine(
    ({ rows, columns, values }) =>
      values.length === rows.length && values.every((row) => row.length === columns.length),
    {
      message: 'not a row of values for each of rows, or not a value for each of columns',
      path: ['values'],
    },
  );

const result = z.object({
  name: z.string(),
  date: z.iso.datetime(),
  machine,
  seed: z.number(),
  claim: z.string().optional(),
  // Some benchmarks group their contenders.
  values: z.record(z.string(), z.union([rounds, z.record(z.string(), rounds)])),
  unit: z.string().default('ns'),
  verdicts: z.array(
    z
      .object({
        name: z.string(),
        value: z.number(),
        most: z.number().optional(),
        least: z.number().optional(),
        unit: z.string().default(''),
        holds: z.boolean(),
      })
      .refine(({ most, least }) => (most === undefined) !== (least === undefined), { message: 'either most or least' }),
  ),
  series: z.array(series).default([]),
  histograms: z.array(histogram).default([]),
  matrices: z.array(matrix).default([]),
  skipped: z.array(z.string()).default([]),
});

/** What was wrong with the results, for a user to read. */
export class ResultsError extends Error {}

function parse(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ResultsError(`${path}: no JSON (${error.message}). Run the benchmark again`);
  }
}

/** One file's result. */
export function readResult(path) {
  const { success, data, error } = result.safeParse(parse(path));
  if (success) return data;
  throw new ResultsError(`${path}: not a result as lib/report.js defines it\n${z.prettifyError(error)}`);
}

function filesIn(folder) {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** All results of a folder, by name. */
export function readResults(folder) {
  const names = filesIn(folder).sort();
  if (names.length === 0) throw new ResultsError(`${folder}: no results there. Run npm run bench first`);
  return names.map((name) => readResult(join(folder, name)));
}
