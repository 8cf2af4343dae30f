// The load: node load.js --launcher both --rounds 3

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { parseLoad } from './args.js';
import { MiB } from './sizes.js';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));
const LAUNCHER = join(
  dirname(createRequire(import.meta.url).resolve('@syncpool/worker-shim/package.json')),
  'dist/launch/main.cjs',
);

/** Something like a log: compresses to about a fifth. @param {number} bytes */
function bodyOf(bytes) {
  let text = '';
  for (let i = 0; text.length < bytes; i++) {
    const key = Math.imul(i + 1, 0x9e3779b1) >>> 0;
    text += `{"at":${1_700_000_000 + i},"request":"${key.toString(36)}","status":${200 + (key % 5)},"ms":${key % 977}}\n`;
  }
  return Buffer.from(text.slice(0, bytes));
}

/** @param {ReturnType<typeof parseLoad>['service']} service @param {boolean} isLaunched */
async function startServer(service, isLaunched) {
  const { threads, limitBytes, poolBytes, level, kernel } = service;
  const options = { threads, 'limit-kb': limitBytes / 1024, 'max-mb': poolBytes / MiB, level, kernel, port: 0 };
  const args = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, `${value}`],
  );
  const command = [process.execPath, MAIN, ...args];
  const launcher = isLaunched ? [process.execPath, LAUNCHER, '--workers', `${threads}`, '--'] : [];
  const [program, ...rest] = [...launcher, ...command];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    ended.then(([code]) => Promise.reject(new Error(`exit ${code}`))),
  ]);
  return {
    url: line.replace('listening on ', ''),
    async stop() {
      child.kill('SIGTERM');
      const [code] = await ended;
      if (code !== 0) throw new Error(`the server ended with code ${code}`);
    },
  };
}

const SETTLE_MS = 5_000;

/** The server's figures once it has answered, or given up, what autocannon has left behind. @param {string} url */
async function settledStats(url) {
  for (const end = Date.now() + SETTLE_MS; ; await sleep(50)) {
    const stats = await (await fetch(`${url}/stats`)).json();
    const leased = stats.pools.reduce((sum, { leased, detached }) => sum + leased + detached, 0);
    if (leased === 0 || Date.now() > end) return { ...stats, leased };
  }
}

/** @param {string} url @param {ReturnType<typeof parseLoad>} settings */
async function putLoad(url, { seconds, connections, bodyBytes }) {
  const result = await autocannon({
    url: `${url}/gzip`,
    method: 'POST',
    body: bodyOf(bodyBytes),
    headers: { 'content-type': 'application/x-ndjson' },
    connections,
    duration: seconds,
    timeout: 20,
  });
  const { rss, leased } = await settledStats(url);
  const { requests, latency, errors, timeouts, non2xx, mismatches } = result;
  return {
    requestsPerSecond: requests.average,
    answered: result['2xx'],
    failed: errors + timeouts + non2xx + mismatches,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
    maxMs: latency.max,
    rssMiB: Math.round(rss / MiB),
    leased,
  };
}

/** @param {ReturnType<typeof parseLoad>} settings @param {boolean} isLaunched */
async function measure(settings, isLaunched) {
  const server = settings.url === undefined ? await startServer(settings.service, isLaunched) : undefined;
  try {
    return await putLoad(server?.url ?? settings.url, settings);
  } finally {
    await server?.stop();
  }
}

const settings = parseLoad(process.argv.slice(2));
const kinds = { no: [false], yes: [true], both: [false, true] }[settings.launcher];
const rows = [];
for (let round = 0; round < settings.rounds; round++) {
  for (const isLaunched of kinds) rows.push({ launcher: isLaunched, ...(await measure(settings, isLaunched)) });
}
if (settings.json) console.log(JSON.stringify(rows));
else console.table(rows);
if (rows.some(({ failed, leased }) => failed > 0 || leased > 0)) process.exitCode = 1;
