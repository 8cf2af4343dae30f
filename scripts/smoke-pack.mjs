// node scripts/smoke-pack.mjs: what a user gets. Packs the packages, installs the tarballs into empty projects outside the workspace and
// runs the examples of the READMEs and of docs/*.md there: every ```js block that follows `<!-- example: name of the page -->`. Those that
// import the shim run in a project that has it too, with piscina where they import that; all others where @syncpool/core is alone.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm, root, temporaryFolder } from './shared.mjs';

const MARKED_EXAMPLE = /<!-- example: [a-z-]+ -->\s*```js\n([\s\S]*?)```/g;
const DOCS = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const PACKAGES = ['core', 'worker-shim'];
const PAGES = [
  'README.md',
  ...PACKAGES.map((name) => `packages/${name}/README.md`),
  ...DOCS.map((name) => `docs/${name}`),
];

function examplesOf(readme) {
  const path = join(root, readme);
  if (!existsSync(path)) return [];
  const found = [...readFileSync(path, 'utf8').matchAll(MARKED_EXAMPLE)];
  return found.map(([, source], i) => ({ name: `${readme}, example ${i + 1}`, source }));
}

function runIn(cwd, command, args) {
  const done = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: 120_000,
    shell: process.platform === 'win32', // npm is a .cmd file there
  });
  if (done.error !== undefined || done.status !== 0) {
    const why = done.error?.message ?? done.signal ?? `exit ${done.status}`;
    throw new Error(`${[command, ...args].join(' ')}: ${why}\n${done.stdout}${done.stderr}`);
  }
  return done.stdout;
}

function needsShim(source) {
  return /from '@syncpool\/worker-shim/.test(source);
}

/** The piscina that the tests run with. */
function piscina() {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'packages/worker-shim/package.json'), 'utf8'));
  return `piscina@${devDependencies.piscina}`;
}

/** Installs the packages of these names, packed, into an empty project, and others from the registry. */
function projectWith(names, others = []) {
  const project = temporaryFolder('smoke');
  for (const name of names)
    pnpm(['--filter', `@syncpool/${name}`, 'pack', '--pack-destination', project], { quiet: true });
  const tarballs = readdirSync(project).filter((name) => name.endsWith('.tgz'));
  if (tarballs.length !== names.length)
    throw new Error(`pnpm pack made ${tarballs.length} tarballs, not ${names.length}`);
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
  runIn(project, 'npm', ['install', '--no-audit', '--no-fund', ...tarballs.map((name) => `./${name}`), ...others]);
  for (const name of names) {
    const entry = name === 'core' ? ['dist/variants/index.js', 'dist/variants/index.d.ts'] : [];
    for (const file of ['dist/index.js', 'dist/index.d.ts', 'LICENSE', 'README.md', ...entry]) {
      if (existsSync(join(project, 'node_modules/@syncpool', name, file))) continue;
      throw new Error(`not in the tarball of ${name}: ${file}`);
    }
  }
  return project;
}

function coreProject() {
  const project = projectWith(['core']);
  const installed = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'));
  if (installed.join() !== '@syncpool') throw new Error(`the package brought others along: ${installed.join(', ')}`);
  return project;
}

/** The launcher as installed, around a program that starts a worker. */
function launchIn(project) {
  const program = "new (require('worker_threads').Worker)('console.log(process.version)', { eval: true })";
  return runIn(project, 'npx', ['--no-install', 'syncpool-launch', '--workers', '1', '--', 'node', '-e', program]);
}

function main() {
  const examples = PAGES.flatMap(examplesOf);
  if (examples.length === 0) {
    throw new Error(`no example in ${PAGES.join(' or ')}: mark one with <!-- example: readme -->`);
  }
  const alone = coreProject();
  const both = projectWith(PACKAGES);
  console.log(`ran: syncpool-launch\n${launchIn(both)}`);
  const tasks = projectWith(PACKAGES, [piscina()]);
  for (const { name, source } of examples) {
    const project = /from 'piscina'/.test(source) ? tasks : needsShim(source) ? both : alone;
    writeFileSync(join(project, 'example.mjs'), source);
    const output = runIn(project, process.execPath, ['example.mjs']);
    console.log(`ran: ${name}\n${output}`);
  }
}

main();
