// Claim: stealing from the nearest first costs a get no more than stealing from anybody, on any number of processors up to 256. On paper: the
// kernel's own code, stopped at each shared operation, over modelled cache lines (simulate/lines.js), with costs that were
// measured here (simulate/costs.js), on recorded machines. First the paper is compared with real threads.
//
// The workload is in simulate/workload.js, for both.

import { availableParallelism } from 'node:os';
import { randomFrom } from './lib/seed.js';
import { alternate, line, median, verdict } from './lib/report.js';
import { measureCosts } from './simulate/costs.js';
import { DISTANCES, machineOf, SAME_LLC_NS } from './simulate/machines.js';
import { ORDERS } from './simulate/orders.js';
import { measureLine, startCrew } from './simulate/real.js';
import { passed, simulate } from './simulate/scenario.js';

const MACHINE = 'AMD, 8 caches a socket';
const OTHERS = ['one socket', 'two sockets', 'four sockets in a ring', 'ARM with clusters'];
const PROCESSORS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const BATCHES = [8, 1];
const REAL_THREADS = [1, 2, 4, 8];
const REAL_ROUNDS = 7;
/** By how much a simulated time may be off where there is a CPU for each thread. */
const MOST_ERROR = 0.3;

/** Real threads beside simulated ones, in nanoseconds of processor time between two gets of a getter. */
async function compare(costs, lineNs) {
  const cpus = Math.min(2, availableParallelism());
  const simulated = Object.fromEntries(
    REAL_THREADS.map((threads) => [threads, passed({ threads, cpus, lineNs, costs })]),
  );
  const crews = Object.fromEntries(
    await Promise.all(REAL_THREADS.map(async (threads) => [threads, await startCrew(threads, costs.work)])),
  );
  const contenders = Object.entries(crews).map(([threads, crew]) => [`${threads} real`, () => crew.measure()]);
  const values = await alternate(Object.fromEntries(contenders), REAL_ROUNDS);
  for (const crew of Object.values(crews)) await crew.stop();
  const measured = REAL_THREADS.map((threads) => median(values[`${threads} real`]));
  const verdicts = [];
  for (const [i, threads] of REAL_THREADS.entries()) {
    console.log(line(`${threads} real threads, getters`, values[`${threads} real`]));
    const error = simulated[threads] / measured[i] - 1;
    console.log(
      `  ${`${threads} simulated`.padEnd(34)} ${simulated[threads].toFixed(2).padStart(9)} ns   (${(100 * error).toFixed(0)} %)`,
    );
    if (threads <= cpus)
      verdicts.push(verdict(`error of the simulation, ${threads} threads`, Math.abs(error), { most: MOST_ERROR }));
  }
  const lines = { 'real threads': measured, simulated: Object.values(simulated) };
  return {
    values,
    verdicts,
    series: [
      {
        name: `processor time between two gets, on ${cpus} CPUs`,
        x: { name: 'threads', values: REAL_THREADS },
        unit: 'ns',
        lines,
      },
    ],
  };
}

const nameOf = (order, batch) => `${order}${batch === 1 ? ', one at a time' : ''}`;

/** The curves over one machine, and from whom blocks were stolen on all of it. */
function curves(costs) {
  const machine = machineOf(MACHINE);
  const gets = {};
  const uses = {};
  const shares = {};
  for (const batch of BATCHES) {
    for (const order of Object.keys(ORDERS)) {
      const name = nameOf(order, batch);
      const points = PROCESSORS.map((threads) =>
        simulate({ machine, threads, order, batch, costs, random: randomFrom(threads) }),
      );
      gets[name] = points.map(({ getNs }) => getNs);
      uses[name] = points.map(({ usedNs }) => usedNs);
      const { byDistance } = points.at(-1);
      const all = Object.values(byDistance).reduce((a, b) => a + b, 0);
      if (batch !== 1) shares[order] = DISTANCES.map((distance) => (100 * byDistance[distance]) / all);
      console.log(`  ${name.padEnd(42)} ${gets[name].map((ns) => ns.toFixed(0).padStart(6)).join(' ')}`);
    }
  }
  const x = { name: 'processors', values: PROCESSORS };
  return {
    gets,
    series: [
      { name: `a get, ${MACHINE}`, x, unit: 'ns', lines: gets },
      { name: `a get, and writing its block's first 256 bytes, ${MACHINE}`, x, unit: 'ns', lines: uses },
    ],
    shares,
  };
}

/** All processors of other machines, in batches. */
function elsewhere(costs) {
  const values = OTHERS.map((name) => {
    const machine = machineOf(name);
    return Object.keys(ORDERS).map(
      (order) => simulate({ machine, threads: machine.cpus, order, costs, random: randomFrom(machine.cpus) }).usedNs,
    );
  });
  const rows = OTHERS.map((name) => `${name}, ${machineOf(name).cpus} CPUs`);
  return {
    name: "a get, and writing its block's first 256 bytes",
    rows,
    columns: Object.keys(ORDERS),
    values,
    unit: 'ns',
  };
}

export async function run() {
  const costs = measureCosts();
  const lineNs = await measureLine(costs.atomic);
  const skipped = [];
  if (lineNs === undefined)
    skipped.push(`how long a line takes between two CPUs: they were too busy. ${SAME_LLC_NS} ns instead`);
  console.log(
    lineNs === undefined ? `  not measured: ${skipped[0]}` : `  a line from CPU to CPU: ${lineNs.toFixed(0)} ns`,
  );
  const compared = await compare(costs, lineNs ?? SAME_LLC_NS);
  console.log(`  ns a get of ${PROCESSORS.join(', ')} processors, ${MACHINE}`);
  const { gets, series, shares } = curves(costs);
  const last = (order) => gets[nameOf(order, 8)].at(-1);
  const most = { most: 1 };
  return {
    claim: 'On 256 processors, stealing from the nearest first costs a get no more than stealing from anybody',
    values: compared.values,
    series: [...compared.series, ...series],
    matrices: [
      {
        name: 'blocks stolen on 256 processors, by distance',
        rows: Object.keys(shares),
        columns: DISTANCES,
        values: Object.values(shares),
        unit: '%',
      },
      elsewhere(costs),
    ],
    verdicts: [
      ...compared.verdicts,
      verdict('a get, nearest first over random, 256 processors', last('nearest first') / last('random'), most),
      verdict(
        'a get, nearest first over round-robin (Go), 256 processors',
        last('nearest first') / last('round-robin (Go)'),
        most,
      ),
    ],
    skipped,
  };
}
