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
/** What makes a round worth judging, and how many of them a verdict needs. */
const LEAST_SHARE = 0.9;
const LEAST_ROUNDS = 3;

/** Real threads beside simulated ones, in nanoseconds of processor time between two gets of a getter, without its work. */
async function compare(costs, skipped) {
  const cpus = Math.min(2, availableParallelism());
  const names = REAL_THREADS.map((threads) => `${threads} real threads`);
  const crews = [];
  for (const threads of REAL_THREADS) crews.push(await startCrew(threads, costs.work));
  // The line every time too: a virtual machine's CPUs may be near each other now and far apart a second later.
  const { line: lines, ...values } = await alternate(
    {
      line: () => measureLine(costs.atomic),
      ...Object.fromEntries(crews.map((crew, i) => [names[i], () => crew.measure()])),
    },
    REAL_ROUNDS,
  );
  for (const crew of crews) await crew.stop();
  const known = lines.filter((ns) => ns !== undefined);
  const lineNs = known.length > 0 ? median(known) : SAME_LLC_NS;
  console.log(
    `  a line from CPU to CPU: ${lineNs.toFixed(0)} ns${known.length > 0 ? '' : ', not measured: the CPUs were too busy'}`,
  );
  const simulate = (threads, ns) => passed({ threads, cpus, lineNs: ns, costs });
  const measured = names.map((name) => median(values[name].map(({ ns }) => ns)));
  const simulated = REAL_THREADS.map((threads) => simulate(threads, lineNs));
  const verdicts = [];
  for (const [i, threads] of REAL_THREADS.entries()) {
    const rounds = values[names[i]];
    console.log(
      line(
        names[i],
        rounds.map(({ ns }) => ns),
      ),
    );
    const off = (100 * (simulated[i] / measured[i] - 1)).toFixed(0);
    console.log(`  ${'simulated'.padEnd(34)} ${simulated[i].toFixed(2).padStart(9)} ns   (${off} %)`);
    if (threads > cpus) continue;
    // Each round with the line of that round, if nobody else had the CPUs.
    const errors = rounds.flatMap(({ ns, share }, round) =>
      share < LEAST_SHARE || (threads > 1 && lines[round] === undefined)
        ? []
        : [Math.abs(simulate(threads, lines[round] ?? SAME_LLC_NS) / ns - 1)],
    );
    if (errors.length < LEAST_ROUNDS) {
      skipped.push(
        `the error with ${threads} threads: others had the CPUs too in ${rounds.length - errors.length} of ${rounds.length} rounds`,
      );
      console.log(`  not judged: ${skipped.at(-1)}`);
    } else verdicts.push(verdict(`error of the simulation, ${threads} threads`, median(errors), { most: MOST_ERROR }));
  }
  const name = `processor time between two gets, without the work, on ${cpus} CPUs`;
  const x = { name: 'threads', values: REAL_THREADS };
  const nanoseconds = Object.entries(values).map(([key, rounds]) => [key, rounds.map(({ ns }) => ns)]);
  return {
    values: Object.fromEntries(nanoseconds),
    verdicts,
    series: [{ name, x, unit: 'ns', lines: { 'real threads': measured, simulated } }],
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
  const skipped = [];
  const compared = await compare(costs, skipped);
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
