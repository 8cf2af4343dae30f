// Starts one worker of each kind, one after the other, and prints what they say of themselves.
import { once } from 'node:events';
import { SHARE_ENV, Worker } from 'node:worker_threads';

const file = (name) => new URL(name, import.meta.url);
const requiring = `require(${JSON.stringify(file('self.cjs').pathname)})`;
const importing = `import ${JSON.stringify(file('self.cjs').href)}`;
const nested = (options, own) => [file('parent.cjs'), { ...own, workerData: { options } }];

const KINDS = {
  plain: [file('self.cjs')],
  'its own env': [file('self.cjs'), { env: { OWN: '1' } }],
  'a copy of the env': [file('self.cjs'), { env: { ...process.env } }],
  'an env with other options': [file('self.cjs'), { env: { NODE_OPTIONS: '--no-warnings' } }],
  'the shared env': [file('self.cjs'), { env: SHARE_ENV }],
  'empty execArgv': [file('self.cjs'), { execArgv: [] }],
  'its own env and empty execArgv': [file('self.cjs'), { env: {}, execArgv: [] }],
  eval: [requiring, { eval: true }],
  'eval and its own env': [requiring, { eval: true, env: {} }],
  'eval of a module and its own env': [importing, { eval: true, type: 'module', env: {} }],
  'a data: URL': [new URL(`data:text/javascript,${importing}`)],
  'a data: URL and its own env': [new URL(`data:text/javascript,${importing}`), { env: {} }],
  'worker of a worker': nested(undefined, {}),
  'worker with its own env of a worker with its own env': nested({ env: {} }, { env: {} }),
  'plain worker of a worker with its own env': nested(undefined, { env: {} }),
  'worker with empty execArgv of one with its own env and empty execArgv': nested(
    { execArgv: [] },
    { env: {}, execArgv: [] },
  ),
};

for (const [kind, [what, options]] of Object.entries(KINDS)) {
  const worker = new Worker(what, options);
  const [[message]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
  console.log(JSON.stringify({ kind, ...message }));
}
