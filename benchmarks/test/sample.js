// Results as lib/report.js defines them, made up.

const MACHINE = {
  cpu: 'A CPU',
  cpus: 2,
  memoryGiB: 8,
  system: 'linux',
  kernel: '6.1',
  node: 'v20.20.2',
  v8: '11',
  commit: 'abc1234',
  go: 'not installed',
  peers: { mitata: '1.0.34' },
};

const COMMON = { date: '2026-11-25T02:00:00.000Z', machine: MACHINE, seed: 5, verdicts: [] };

/** One of each kind of chart, with names that a page must not take for markup. */
export const RESULTS = [
  {
    ...COMMON,
    name: 'get-put',
    claim: 'a get & a put < everything else',
    values: {
      floor: [1.4, 1.5, 1.6],
      'syncpool get + put': [4.5, 4.6, 4.9],
      'Buffer.allocUnsafe(65536)': [900, 1000, 1100],
    },
    verdicts: [
      { name: 'over the floor', value: 3.07, most: 3, holds: false },
      { name: '<script>alert(1)</script>', value: 217, least: 100, holds: true },
      { name: 'scavenges', value: 0, most: 0, holds: true },
    ],
  },
  {
    ...COMMON,
    name: 'shapes',
    values: { 'in groups': { ours: [1, 2, 3], theirs: [2, 3, 4] } },
    unit: 'us',
    series: [
      {
        name: 'a curve',
        x: { name: 'threads', values: [1, 2, 4, 8, 16] },
        unit: 'ns',
        lines: { ours: [5, 6, 7, 9, null], Go: [11, 13, 20, 40, 80] },
      },
      { name: 'over names', x: { name: 'size', values: ['small', 'large'] }, unit: 'ns', lines: { ours: [5, 6] } },
    ],
    histograms: [
      {
        name: 'a get',
        unit: 'ns',
        contenders: {
          quiet: {
            percentiles: { 50: 30, 99: 200, 99.9: 250 },
            bins: [
              [30, 9000],
              [100, 900],
              [1000, 90],
              [10000, 10],
            ],
          },
          drained: {
            percentiles: { 50: 30, 99: 220, 99.9: 900 },
            bins: [
              [30, 8000],
              [100, 1900],
              [1000, 80],
              [10000, 20],
            ],
          },
        },
      },
    ],
    matrices: [
      {
        name: 'steals',
        rows: ['thread 1', 'thread 2'],
        columns: ['from 1', 'from 2'],
        values: [
          [null, 120],
          [80, null],
        ],
        unit: '',
      },
    ],
    skipped: ['Go: not on the PATH'],
  },
];
