// Go's benchmarks (../go), built once and run between ours. Without a network: nothing is fetched, no module and no other Go.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outputOf } from './machine.js';

const SOURCE = fileURLToPath(new URL('../go', import.meta.url));
/** Where Debian's packages of Go sources put them: a GOPATH, of no modules. */
const DEBIAN_GOPATH = '/usr/share/gocode';
const BYTEBUFFERPOOL = join(DEBIAN_GOPATH, 'src/github.com/valyala/bytebufferpool');

export const NO_GO = 'Go: there is no `go` on the PATH (Debian: apt-get install --no-install-recommends golang-go)';
export const NO_BYTEBUFFERPOOL =
  'bytebufferpool: its sources are not installed (Debian: apt-get install golang-github-valyala-bytebufferpool-dev)';

/** The numbers of a line of Go's benchmarks, by unit: `BenchmarkPool-2  1000  12.5 ns/op  3.0 new`. */
function metricsOf(output, name) {
  const line = output.split('\n').find((one) => new RegExp(`^Benchmark${name}(-\\d+)?\\s`).test(one));
  if (line === undefined) throw new Error(`Go printed no figure for ${name}:\n${output}`);
  const [, , ...pairs] = line.trim().split(/\s+/);
  const metrics = {};
  for (let i = 0; i + 1 < pairs.length; i += 2) metrics[pairs[i + 1]] = Number(pairs[i]);
  return metrics;
}

/**
 * Builds the benchmarks. Undefined without Go; else `measure(name, { threads, count })`, the numbers that BenchmarkNAME reports with so many
 * Ps, by unit, and whether bytebufferpool is among them.
 */
export function buildGo() {
  if (outputOf('go', ['version']) === undefined) return undefined;
  const hasByteBufferPool = existsSync(BYTEBUFFERPOOL);
  const folder = mkdtempSync(join(tmpdir(), 'syncpool-go-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'pools.test');
  const offline = { GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local', GOWORK: 'off' };
  const fromDebian = { GO111MODULE: 'off', GOFLAGS: '', GOPATH: DEBIAN_GOPATH };
  execFileSync('go', ['test', '-c', '-o', program, ...(hasByteBufferPool ? ['-tags', 'bytebufferpool'] : []), '.'], {
    cwd: SOURCE,
    env: { ...process.env, ...offline, ...(hasByteBufferPool ? fromDebian : {}) },
  });
  const measure = (name, { threads, count }) => {
    const args = [`-test.bench=^Benchmark${name}$`, `-test.cpu=${threads}`, `-test.benchtime=${count}x`];
    return metricsOf(execFileSync(program, args, { encoding: 'utf8' }), name);
  };
  return { measure, hasByteBufferPool };
}
