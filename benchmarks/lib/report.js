// What every benchmark prints and returns alike: medians of alternating rounds, and what they are compared with.
//
// A benchmark is a module with `run()`, which prints lines and returns what becomes results/NAME.json:
//
//   claim       what the benchmark shows, in a sentence
//   values      by contender, its rounds; `unit` says of what, 'ns' unless given
//   verdicts    ratios with the target of each (verdict below): what `bench:check` compares. What is no ratio, a time say, has a `unit`
//               beside its target, and is not compared
//   series      curves: [{ name, x: { name, values }, unit, lines: { NAME: [y, ...] } }]
//   histograms  [{ name, unit, contenders: { NAME: { percentiles: { '50': v, ... }, bins: [[upTo, count], ...] } } }]
//   matrices    [{ name, rows: [...], columns: [...], values: [[...], ...], unit }]
//   skipped     why a part was not measured: [sentence, ...]
//
// All but the first three may be missing.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs every contender once a round, in turn (A B C, A B C, ...), because a shared machine's speed drifts: what is
 * compared was measured side by side. Returns each contender's values.
 */
export async function alternate(contenders, rounds) {
  const values = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measureOnce] of Object.entries(contenders)) values[name].push(await measureOnce());
  }
  return values;
}

/** A line: median and spread, in the unit given. */
export function line(name, values, unit = 'ns') {
  const low = Math.min(...values).toFixed(2);
  const high = Math.max(...values).toFixed(2);
  return `  ${name.padEnd(34)} ${median(values).toFixed(2).padStart(9)} ${unit}   (${low} to ${high}, ${values.length} rounds)`;
}

/** The median over rounds of a / b, each ratio taken within one round. */
export function ratio(a, b) {
  return median(a.map((value, round) => value / b[round]));
}

/** A line that says what a ratio is and what it should be. */
export function verdict(name, value, target) {
  const holds = target.least === undefined ? value <= target.most : value >= target.least;
  const wanted = target.least === undefined ? `at most ${target.most}` : `at least ${target.least}`;
  console.log(`  ${holds ? 'holds ' : 'MISSED'} ${name}: ${value.toFixed(2)} (${wanted})`);
  return { name, value, ...target, holds };
}
