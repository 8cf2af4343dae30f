// Claim: get + put of an ObjectPool costs at most 1.5 times a plain array as a free list, with the same create and reset,
// although it checks each put, counts, and drains by a low-water mark. Also where one program pools objects of many shapes, for which V8 can
// specialise neither; and where what was leased first is put first, so that the object itself must say where it belongs: this one is missed so far.

import { ObjectPool } from '@syncpool/core';
import { measure } from 'mitata';
import { alternate, line, ratio, verdict } from './lib/report.js';

const PAIRS = 1000;
const ROUNDS = 9;
const POOLED = 10;

/** What a program would write by hand: no checks, no counters, no bound, for ever as large as it ever was. */
class ArrayFreeList {
  constructor({ create, reset }) {
    this.free = [];
    this.create = create;
    this.reset = reset;
  }

  get() {
    return this.free.pop() ?? this.create();
  }

  put(object) {
    this.reset(object);
    this.free.push(object);
  }
}

/** A cheap reset, so that the figures are the pools' own. */
const create = () => ({ id: 0, used: 0, next: null });
const reset = (object) => {
  object.id = 0;
  object.next = null;
};

/** Objects of other shapes than the measured one. */
const OTHERS = [
  { create: () => ({ a: 1 }), reset: (object) => (object.a = 0) },
  { create: () => ({ b: 1, c: 2 }), reset: (object) => (object.b = 0) },
  { create: () => [0], reset: (list) => (list[0] = 0) },
  { create: () => new Map(), reset: (map) => map.clear() },
  { create: () => new Uint8Array(64), reset: (bytes) => (bytes[0] = 0) },
  { create: () => ({ d: 1, e: 2, f: 3 }), reset: (object) => (object.d = 0) },
];

/** Leases so many at one time, so that none is fresh afterwards. */
function warm(pool) {
  const leased = Array.from({ length: POOLED }, () => pool.get());
  for (const object of leased) pool.put(object);
  return pool;
}

/** Uses objects of all the other shapes until V8 has given up specialising `get` and `put`. */
function mixShapes() {
  for (const kind of OTHERS) {
    for (const other of [new ArrayFreeList(kind), new ObjectPool({ ...kind, drain: { on: 'never' } })]) {
      for (let i = 0; i < 100_000; i++) other.put(other.get());
    }
  }
}

/** Nanoseconds a pair of the list and of the pool. `loops` is the address under which their loops are loaded. */
async function compare(shapes, loops) {
  const list = warm(new ArrayFreeList({ create, reset }));
  const pool = warm(new ObjectPool({ create, reset, drain: { on: 'never' } }));
  const { loopsOver } = await import(loops);
  const { listed, pooled, listedInTurn, pooledInTurn } = loopsOver(list, pool, PAIRS);
  const nanoseconds = (fn) => async () => (await measure(fn, { min_cpu_time: 1e8 })).p50 / PAIRS;
  const values = await alternate(
    {
      [`array, newest first, ${shapes}`]: nanoseconds(listed),
      [`ObjectPool, newest first, ${shapes}`]: nanoseconds(pooled),
      [`array, oldest first, ${shapes}`]: nanoseconds(listedInTurn),
      [`ObjectPool, oldest first, ${shapes}`]: nanoseconds(pooledInTurn),
    },
    ROUNDS,
  );
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  const [listNs, poolNs, inTurnListNs, inTurnPoolNs] = Object.values(values);
  const verdicts = [
    verdict(`over the array, newest first, ${shapes}`, ratio(poolNs, listNs), { most: 1.5 }),
    verdict(`over the array, oldest first, ${shapes}`, ratio(inTurnPoolNs, inTurnListNs), { most: 1.5 }),
  ];
  return { values, verdicts };
}

export async function run() {
  const one = await compare('one shape', './object-pool.loops.js');
  mixShapes();
  const many = await compare('7 shapes', './object-pool.loops.js?mixed');
  return { values: { ...one.values, ...many.values }, verdicts: [...one.verdicts, ...many.verdicts] };
}
