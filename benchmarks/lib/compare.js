// What a guard compares: the verdicts of a benchmark's result with those recorded before. Ratios only; a verdict with a `unit` says how
// long something took, or how much, on one machine, and is nobody else's measure.

/** How much of a ratio may be lost. */
const MOST_LOST = 0.25;
/** A figure below this part of its target is not worse for having grown: that far below, it is noise. */
const NEGLIGIBLE = 0.1;
/** How often a benchmark is measured again before its loss is believed. */
const RERUNS = 2;

/** What is recorded of a result: its ratios, and where they were measured. */
export function recordOf({ date, machine, verdicts }) {
  const { cpu, cpus, node, commit } = machine;
  const ratios = verdicts.filter(({ unit }) => unit === undefined);
  return {
    date,
    machine: `${cpu}, ${cpus} CPUs`,
    node,
    commit,
    ratios: Object.fromEntries(ratios.map(({ name, value }) => [name, value])),
  };
}

/** Whether there is anything in a result that can be compared. */
export function hasRatios(result) {
  return Object.keys(recordOf(result).ratios).length > 0;
}

/** Whether a ratio is worse than recorded by more than MOST_LOST of it. */
function isLost({ value, least, most }, recorded) {
  if (least !== undefined) return value < recorded * (1 - MOST_LOST);
  return value > Math.max(recorded * (1 + MOST_LOST), most * NEGLIGIBLE);
}

/** The verdicts of a result that are worse than the recorded ratios, as sentences by verdict. */
function lossesOf(recorded, result) {
  const losses = new Map();
  for (const verdict of result.verdicts) {
    const before = recorded.ratios[verdict.name];
    if (before === undefined || !isLost(verdict, before)) continue;
    losses.set(verdict.name, `${verdict.name}: ${verdict.value.toFixed(2)}, recorded ${before.toFixed(2)}`);
  }
  return losses;
}

function lineOf(node) {
  return node.split('.')[0];
}

/** What cannot be compared, and why: sentences. */
function remarks(recorded, result) {
  const measured = new Set(result.verdicts.map(({ name }) => name));
  const why = result.skipped?.length > 0 ? ` (${result.skipped.join('; ')})` : '';
  const here = recordOf(result);
  return [
    ...Object.keys(recorded.ratios)
      .filter((name) => !measured.has(name))
      .map((name) => `${name}: recorded, and not measured here${why}`),
    ...Object.keys(here.ratios)
      .filter((name) => !(name in recorded.ratios))
      .map((name) => `${name}: not recorded yet`),
    ...(here.machine === recorded.machine ? [] : [`recorded on another machine: ${recorded.machine}`]),
  ];
}

/**
 * Compares results with what is recorded, by name of the benchmark. One that seems worse is measured again, twice at most; what
 * is worse each time is a loss.
 *
 * @param recorded by name, what recordOf has made
 * @param results by name, what is in results/NAME.json
 * @param rerun measures a benchmark again; its result
 * @param say hears of what was not compared, and why
 * @returns the losses: [sentence, ...]
 */
export async function check({ recorded, results, rerun, say }) {
  const losses = [];
  for (const [name, before] of Object.entries(recorded)) {
    const result = results[name];
    if (result === undefined) {
      say(`${name}: recorded, and not measured here`);
      continue;
    }
    if (lineOf(result.machine.node) !== lineOf(before.node)) {
      say(`${name}: measured on Node ${result.machine.node}, recorded on ${before.node}: not compared`);
      continue;
    }
    for (const remark of remarks(before, result)) say(`${name}: ${remark}`);
    let suspects = lossesOf(before, result);
    for (let again = 0; again < RERUNS && suspects.size > 0; again++) {
      say(`${name}: ${[...suspects.values()].join('; ')}: measured again`);
      const now = lossesOf(before, await rerun(name));
      suspects = new Map([...now].filter(([verdict]) => suspects.has(verdict)));
    }
    for (const sentence of suspects.values()) losses.push(`${name}: ${sentence}`);
  }
  for (const [name, result] of Object.entries(results)) {
    if (!(name in recorded) && hasRatios(result)) say(`${name}: not recorded yet`);
  }
  return losses;
}
